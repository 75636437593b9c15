"""Owns every write of money that leaves for Stripe; never decides who is owed what.

A movement is queued in a command, sent by a worker and settled once. It may be sent by two workers,
or by one that is killed anywhere: the call carries the movement's own idempotency key and the books
take its result once.

- `send(movement_id, on_fact, claimer)`
                                 outside any transaction; `claimer` names the job that sends
- `due(limit) -> list[UUID]`     what a periodic tick should send
- `wake_with(hook)`              `await hook(movement_id, at)` in the transaction that queues;
                                 `at` is None for at once
- `retry(movement_id)`           inside a command: an operator tries a parked one again
- `send_credit(movement_id)`     inside a command: a refund that waited for a person is sent
- `owe_instead(movement_id, on_fact)`
                                 inside a command: a parked reversal becomes the payee's debt
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

from payments import errors, reversals
from payments.config import config, now
from payments.database import connection, require_command, transaction
from payments.facts import Fact, MovementParked, OnFact, RefundFailed, RefundSent, TransferSent
from payments.gateway import stripe as gateway
from payments.gateway.views import WrittenView
from payments.ledger import book, postings
from payments.models import (
    ClawbackPart,
    Funding,
    Holding,
    Movement,
    MovementKind,
    MovementStatus,
    Outcome,
    Payee,
    PayeeStatus,
)
from payments.money import Money
from payments.reversals import Back
from payments.windows import refunds_by_itself

ATTEMPTS_MAX: Final = 12
_SEARCH_AFTER: Final = timedelta(hours=20)  # Stripe may forget keys after 24 h
_SEARCH_FROM_ATTEMPT: Final = 4  # a stored 500 is replayed for ever: look whether it was executed
_LONGEST_WAIT: Final = timedelta(hours=6)
_CANNOT_COME_BACK: Final = {"balance_insufficient", "insufficient_funds", "account_closed"}
"""Stripe's codes for a reversal the payee's balance cannot pay: to confirm on a test account."""

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
        {MovementStatus.QUEUED, MovementStatus.SENT, MovementStatus.WITHDRAWN}
    ),
    MovementStatus.CREDIT: frozenset({MovementStatus.QUEUED}),
    MovementStatus.WITHDRAWN: frozenset(),
    MovementStatus.SENDING: frozenset(
        {
            MovementStatus.SENDING,
            MovementStatus.SENT,
            MovementStatus.QUEUED,
            MovementStatus.WAITING_PAYEE,
            MovementStatus.PARKED,
            MovementStatus.FAILED,
        }
    ),
    MovementStatus.SENT: frozenset({MovementStatus.FAILED}),
    MovementStatus.FAILED: frozenset(),
    MovementStatus.PARKED: frozenset(
        {MovementStatus.QUEUED, MovementStatus.SENT, MovementStatus.FAILED}
    ),
}


def wake_with(hook: Wake | None) -> None:
    """How a queued movement asks to be sent at a time.

    The application defers a job in the same transaction.
    """
    global _wake  # noqa: PLW0603 - set once at start
    _wake = hook


async def _ask_for(movement_id: UUID, at: datetime) -> None:
    if _wake is not None:
        await _wake(movement_id, at if at > now() else None)


async def _move(movement: Movement, status: MovementStatus, *fields: str) -> None:
    """The only writer of a movement's status."""
    assert status in TRANSITIONS[movement.status], f"{movement.status} -> {status}"
    movement.status = status
    await movement.save(update_fields=["status", *fields])


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
    if kind is MovementKind.TRANSFER and not await _is_active(holding.payee):
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
        created_at=now(),
    )
    if status is MovementStatus.QUEUED:
        await _ask_for(movement.id, when)
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
        await _move(movement, MovementStatus.WITHDRAWN)
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


async def _is_active(payee: str) -> bool:
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
        await _move(movement, MovementStatus.QUEUED, "next_attempt_at")
        await _ask_for(movement.id, movement.next_attempt_at)


async def due(limit: int) -> list[UUID]:
    """Movements that should be sent now.

    Queued ones whose time has come and claims nobody holds any more.
    """
    query = """
SELECT id FROM payment_movement
 WHERE (status = 'queued' AND next_attempt_at <= $1) OR (status = 'sending' AND claimed_at <= $2)
 ORDER BY next_attempt_at LIMIT $3
"""
    moment = now()
    stale = moment - timedelta(seconds=config().claim_seconds)
    rows = await connection().execute_query_dict(query, [moment, stale, limit])
    return [row["id"] for row in rows]


async def retry(movement_id: UUID) -> None:
    """Inside a command: a parked movement goes back into the queue."""
    require_command()
    movement = await Movement.filter(id=movement_id).select_for_update().get()
    movement.attempts, movement.next_attempt_at = 0, now()
    await _move(movement, MovementStatus.QUEUED, "attempts", "next_attempt_at")
    await _ask_for(movement.id, movement.next_attempt_at)


