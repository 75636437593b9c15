"""Owns what a person changes about themselves: name, language, address, leaving altogether."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from tortoise.exceptions import IntegrityError

from marketplace.accounts.events import EmailChanged, PersonDeleted
from marketplace.accounts.models import (
    ApiToken,
    Authenticator,
    EmailToken,
    Identity,
    LoginSession,
    Passkey,
    PasskeyChallenge,
    Person,
    SignInAttempt,
)
from marketplace.accounts.rules import LinkExpired, Purpose
from marketplace.accounts.schemas import EmailChangeDraft, ProfileDraft
from marketplace.accounts.service import factors, links, signup
from marketplace.core import clock, events, mail, upkeep
from marketplace.core.db import command, deleted, lock
from marketplace.core.errors import Invalid
from marketplace.core.i18n import _
from marketplace.core.settings import settings

SAME_ADDRESS = _("This is your address already.")
OWNED = (
    LoginSession, EmailToken, ApiToken, Authenticator, PasskeyChallenge, Passkey, Identity,
    SignInAttempt,
)  # fmt: skip

# What is left of a person in papers that must be kept. The address is of a domain that never
# exists (RFC 2606); unconfirmed, so that no mail goes there and no way leads in.
NOBODY: Final[dict[str, Any]] = {
    "name": "Compte fermé · Closed account",
    "password_hash": None,
    "email_verified_at": None,
    "is_operator": False,
    "recovery_codes": [],
}


@command
async def update_profile(person_id: UUID, draft: ProfileDraft) -> Person:
    """Write the name and the language that were given."""
    person = await lock(Person, person_id)
    person.name = draft.name or person.name
    person.locale = draft.locale or person.locale
    await person.save(update_fields=["name", "locale"])
    return person


async def request_email_change(person: Person, draft: EmailChangeDraft, session: str) -> None:
    """Mail a link to the new address and a notice to the old one.

    An address that has an account gets a notice instead of a link, and the answer is the same.
    Raises what `factors.prove` raises.
    """
    if draft.email == person.email:
        raise Invalid({"email": SAME_ADDRESS})
    await factors.prove(person, draft.password, factors.given(draft, session))
    await signup.limit_mail(draft.email, str(person.id))
    await _begin_change(person.id, draft.email)


@command
async def _begin_change(person_id: UUID, email: str) -> None:
    person = await lock(Person, person_id)
    await links.void(person.id, Purpose.CHANGE)
    link = await links.issue(person, Purpose.CHANGE, email=email, locale=person.locale, payload={})
    base = f"{settings().base_url}/{person.locale}"
    both = {"locale": person.locale, "name": person.name, "new_email": email}
    if await Person.filter(email=email, email_verified_at__isnull=False).exists():
        await mail.send(
            "accounts_already_here",
            to=email,
            locale=person.locale,
            name="",
            log_in_link=f"{base}/log-in",
            reset_link=f"{base}/forgotten-password",
        )
    else:
        await mail.send("accounts_change_email", to=email, link=link, **both)
    await mail.send(
        "accounts_change_notice",
        to=person.email,
        done=False,
        reset_link=f"{base}/forgotten-password",
        **both,
    )


async def confirm_email_change(token: str) -> Person:
    """Make the address of the link the person's address. Raises LinkExpired.

    An account that took the address meanwhile wins: the link is worth nothing any more.
    """
    try:
        return await _change_email(token)
    except IntegrityError:
        raise LinkExpired from None


@command
async def _change_email(token: str) -> Person:
    link = await links.use(token, Purpose.CHANGE)
    person = await lock(Person, link.person_id)
    await _drop_squatter(link.email)
    old, person.email, person.email_verified_at = person.email, link.email, clock.now()
    await person.save(update_fields=["email", "email_verified_at"])
    await links.void(person.id, *Purpose)
    await events.record(EmailChanged(person_id=person.id))
    await mail.send(
        "accounts_change_notice",
        to=old,
        locale=person.locale,
        name=person.name,
        new_email=link.email,
        done=True,
        reset_link=f"{settings().base_url}/{person.locale}/forgotten-password",
    )
    return person


async def _drop_squatter(email: str) -> None:
    """Remove a sign-up with this address that was never confirmed: its owner just proved theirs."""
    stranger = await Person.get_or_none(email=email, email_verified_at=None)
    if stranger is not None:
        await erase(stranger.id)


@command
async def remove(person_id: UUID) -> None:
    """Erase a person and everything that others keep of them for themselves.

    Where papers that must be kept name the person (the database refuses), an entry without name,
    address or way in stays; `service.upkeep` removes it once nothing refers to it any more.
    Reactions may refuse: LastOwner.
    """
    person = await lock(Person, person_id)
    await events.record(PersonDeleted(person_id=person_id))  # first others let go of the person
    for model in OWNED:
        await model.filter(person_id=person_id).delete()
    await upkeep.forget(person.email)
    if not await deleted(person):
        person.update_from_dict({**NOBODY, "email": f"{person_id}@closed.invalid"})
        await person.save(update_fields=["email", *NOBODY])


async def erase(person_id: UUID) -> None:
    """Remove the person and their rows here, inside a command; the database refuses if bound.

    Anybody signs up with anybody's address: until it was confirmed, only mails about the account
    are this person's. Invitations and requests to its owner stay.
    """
    for model in OWNED:
        await model.filter(person_id=person_id).delete()
    person = await Person.get(pk=person_id)
    await upkeep.forget(person.email, of="" if person.email_verified_at else "accounts")
    await person.delete()
