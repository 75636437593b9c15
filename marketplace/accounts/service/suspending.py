"""Owns what an operator does to an account: suspended, let in again, given a lost factor back.

The person is told each time, with the reason (DSA, Regulation (EU) 2022/2065, article 17). The
operator's log is written by who calls.
"""

from __future__ import annotations

from uuid import UUID

from marketplace.accounts import queries
from marketplace.accounts.events import PersonSuspended
from marketplace.accounts.models import Authenticator, Passkey, PasskeyChallenge, Person
from marketplace.accounts.rules import (
    AlreadySuspended,
    NoFactor,
    NotSuspended,
    OperatorStays,
    Purpose,
)
from marketplace.accounts.service import links, sessions
from marketplace.core import clock, events, mail
from marketplace.core.db import command, lock
from marketplace.core.settings import settings


@command
async def suspend(person_id: UUID, reason: str) -> Person:
    """Every session and token ends, and none begins; contracts and their money stay as they are.

    Raises NotFound, OperatorStays, AlreadySuspended.
    """
    person = await lock(Person, person_id)
    if person.is_operator:
        raise OperatorStays
    if person.suspended_at is not None:
        raise AlreadySuspended
    person.suspended_at, person.suspended_for = clock.now(), reason
    await person.save(update_fields=["suspended_at", "suspended_for"])
    await sessions.revoke_all(person_id)
    await events.record(PersonSuspended(person_id=person_id))
    await _tell(person, "suspended", reason)
    return person


@command
async def lift(person_id: UUID, reason: str) -> Person:
    """The person may log in again; a profile shows again when they publish it.

    Raises NotFound, NotSuspended.
    """
    person = await lock(Person, person_id)
    if person.suspended_at is None:
        raise NotSuspended
    person.suspended_at, person.suspended_for = None, ""
    await person.save(update_fields=["suspended_at", "suspended_for"])
    await _tell(person, "lifted", reason)
    return person


@command
async def reset_factor(person_id: UUID, reason: str) -> Person:
    """Remove a second factor that was lost, with its recovery codes; sessions and tokens end.

    Raises NotFound, OperatorStays, NoFactor.
    """
    person = await lock(Person, person_id)
    if person.is_operator:
        raise OperatorStays
    if not await queries.has_second_factor(person_id):
        raise NoFactor
    for model in (Authenticator, PasskeyChallenge, Passkey):
        await model.filter(person_id=person_id).delete()
    person.recovery_codes = []
    await person.save(update_fields=["recovery_codes"])
    await sessions.revoke_all(person_id)
    await links.void(person_id, Purpose.CHANGE)
    await _tell(person, "factor", reason)
    return person


async def _tell(person: Person, what: str, reason: str) -> None:
    await mail.send(
        "accounts_operated",
        to=person.email,
        locale=person.locale,
        name=person.name,
        what=what,
        reason=reason,
        log_in_link=f"{settings().base_url}/{person.locale}/log-in",
    )