async def send_credit(movement_id: UUID) -> None:
    """Inside a command: a refund that waited as the payer's credit is sent.

    Only once the direct debit behind it can no longer be taken back (see windows), or when a person
    has checked that it was not. A second call does nothing.
    """
    require_command()
    movement = await Movement.filter(id=movement_id).select_for_update().get()
    if movement.status is MovementStatus.CREDIT:
        movement.next_attempt_at = now()
        await _move(movement, MovementStatus.QUEUED, "next_attempt_at")
        await _ask_for(movement.id, movement.next_attempt_at)


async def owe_instead(movement_id: UUID, on_fact: OnFact) -> None:
    """Inside a command: a parked reversal is given up; the payee owes us what it would have taken.

    The payer gets the money back all the same.
    """
    require_command()
    movement = await Movement.filter(id=movement_id).select_for_update().get()
    if movement.kind is MovementKind.REVERSAL and movement.status is MovementStatus.PARKED:
        await _owed(movement, on_fact)


async def _owed(movement: Movement, on_fact: OnFact) -> None:
    await _move(movement, MovementStatus.FAILED, "failure")
    part = await ClawbackPart.get(movement_id=movement.id)
    await send_back(await reversals.settle(part.id, Outcome.DEBT, on_fact))


async def send(movement_id: UUID, on_fact: OnFact, claimer: str | None = None) -> None:
    """Makes the call this movement stands for and books its result.

    Safe to call any number of times, from anywhere. A `claimer` that comes again was interrupted,
    and goes on with its own claim at once.

    Never raises for what Stripe answers: refusals and outages are kept on the row and tried again
    later.
    """

    async def claim() -> Movement | None:
        return await _claim(movement_id, claimer)

    movement = await transaction(claim)
    if movement is None:
        return
    try:
        written = await _write(movement)
    except errors.StripeProblem as reason:
        problem = reason
        await transaction(lambda: _postpone(movement_id, problem, on_fact))
        return
    await transaction(lambda: _arrived(movement_id, written, on_fact))


async def _claim(movement_id: UUID, claimer: str | None) -> Movement | None:
    movement = await Movement.filter(id=movement_id).select_for_update().get_or_none()
    moment = now()
    if movement is None or movement.next_attempt_at > moment:
        return None
    stale = moment - timedelta(seconds=config().claim_seconds)
    abandoned = (
        movement.status is MovementStatus.SENDING
        and movement.claimed_at is not None
        and (movement.claimed_at <= stale or (claimer and movement.claimed_by == claimer))
    )
    if movement.status is not MovementStatus.QUEUED and not abandoned:
        return None
    movement.attempts += 1
    movement.claimed_at, movement.claimed_by = moment, claimer
    movement.first_sent_at = movement.first_sent_at or moment
    fields = ("attempts", "claimed_at", "claimed_by", "first_sent_at")
    await _move(movement, MovementStatus.SENDING, *fields)
    return movement


async def _write(movement: Movement) -> WrittenView:
    """The call itself, under a key that names this movement.

    Whoever repeats it gets the same answer.
    """
    assert movement.first_sent_at is not None
    old = now() - movement.first_sent_at > _SEARCH_AFTER
    if old or movement.attempts >= _SEARCH_FROM_ATTEMPT:
        found = await _find(movement)
        if found is not None:
            return found
    generation = f":{movement.generation}" if movement.generation else ""
    key = f"movement:{movement.id}{generation}"
    metadata = {
        "movement": str(movement.id),
        "holding": movement.holding,
        "contract": movement.contract,
    }
    if movement.kind is MovementKind.REFUND:
        return await gateway.create_refund(
            amount=movement.amount, charge=movement.charge, metadata=metadata, key=key
        )
    if movement.kind is MovementKind.REVERSAL:
        return await gateway.create_reversal(
            transfer=await _reversed(movement), amount=movement.amount, metadata=metadata, key=key
        )
    payee = await Payee.get_or_none(id=movement.payee)
    if payee is None or payee.account is None:
        raise errors.PayeeNotReady(movement.payee)
    return await gateway.create_transfer(
        amount=movement.amount,
        account=payee.account,
        charge=movement.charge,
        group=f"contract:{movement.contract}",
        metadata=metadata,
        key=key,
    )


async def _reversed(movement: Movement) -> str:
    transfer = await Movement.get(id=movement.reverses_id)
    if transfer.stripe_id is None:
        raise errors.StripeAway("the transfer has not left yet", code="waits_for_transfer")
    return transfer.stripe_id


async def _find(movement: Movement) -> WrittenView | None:
    name = str(movement.id)
    if movement.kind is MovementKind.TRANSFER:
        return await gateway.find_transfer(group=f"contract:{movement.contract}", movement=name)
    if movement.kind is MovementKind.REVERSAL:
        made = await gateway.reversals(await _reversed(movement))
        return next((each for each in made if each.metadata.get("movement") == name), None)
    return await gateway.find_refund(charge=movement.charge, movement=name)


