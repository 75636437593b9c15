"""Owns what a named person decides about a transfer that cannot leave. Never calls Stripe.

Taken out of the queue it stays owed to its payee, whoever refused it: nothing sends it, and nothing
but a person does anything else with it. It can be put back, or noted as paid another way;
`escrow.take_back_unsent` gives it back to the payer. Everything runs inside a command.
"""

from __future__ import annotations

from typing import Final
from uuid import UUID

from payments import errors, holdings
from payments.config import now
from payments.database import require_command
from payments.ledger import book, postings
from payments.models import Funding, Holding, Movement, MovementKind, MovementStatus
from payments.movements.queueing import is_active
from payments.movements.states import ask_for, move, unsent

STUCK: Final = (MovementStatus.WAITING_PAYEE, MovementStatus.PARKED)
"""What may be set aside,"""
ASIDE: Final = (MovementStatus.SET_ASIDE,)
"""and what was."""


async def set_aside(movement_id: UUID) -> None:
    """Take a transfer that waits for its payee, or is parked, out of the queue. Raises NotLeaving.

    It leaves no more by itself, not even once the payee can be paid.
    """
    movement, _row = await _surely_here(movement_id, STUCK)
    movement.set_aside_at = now()
    await move(movement, MovementStatus.SET_ASIDE, "set_aside_at")


async def put_back(movement_id: UUID) -> None:
    """Queue one that was set aside again, to leave as soon as it can. Raises NotLeaving.

    One in doubt (see `doubt`) as well: it is looked for at Stripe before it is sent. HoldingFrozen
    while a bank disputes the money.
    """
    movement, row = await _locked(movement_id)
    if movement.status not in ASIDE:
        raise errors.NotLeaving(str(movement_id))
    _not_frozen(row)
    movement.attempts, movement.set_aside_at = 0, None
    movement.next_attempt_at = max(now(), movement.not_before or now())
    fields = ("attempts", "set_aside_at", "next_attempt_at")
    if not await is_active(movement.payee):
        await move(movement, MovementStatus.WAITING_PAYEE, *fields)
        return
    await move(movement, MovementStatus.QUEUED, *fields)
    await ask_for(movement.id, movement.next_attempt_at)


async def paid_by_hand(movement_id: UUID, *, decided_by: str, reference: str) -> None:
    """Note that one that was set aside was paid from our own bank. `reference`: where to find it.

    What Stripe holds of it is ours from then on. Raises NotLeaving, HoldingFrozen.
    """
    movement, row = await _surely_here(movement_id, ASIDE)
    _not_frozen(row)
    await book.post(
        postings.paid_by_hand(movement.amount, payee=movement.payee),
        key=f"paid_by_hand:{movement.id}",
        contract=movement.contract,
        holding=movement.holding,
        ref={
            "movement": str(movement.id),
            "cause": movement.cause,
            "decided_by": decided_by,
            "reference": reference,
        },
    )
    if movement.funding_id is not None:  # the charge's money stays with us, as after a set-off
        funding = await Funding.filter(id=movement.funding_id).select_for_update().get()
        funding.transferred_minor -= movement.amount_minor
        await funding.save(update_fields=["transferred_minor"])
    movement.settled_at = now()
    await move(movement, MovementStatus.PAID_BY_HAND, "settled_at")


async def _locked(movement_id: UUID) -> tuple[Movement, Holding]:
    require_command()
    found = await Movement.get(id=movement_id)
    row = await holdings.locked(found.holding)
    return await Movement.filter(id=movement_id).select_for_update().get(), row


async def _surely_here(
    movement_id: UUID, statuses: tuple[MovementStatus, ...]
) -> tuple[Movement, Holding]:
    """A transfer in one of these states that has not left, and that no reversal waits for."""
    movement, row = await _locked(movement_id)
    fits = movement.kind is MovementKind.TRANSFER and movement.status in statuses
    if not fits or not unsent(movement) or movement.reversed_minor:
        raise errors.NotLeaving(str(movement_id))
    return movement, row


def _not_frozen(row: Holding) -> None:
    if row.frozen_at is not None:
        raise errors.HoldingFrozen(row.id)
