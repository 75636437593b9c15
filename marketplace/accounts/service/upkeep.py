"""Owns the nightly clearing of what has run out; never removes a confirmed person."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import cast
from uuid import UUID

from tortoise.exceptions import IntegrityError

from marketplace.accounts.models import (
    Authenticator,
    EmailToken,
    LoginSession,
    PasskeyChallenge,
    Person,
    SignInAttempt,
)
from marketplace.accounts.rules import SET_UP_LIFE, UNVERIFIED_LIFE
from marketplace.accounts.service import profile
from marketplace.core import batches, clock, jobs
from marketplace.core.db import command, connection
from marketplace.web import idempotency, ratelimit

FORGET = "DELETE FROM unsent_form WHERE expires_at < $1"  # web/unsent keeps them
KEPT = timedelta(days=30)  # ended sessions and links stay this long, for questions about them


@jobs.periodic("17 3 * * *", "accounts.upkeep")
async def upkeep(timestamp: int) -> None:  # noqa: ARG001 - the tick's own time is not needed
    """Clear old links, sessions, sign-in visits, sign-ups, counters and remembered answers."""
    await clear()
    await ratelimit.purge()
    await idempotency.purge()


async def clear() -> None:
    """Clear the accounts' own leftovers."""
    now = clock.now()
    await SignInAttempt.filter(expires_at__lt=now).delete()
    await PasskeyChallenge.filter(expires_at__lt=now).delete()
    await Authenticator.filter(confirmed_at=None, created_at__lt=now - SET_UP_LIFE).delete()
    await connection().execute_query(FORGET, [now])
    await EmailToken.filter(expires_at__lt=now - KEPT).delete()
    await LoginSession.filter(expires_at__lt=now - KEPT).delete()
    await LoginSession.filter(revoked_at__lt=now - KEPT).delete()
    stale = Person.filter(email_verified_at=None, created_at__lt=now - UNVERIFIED_LIFE)
    ids = cast("list[UUID]", await stale.values_list("id", flat=True))
    await batches.each("sign-ups never confirmed", ids, _erase_unverified)


async def _erase_unverified(person_id: UUID) -> None:
    with suppress(IntegrityError):  # something binds them all the same: they stay
        await _erase(person_id)


@command
async def _erase(person_id: UUID) -> None:
    person = await Person.select_for_update().get_or_none(pk=person_id, email_verified_at=None)
    if person is not None:
        await profile.erase(person_id)