async def _postpone(movement_id: UUID, problem: errors.StripeProblem, on_fact: OnFact) -> None:
    movement = await Movement.filter(id=movement_id).select_for_update().get()
    if movement.status is not MovementStatus.SENDING:
        return  # another worker was faster
    movement.failure = f"{problem.code} {problem}".strip()[:500]
    unclear = isinstance(problem, errors.StripeFailed | errors.IdempotencyConflict)
    definite = isinstance(problem, errors.StripeRefused) and not unclear
    if definite or (unclear and movement.attempts >= _SEARCH_FROM_ATTEMPT):
        # The answer stored under this key will not change: it was a no, or a fault behind which a
        # search found nothing. Without an answer the key stays, whatever happened.
        movement.generation += 1
    fields = ("failure", "generation", "next_attempt_at", "attempts")
    if isinstance(problem, errors.StripeAway):
        movement.attempts -= 1  # nothing was tried
    transfer = movement.kind is MovementKind.TRANSFER
    if movement.kind is MovementKind.REVERSAL and problem.code in _CANNOT_COME_BACK:
        await _owed(movement, on_fact)
        return
    unready = transfer and isinstance(problem, errors.PayeeNotReady)
    if unready and not await _is_active(movement.payee):
        await _move(movement, MovementStatus.WAITING_PAYEE, *fields)
        return
    if movement.attempts >= ATTEMPTS_MAX:
        await _move(movement, MovementStatus.PARKED, *fields)
        await on_fact(_about(MovementParked, movement, reason=movement.failure))
        return
    delay = min(timedelta(seconds=2 ** (movement.attempts + 1)), _LONGEST_WAIT)
    movement.next_attempt_at = now() + delay
    await _move(movement, MovementStatus.QUEUED, *fields)
    await _ask_for(movement.id, movement.next_attempt_at)


async def settle(written: WrittenView, on_fact: OnFact) -> bool:
    """Inside a command: applies what Stripe says about a transfer or refund of ours, once.

    Used by the sender and by the inbox, whichever hears first. False when it is not one of ours.
    """
    require_command()
    name = written.metadata.get("movement", "")
    try:
        movement_id = UUID(name)
    except ValueError:
        return False
    await _arrived(movement_id, written, on_fact)
    return True


async def _arrived(movement_id: UUID, written: WrittenView, on_fact: OnFact) -> None:
    movement = await Movement.filter(id=movement_id).select_for_update().get()
    if written.amount != movement.amount:
        raise errors.LedgerRefused(f"{written.id} moved {written.amount}, not {movement.amount}")
    if movement.status not in (MovementStatus.SENT, MovementStatus.FAILED):
        movement.stripe_id, movement.failure = written.id, None
        await _move(movement, MovementStatus.SENT, "stripe_id", "failure")
    elif movement.stripe_id != written.id:
        raise errors.LedgerRefused(f"{written.id} repeats {movement.stripe_id}")
    if written.status == "succeeded" and movement.settled_at is None:
        await _book(movement, on_fact)
    elif written.status in ("failed", "canceled") and movement.status is not MovementStatus.FAILED:
        await _came_back(movement, written.status, on_fact)


async def _book(movement: Movement, on_fact: OnFact) -> None:
    assert movement.stripe_id is not None
    if movement.kind is MovementKind.REVERSAL:
        movement.settled_at = now()
        await movement.save(update_fields=["settled_at"])
        part = await ClawbackPart.get(movement_id=movement.id)
        outcome = Outcome.REVERSED
        await send_back(await reversals.settle(part.id, outcome, on_fact, movement.stripe_id))
        return
    refund = movement.kind is MovementKind.REFUND
    posting = (
        postings.refund(movement.amount, payer=movement.payer)
        if refund
        else postings.transfer(movement.amount, payee=movement.payee)
    )
    await book.post(
        posting,
        key=f"{movement.kind}:{movement.stripe_id}",
        contract=movement.contract,
        holding=movement.holding,
        source=movement.stripe_id,
        ref={"movement": str(movement.id), "cause": movement.cause},
    )
    movement.settled_at = now()
    await movement.save(update_fields=["settled_at"])
    await on_fact(_about(RefundSent if refund else TransferSent, movement))


async def _came_back(movement: Movement, status: str, on_fact: OnFact) -> None:
    """A refund failed at the payer's bank: the amount is the payer's credit with us."""
    assert movement.stripe_id is not None
    if movement.settled_at is not None:
        await book.post(
            postings.refund_failed(movement.amount, payer=movement.payer),
            key=f"refund_failed:{movement.stripe_id}",
            contract=movement.contract,
            holding=movement.holding,
            source=movement.stripe_id,
            ref={"movement": str(movement.id), "cause": movement.cause},
        )
    if movement.funding_id is not None:
        funding = await Funding.filter(id=movement.funding_id).select_for_update().get()
        funding.refunded_minor -= movement.amount_minor
        await funding.save(update_fields=["refunded_minor"])
    movement.failure = status
    await _move(movement, MovementStatus.FAILED, "failure")
    await on_fact(_about(RefundFailed, movement))


def _about(kind: type, movement: Movement, **more: object) -> Fact:
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
