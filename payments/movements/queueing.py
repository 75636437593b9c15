"""Owns owing a movement: queued, withdrawn, sent once the payee is ready. Never calls Stripe."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from payments.config import config, now
from payments.database import connection, require_command
from payments.models import Funding, Holding, Movement, MovementKind, MovementStatus, PayeeStatus
from payments.money import Money
from payments.movements.states import SEARCH_AFTER, ask_for, move
from payments.reversals import Back
from payments.windows import refunds_by_itself


async def queue(  # noqa: PLR0913 - every part of the movement is named
    kind: MovementKind,
    amount: Money,
    *,
    holding: Holding,
    charge: str,
    cause: str,
    funding_id: UUID | None = None,
    at: datetime | None = None,
    reverses: UUID | None = None,
    method: str | None = None,
) -> Movement:
    """Owe this amount from now on: it is sent at `at` or as soon as it can be; inside a command.

    `method` is how the charge was paid: a refund of a direct debit waits as the payer's credit for
    a person to send it.
    """
    require_command()
    status = MovementStatus.QUEUED
    if kind is MovementKind.TRANSFER and not await is_active(holding.payee):
        status = MovementStatus.WAITING_PAYEE
    elif kind is MovementKind.REFUND and not refunds_by_itself(method):
        status = MovementStatus.CREDIT
    when = at or now()
    movement = await Movement.create(
        id=uuid4(),
        kind=kind,
        status=status,
        funding_id=funding_id,
        contract=holding.contract,
        holding=holding.id,
        payer=holding.payer,
        payee=holding.payee,
        amount_minor=amount.minor,
        currency=amount.currency,
        charge=charge,
        cause=cause,
        reverses_id=reverses,
        next_attempt_at=when,
        not_before=at,
        created_at=now(),
    )
    if status is MovementStatus.QUEUED:
        await ask_for(movement.id, when)
    return movement


async def withdraw(movement: Movement, minor: int) -> None:
    """Inside a command, on a locked row: this much of a transfer nobody sent yet does not leave."""
    require_command()
    assert movement.first_sent_at is None, "it may have left"
    assert movement.funding_id is not None, "a transfer without a charge"
    funding = await Funding.filter(id=movement.funding_id).select_for_update().get()
    funding.transferred_minor -= minor
    await funding.save(update_fields=["transferred_minor"])
    if minor == movement.amount_minor:
        await move(movement, MovementStatus.WITHDRAWN)
    else:
        movement.amount_minor -= minor
        await movement.save(update_fields=["amount_minor"])


async def send_back(back: Back) -> None:
    """Inside a command: queue the refunds that follow from money that came back."""
    for part in back.refunds:
        funding = await Funding.filter(id=part.funding_id).select_for_update().get()
        funding.refunded_minor += part.minor
        await funding.save(update_fields=["refunded_minor"])
        assert funding.charge is not None, "money without a charge"
        await queue(
            MovementKind.REFUND,
            Money(part.minor, funding.currency),
            holding=back.holding,
            charge=funding.charge,
            cause=back.cause,
            funding_id=funding.id,
            method=funding.method,
        )


async def is_active(payee: str) -> bool:
    """Whether transfers can reach this payee now; inside a command."""
    # FOR SHARE: an account that becomes active in this moment waits for us, and then finds this
    # movement.
    query = "SELECT status FROM payment_payee WHERE id = $1 FOR SHARE"
    rows = await connection().execute_query_dict(query, [payee])
    return bool(rows) and rows[0]["status"] == PayeeStatus.ACTIVE


async def payee_ready(payee: str) -> None:
    """Send what waited for this payee, whose account became active; inside a command."""
    require_command()
    waiting = await Movement.filter(
        payee=payee, status=MovementStatus.WAITING_PAYEE
    ).select_for_update()
    for movement in waiting:
        movement.next_attempt_at = max(movement.next_attempt_at, now())
        await move(movement, MovementStatus.QUEUED, "next_attempt_at")
        await ask_for(movement.id, movement.next_attempt_at)


async def due(limit: int, since: datetime | None = None) -> list[UUID]:
    """Movements that should be sent now, or that should have been since then.

    Queued ones whose time has come and claims nobody holds any more.
    """
    query = """
SELECT id FROM payment_movement
 WHERE (status = 'queued' AND next_attempt_at <= $1) OR (status = 'sending' AND claimed_at <= $2)
 ORDER BY next_attempt_at LIMIT $3
"""
    moment = now()
    stale = moment - timedelta(seconds=config().claim_seconds)
    rows = await connection().execute_query_dict(query, [since or moment, stale, limit])
    return [row["id"] for row in rows]


async def doubt() -> int:
    """Inside a command: whatever was not sent yet may have been, by the instance we are a copy of.

    Each is looked for at Stripe before it is asked for. Gives how many.
    """
    require_command()
    query = """
UPDATE payment_movement SET first_sent_at = $1
 WHERE status IN ('queued', 'waiting_payee', 'credit', 'parked', 'set_aside')
   AND first_sent_at IS NULL
   AND coalesce(not_before, $2) <= $2
RETURNING id"""
    values = [now() - 2 * SEARCH_AFTER, now()]
    return len(await connection().execute_query_dict(query, values))


async def retry(movement_id: UUID) -> None:
    """Inside a command: a parked movement goes back into the queue."""
    require_command()
    movement = await Movement.filter(id=movement_id).select_for_update().get()
    movement.attempts, movement.next_attempt_at = 0, now()
    await move(movement, MovementStatus.QUEUED, "attempts", "next_attempt_at")
    await ask_for(movement.id, movement.next_attempt_at)


async def send_credit(movement_id: UUID) -> None:
    """Inside a command: a refund that waited as the payer's credit is sent.

    Only once the direct debit behind it can no longer be taken back (see windows), or when a person
    has checked that it was not. A second call does nothing.
    """
    require_command()
    movement = await Movement.filter(id=movement_id).select_for_update().get()
    if movement.status is MovementStatus.CREDIT:
        movement.next_attempt_at = now()
        await move(movement, MovementStatus.QUEUED, "next_attempt_at")
        await ask_for(movement.id, movement.next_attempt_at)
