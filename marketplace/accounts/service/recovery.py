"""Owns passwords that change: forgotten, replaced, first set; never tells who has an account."""

from __future__ import annotations

from uuid import UUID

from marketplace.accounts import queries
from marketplace.accounts.events import EmailVerified, PasswordChanged
from marketplace.accounts.models import Person
from marketplace.accounts.rules import LinkExpired, Purpose
from marketplace.accounts.schemas import PasswordDraft, ResetDraft
from marketplace.accounts.service import factors, links, passwords, sessions, signup
from marketplace.core import clock, events, jobs, mail
from marketplace.core.db import command, lock
from marketplace.core.settings import settings
from marketplace.web import ratelimit


async def forgotten(email: str, *, network: str) -> None:
    """Mail a link to choose a new password, if the address is known. Raises TooManyRequests.

    The look-up happens in a job: the answer and its time are the same for every address.
    """
    await ratelimit.hit(f"links:ip:{network}", per_minute=10, burst=30)
    await signup.limit_mail(email, network)
    await _queue_reset(email)


@command
async def _queue_reset(email: str) -> None:
    await jobs.defer("accounts.mail_reset", email=email)


@jobs.task("accounts.mail_reset", queue="mail")
@command
async def mail_reset(email: str) -> None:
    """Mail the link, or do nothing for an unknown address."""
    person = await Person.get_or_none(email=email)
    if person is None:
        return
    link = await links.issue(
        person, Purpose.RESET, email=person.email, locale=person.locale, payload={}
    )
    await mail.send(
        "accounts_reset", to=person.email, locale=person.locale, name=person.name, link=link
    )


async def reset_password(draft: ResetDraft) -> Person:
    """Set a new password by a mailed link; sessions and API tokens end.

    Raises LinkExpired, Invalid.
    """
    link = await queries.open_link(draft.token, Purpose.RESET)
    passwords.judge(draft.password, email=link.person.email, name=link.person.name)
    return await _reset(draft.token, await passwords.hashed(draft.password))


@command
async def _reset(token: str, password_hash: str) -> Person:
    link = await links.use(token, Purpose.RESET)
    person = await lock(Person, link.person_id)
    if person.email != link.email:
        raise LinkExpired
    if person.email_verified_at is None:  # the link arrived: that is the proof
        person.email_verified_at = clock.now()
        await person.save(update_fields=["email_verified_at"])
        await events.record(EmailVerified(person_id=person.id))
    await _write_password(person, password_hash)
    await sessions.revoke_all(person.id)
    await factors.start_anew(person.id)
    return person


async def _write_password(person: Person, password_hash: str) -> None:
    person.password_hash = password_hash
    await person.save(update_fields=["password_hash"])
    # A thief with a session may have asked for another address: that link dies too.
    await links.void(person.id, Purpose.VERIFY, Purpose.RESET, Purpose.CHANGE)
    await events.record(PasswordChanged(person_id=person.id))
    await mail.send(
        "accounts_password_changed",
        to=person.email,
        locale=person.locale,
        name=person.name,
        reset_link=f"{settings().base_url}/{person.locale}/forgotten-password",
    )


async def change_password(person: Person, draft: PasswordDraft, session: str) -> None:
    """Replace the password (or set the first one); other sessions and all API tokens end.

    Raises what `factors.prove` raises.
    """
    await factors.prove(person, draft.current, factors.given(draft, session), field="current")
    passwords.judge(draft.password, email=person.email, name=person.name)
    await _change(person.id, await passwords.hashed(draft.password), session)


@command
async def _change(person_id: UUID, password_hash: str, keep: str) -> None:
    await _write_password(await lock(Person, person_id), password_hash)
    await sessions.revoke_all(person_id, keep=keep)
