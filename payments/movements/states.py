"""Owns the states of a movement and how it asks to be sent. Never calls Stripe."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from payments.config import now
from payments.facts import Fact
from payments.models import Movement, MovementStatus

ATTEMPTS_MAX: Final = 20  # in about 45 hours: an outage ends by then
REFUSALS_MAX: Final = 12  # in about 2 hours: a no seldom changes, and a person should know
SEARCH_AFTER: Final = timedelta(hours=20)
"""After a try without an answer: Stripe may forget keys after 24 h, so look before asking again."""
_UNSENT: Final = (
    MovementStatus.QUEUED,
    MovementStatus.WAITING_PAYEE,
    MovementStatus.PARKED,
    MovementStatus.SET_ASIDE,
)

Wake = Callable[[UUID, datetime | None], Awaitable[None]]
_wake: Wake | None = None

TRANSITIONS: Final[dict[MovementStatus, frozenset[MovementStatus]]] = {
    MovementStatus.QUEUED: frozenset(
        {
            MovementStatus.SENDING,
            MovementStatus.WAITING_PAYEE,
            MovementStatus.SENT,
            MovementStatus.WITHDRAWN,
        }
    ),
    MovementStatus.WAITING_PAYEE: frozenset(
        {
            MovementStatus.QUEUED,
            MovementStatus.SENT,
            MovementStatus.WITHDRAWN,
            MovementStatus.SET_ASIDE,
        }
    ),
    MovementStatus.SET_ASIDE: frozenset(
        {
            MovementStatus.QUEUED,
            MovementStatus.WAITING_PAYEE,
            MovementStatus.SENT,
            MovementStatus.WITHDRAWN,
            MovementStatus.PAID_BY_HAND,
        }
    ),
    MovementStatus.PAID_BY_HAND: frozenset(),
    MovementStatus.CREDIT: frozenset({MovementStatus.QUEUED, MovementStatus.WITHDRAWN}),
    MovementStatus.WITHDRAWN: frozenset(),
    MovementStatus.SENDING: frozenset(
        {
            MovementStatus.SENDING,
            MovementStatus.SENT,
            MovementStatus.QUEUED,
            MovementStatus.WAITING_PAYEE,
            MovementStatus.PARKED,
            MovementStatus.FAILED,
            MovementStatus.CREDIT,
            MovementStatus.WITHDRAWN,
        }
    ),
    MovementStatus.SENT: frozenset({MovementStatus.FAILED}),
    MovementStatus.FAILED: frozenset(),
    MovementStatus.PARKED: frozenset(
        {
            MovementStatus.QUEUED,
            MovementStatus.SENT,
            MovementStatus.FAILED,
            MovementStatus.WITHDRAWN,
            MovementStatus.SET_ASIDE,
        }
    ),
}


def wake_with(hook: Wake | None) -> None:
    """How a queued movement asks to be sent at a time.

    The application defers a job in the same transaction.
    """
    global _wake  # noqa: PLW0603 - set once at start
    _wake = hook


async def ask_for(movement_id: UUID, at: datetime) -> None:
    """Asks for a movement to be sent at a time, in the transaction that queues it."""
    if _wake is not None:
        await _wake(movement_id, at if at > now() else None)


async def move(movement: Movement, status: MovementStatus, *fields: str) -> None:
    """The only writer of a movement's status."""
    assert status in TRANSITIONS[movement.status], f"{movement.status} -> {status}"
    movement.status = status
    await movement.save(update_fields=["status", *fields])


def unsent(transfer: Movement) -> bool:
    """Whether a transfer has surely not left: one of whose tries had no answer may have."""
    return transfer.status in _UNSENT and transfer.first_sent_at is None


def about(kind: type, movement: Movement, **more: object) -> Fact:
    """A fact about a movement."""
    fact: Fact = kind(
        holding=movement.holding,
        contract=movement.contract,
        payer=movement.payer,
        payee=movement.payee,
        movement_id=movement.id,
        cause=movement.cause,
        amount=movement.amount,
        **more,
    )
    return fact
