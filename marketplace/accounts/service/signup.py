"""Owns how an account begins: sign-up, the proof of the address; never tells who has an account.

A sign-up with an address that is taken gives the same answer after the same work; the owner of
the address is told by mail. A link proves the mailbox alone: anybody may have typed its address,
with a password of their own. So whoever follows it gives the password typed with that link, and
who does not know it resets it.
"""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.accounts import queries
from marketplace.accounts.events import EmailVerified, PersonSignedUp
from marketplace.accounts.models import EmailToken, Person
from marketplace.accounts.rules import Intent, Purpose, known_locale
from marketplace.accounts.schemas import SignUpDraft, VerifyDraft
from marketplace.accounts.service import links, passwords
from marketplace.core import clock, events, jobs, mail
from marketplace.core.db import command, connection, lock
from marketplace.core.errors import Invalid
from marketplace.core.i18n import _
from marketplace.core.ids import hash_token, new_id
from marketplace.core.settings import settings
from marketplace.web import ratelimit

OTHER_PASSWORD = _(
    "This is not the password chosen with this link. If somebody else signed up with your "
    "address, or you forgot it, choose a new one below."
)
INSERT = """
INSERT INTO person (id, email, name, locale, password_hash, is_operator, created_at)
VALUES ($1, $2, $3, $4, $5, false, $6)
ON CONFLICT (email) DO NOTHING RETURNING id
"""


async def limit_mail(email: str, asker: str) -> None:
    """Refuse to send one address more than a few links: known or not makes no difference.

    Counted for each asker, a network or a person, so that a stranger uses up none of the owner's;
    what all of them may ask for together is bounded as well. Raises TooManyRequests.
    """
    key = f"link:{hash_token(email)}"
    await ratelimit.hit(f"{key}:{asker}", per_minute=0.05, burst=6)
    await ratelimit.hit(key, per_minute=0.25, burst=20)


@dataclass(frozen=True)
class Confirmed:
    """Who confirmed their address, what they signed up for, and the page they came for or ""."""

    person: Person
    intent: str
    next_path: str


async def sign_up(draft: SignUpDraft, *, network: str, next_path: str = "") -> None:
    """Begin an account and mail the link that confirms it. Raises Invalid, TooManyRequests.

    `next_path`, a path of this site, is where the confirmation leads.
    """
    await ratelimit.hit(f"sign-up:ip:{network}", per_minute=10, burst=40)
    passwords.judge(draft.password, email=draft.email, name=draft.name)
    await limit_mail(draft.email, network)
    await _begin(draft, await passwords.hashed(draft.password), next_path)


@command
async def _begin(draft: SignUpDraft, password_hash: str, next_path: str) -> None:
    values = [new_id(), draft.email, draft.name, draft.locale, password_hash, clock.now()]
    made = await connection().execute_query_dict(INSERT, values)
    person = await Person.get(email=draft.email)
    if made:
        await events.record(PersonSignedUp(person_id=person.id, intent=draft.intent.value))
    if person.email_verified_at is not None:
        await _tell_owner(person)
        return
    payload = {
        "name": draft.name,
        "locale": draft.locale,
        "password_hash": password_hash,
        "intent": draft.intent.value,
        "next": next_path,
    }
    await _send_link(person, payload)


async def _send_link(person: Person, payload: dict[str, str]) -> None:
    locale = known_locale(payload["locale"])
    link = await links.issue(
        person, Purpose.VERIFY, email=person.email, locale=locale, payload=payload
    )
    await mail.send(
        "accounts_verify", to=person.email, locale=locale, name=payload["name"], link=link
    )


async def _tell_owner(person: Person) -> None:
    base = f"{settings().base_url}/{person.locale}"
    await mail.send(
        "accounts_already_here",
        to=person.email,
        locale=person.locale,
        name=person.name,
        log_in_link=f"{base}/log-in",
        reset_link=f"{base}/forgotten-password",
    )


@command
async def _queue_resend(email: str) -> None:
    await jobs.defer("accounts.resend_verification", email=email)


async def resend(email: str, *, network: str) -> None:
    """Send the confirmation link again, if there is anything to confirm. Raises TooManyRequests.

    The look-up happens in a job: the answer and its time are the same for every address.
    """
    await ratelimit.hit(f"links:ip:{network}", per_minute=10, burst=30)
    await limit_mail(email, network)
    await _queue_resend(email)


@jobs.task("accounts.resend_verification", queue="mail")
@command
async def resend_verification(email: str) -> None:
    """Mail a fresh link that carries what the newest one carries."""
    person = await Person.get_or_none(email=email)
    if person is None or person.email_verified_at is not None:
        return
    newest = (
        await EmailToken.filter(person_id=person.id, purpose=Purpose.VERIFY.value)
        .order_by("-created_at")
        .first()
    )
    empty = {"name": person.name, "locale": person.locale, "intent": Intent.BUSINESS.value}
    await _send_link(person, newest.payload if newest else empty)


async def verify_email(draft: VerifyDraft) -> Confirmed:
    """Confirm an address by its link and the password that was typed with it.

    Raises LinkExpired; Invalid and TooManyRequests, after which the link is still good.
    """
    link = await queries.open_link(draft.token, Purpose.VERIFY)
    await ratelimit.hit(f"sign-up:link:{link.id}", per_minute=1, burst=10)
    held = link.payload.get("password_hash", link.person.password_hash)
    if not await passwords.matches(draft.password, held):
        raise Invalid({"password": OTHER_PASSWORD})
    return await _verify(draft.token)


@command
async def _verify(token: str) -> Confirmed:
    link = await links.use(token, Purpose.VERIFY)
    person = await lock(Person, link.person_id)
    written: dict[str, str] = link.payload
    person.name = written.get("name", person.name)
    person.locale = known_locale(written.get("locale", person.locale))
    person.password_hash = written.get("password_hash", person.password_hash)
    person.email_verified_at = clock.now()
    await person.save(update_fields=["name", "locale", "password_hash", "email_verified_at"])
    await links.void(person.id, Purpose.VERIFY)
    await events.record(EmailVerified(person_id=person.id))
    intent = written.get("intent", Intent.BUSINESS.value)
    return Confirmed(person, intent, written.get("next", ""))


@command
async def create_person(
    *,
    email: str,
    name: str,
    locale: str = "fr",
    password_hash: str | None = None,
    is_operator: bool = False,
) -> Person:
    """A person whose address needs no proof: seeds."""
    now = clock.now()
    return await Person.create(
        email=email,
        name=name,
        locale=known_locale(locale),
        password_hash=password_hash,
        email_verified_at=now,
        is_operator=is_operator,
        created_at=now,
    )
