"""Owns the reads about accounts; its only writes say when a session or token was last used."""

from __future__ import annotations

from uuid import UUID

from tortoise.expressions import Q

from marketplace.accounts.models import (
    ApiToken,
    Authenticator,
    EmailToken,
    Identity,
    LoginSession,
    Passkey,
    Person,
)
from marketplace.accounts.rules import FRESH, TOUCH_EVERY, LinkExpired, Purpose, normal_email
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.ids import hash_token


async def person(person_id: UUID) -> Person:
    """The person. Raises NotFound."""
    row = await Person.get_or_none(pk=person_id)
    if row is None:
        raise NotFound
    return row


async def person_by_email(email: str) -> Person | None:
    """The account of an address, in any spelling."""
    return await Person.get_or_none(email=normal_email(email))


async def search(words: str, limit: int) -> list[Person]:
    """The accounts whose address or name holds these words, the newest first: for operators."""
    fits = Q(email__icontains=normal_email(words)) | Q(name__icontains=words)
    return await Person.filter(fits).order_by("-created_at", "-id").limit(limit)


async def operators() -> list[Person]:
    """Everybody who runs this instance."""
    return await Person.filter(is_operator=True).order_by("id")


async def session_by_token(token: str) -> LoginSession | None:
    """The live session of a cookie with its person, or None when unknown, ended or expired."""
    return (
        await LoginSession.filter(
            token_hash=hash_token(token), revoked_at=None, expires_at__gt=clock.now()
        )
        .select_related("person")
        .first()
    )


async def session_owner(token: str) -> UUID | None:
    """Whose session the cookie is of, or was, while we remember it."""
    session = await LoginSession.get_or_none(token_hash=hash_token(token))
    return session.person_id if session else None


async def logged_in_just_now(token: str) -> bool:
    """Whether the session of this cookie began within FRESH."""
    session = await session_by_token(token)
    return session is not None and session.created_at > clock.now() - FRESH


async def person_by_session(token: str) -> Person | None:
    """Who is signed in with this cookie; notes the visit at most once a minute."""
    session = await session_by_token(token)
    if session is None or session.person.suspended_at is not None:
        return None
    now = clock.now()
    if now - session.last_seen_at > TOUCH_EVERY:
        await LoginSession.filter(pk=session.id).update(last_seen_at=now)
    return session.person


async def person_by_api_token(token: str) -> tuple[Person, frozenset[str]] | None:
    """Whose API token this is, and what it may do; notes the use at most once a minute."""
    row = (
        await ApiToken.filter(token_hash=hash_token(token), revoked_at=None)
        .select_related("person")
        .first()
    )
    now = clock.now()
    if row is None or (row.expires_at is not None and row.expires_at <= now):
        return None
    if row.person.suspended_at is not None:
        return None
    if row.last_used_at is None or now - row.last_used_at > TOUCH_EVERY:
        await ApiToken.filter(pk=row.id).update(last_used_at=now)
    return row.person, frozenset(row.scopes)


async def sessions(person_id: UUID) -> list[LoginSession]:
    """The person's live sessions, the latest used first."""
    return await LoginSession.filter(
        person_id=person_id, revoked_at=None, expires_at__gt=clock.now()
    ).order_by("-last_seen_at")


async def api_tokens(person_id: UUID) -> list[ApiToken]:
    """The person's tokens that were not revoked, the newest first."""
    return await ApiToken.filter(person_id=person_id, revoked_at=None).order_by("-created_at")


async def identities(person_id: UUID) -> list[Identity]:
    """The person's connected OpenID identities, the oldest first."""
    return await Identity.filter(person_id=person_id).order_by("created_at")


async def authenticator(person_id: UUID) -> Authenticator | None:
    """The person's second factor, set up or waiting for its first code."""
    return await Authenticator.get_or_none(person_id=person_id)


async def has_authenticator(person_id: UUID) -> bool:
    """Whether the person has an app for one-time codes."""
    return await Authenticator.exists(person_id=person_id, confirmed_at__isnull=False)


async def passkeys(person_id: UUID) -> list[Passkey]:
    """The person's passkeys, the oldest first."""
    return await Passkey.filter(person_id=person_id).order_by("id")


async def has_second_factor(person_id: UUID) -> bool:
    """Whether signing and logging in ask this person for an app, a passkey or a recovery code."""
    return await has_authenticator(person_id) or await Passkey.exists(person_id=person_id)


async def open_link(token: str, purpose: Purpose) -> EmailToken:
    """What a mailed link is for, with its person, without using it up. Raises LinkExpired."""
    row = (
        await EmailToken.filter(token_hash=hash_token(token), purpose=purpose.value, used_at=None)
        .select_related("person")
        .first()
    )
    if row is None or row.expires_at <= clock.now():
        raise LinkExpired
    return row


async def pending_email(person_id: UUID) -> EmailToken | None:
    """The change of address still waiting to be confirmed, if there is one."""
    return (
        await EmailToken.filter(
            person_id=person_id,
            purpose=Purpose.CHANGE.value,
            used_at=None,
            expires_at__gt=clock.now(),
        )
        .order_by("-created_at")
        .first()
    )
