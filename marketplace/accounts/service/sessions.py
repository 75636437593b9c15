"""Owns the sessions: opened at log-in, ended one by one or all at once; never reads a cookie."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken

from marketplace.accounts import queries
from marketplace.accounts.models import ApiToken, LoginSession, Person
from marketplace.accounts.rules import (
    EmailUnverified,
    FactorNeeded,
    LinkExpired,
    Proves,
    Suspended,
    WrongCredentials,
)
from marketplace.accounts.schemas import LogInDraft
from marketplace.accounts.service import factors, passwords
from marketplace.accounts.service.factors import Proof
from marketplace.core import clock
from marketplace.core.db import command
from marketplace.core.errors import NotFound
from marketplace.core.ids import hash_token, secret_token
from marketplace.core.settings import settings
from marketplace.web import ratelimit
from marketplace.web.network import network_of

TICKET_SECONDS: Final = 600


async def log_in(draft: LogInDraft, *, ip: str, agent: str, previous: str = "") -> str:
    """Open a session and give its secret; the `previous` session of the browser ends.

    Raises WrongCredentials (after the same work for unknown addresses), EmailUnverified (only to
    who knows the password), FactorNeeded where a second step follows, TooManyRequests.
    """
    network = network_of(ip)
    account = f"log-in:account:{hash_token(draft.email)}"
    here = f"{account}:{network}"  # guesses from elsewhere keep nobody out of their own account
    await ratelimit.hit(f"log-in:ip:{network}", per_minute=30, burst=60)
    await ratelimit.hit(here, per_minute=1, burst=10)
    await ratelimit.hit(account, per_minute=5, burst=100)
    person = await Person.get_or_none(email=draft.email)
    held = person.password_hash if person else None
    if not await passwords.matches(draft.password, held) or person is None or held is None:
        raise WrongCredentials
    if person.email_verified_at is None:
        raise EmailUnverified
    await ratelimit.forget(here)
    await ratelimit.forget(account)
    if passwords.outdated(held):
        await _rehash(person.id, held, await passwords.hashed(draft.password))
    return await enter(person.id, ip=ip, agent=agent, previous=previous)


async def enter(person_id: UUID, *, ip: str, agent: str, previous: str = "") -> str:
    """The session of who has given a password, or was sent here by an OpenID provider.

    Raises Suspended, and FactorNeeded for who has a second factor, whatever a provider says it
    has asked for.
    """
    await _not_suspended(person_id)
    if await queries.has_second_factor(person_id):
        raise FactorNeeded(_ticket(await queries.person(person_id)))
    return await open_session(person_id, ip=ip, agent=agent, previous=previous)


async def finish(ticket: str, proof: Proof, *, ip: str, agent: str, previous: str = "") -> str:
    """The second step: the ticket of the first and the second factor. Gives the session's secret.

    Raises LinkExpired for an old ticket, AuthenticatorWrong, PasskeyWrong, TooManyRequests.
    """
    person_id = await holder(ticket)
    await factors.at_log_in(person_id, replace(proof, session=ticket, purpose=Proves.LOG_IN))
    return await open_session(person_id, ip=ip, agent=agent, previous=previous)


def _ticket(person: Person) -> str:
    """What tells the second step that the first was done, by whom and when; nobody can make one."""
    now = int(clock.now().timestamp())
    return _box().encrypt_at_time(person.id.bytes + _mark(person), now).decode()


async def holder(ticket: str) -> UUID:
    """Whose ticket it is.

    Raises LinkExpired for one that is forged or old, or of a password that is another one by now.
    """
    now = int(clock.now().timestamp())
    try:
        said = _box().decrypt_at_time(ticket.encode(), TICKET_SECONDS, now)
        person = await Person.get_or_none(pk=UUID(bytes=said[:16]))
    except (InvalidToken, ValueError):
        raise LinkExpired from None
    if person is None or said[16:] != _mark(person):
        raise LinkExpired
    return person.id


def _mark(person: Person) -> bytes:
    """What changes with the password; empty without one."""
    return hashlib.sha256(person.password_hash.encode()).digest() if person.password_hash else b""


def _box() -> Fernet:
    key = hashlib.sha256(b"log-in:" + settings().secret_key.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


async def _not_suspended(person_id: UUID) -> None:
    if await Person.filter(pk=person_id, suspended_at__isnull=False).exists():
        raise Suspended


async def _rehash(person_id: UUID, old: str, new: str) -> None:
    await Person.filter(pk=person_id, password_hash=old).update(password_hash=new)


@command
async def open_session(person_id: UUID, *, ip: str, agent: str, previous: str = "") -> str:
    """A new session and its secret. The previous one of this browser ends: no session fixation.

    Raises Suspended, whichever way somebody came.
    """
    await _not_suspended(person_id)
    if previous:
        await close_session(previous)
    now = clock.now()
    token = secret_token()
    await LoginSession.create(
        person_id=person_id,
        token_hash=hash_token(token),
        ip=ip[:64],
        agent=agent[:400],
        created_at=now,
        last_seen_at=now,
        expires_at=now + timedelta(days=settings().session_days),
    )
    return token


@command
async def close_session(token: str) -> None:
    """Log this browser out; an unknown session is none the less closed."""
    await LoginSession.filter(token_hash=hash_token(token), revoked_at=None).update(
        revoked_at=clock.now()
    )


@command
async def revoke_session(person_id: UUID, session_id: UUID) -> None:
    """End one of the person's sessions. Raises NotFound."""
    ended = await LoginSession.filter(pk=session_id, person_id=person_id, revoked_at=None).update(
        revoked_at=clock.now()
    )
    if not ended:
        raise NotFound


@command
async def revoke_all(person_id: UUID, *, keep: str = "") -> int:
    """End all the person's sessions but the one of the secret `keep`, and all API tokens.

    Gives how many sessions. Whoever ends every way in must not leave a thief the one that
    no browser shows.
    """
    await ApiToken.filter(person_id=person_id, revoked_at=None).update(revoked_at=clock.now())
    open_ones = LoginSession.filter(person_id=person_id, revoked_at=None)
    if keep:
        open_ones = open_ones.exclude(token_hash=hash_token(keep))
    return await open_ones.update(revoked_at=clock.now())
