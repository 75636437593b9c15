"""Owns the effect of a movement on the books, once, whoever hears first. Never calls Stripe."""

from __future__ import annotations

from uuid import UUID

from payments import errors, holdings, reversals
from payments.config import now
from payments.database import require_command
from payments.facts import OnFact, RefundFailed, RefundSent, TransferSent
from payments.gateway.views import WrittenView
from payments.ledger import book, postings
from payments.ledger.balanced import Posting
from payments.ledger.conversions import converted
from payments.models import ClawbackPart, Funding, Movement, MovementKind, MovementStatus, Outcome
from payments.money import Money
from payments.movements.queueing import send_back, withdraw
from payments.movements.states import SEARCH_AFTER, about, ask_for, move, unsent


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
    await arrived(movement_id, written, on_fact)
    return True


async def is_booked(transfer: str) -> bool:
    """Whether Stripe's transfer of this id is a movement of ours and wholly in the books.

    Only a reversal can follow it, which has news of its own.
    """
    booked = Movement.filter(stripe_id=transfer, kind=MovementKind.TRANSFER)
    return await booked.filter(status=MovementStatus.SENT, settled_at__isnull=False).exists()


async def arrived(movement_id: UUID, written: WrittenView, on_fact: OnFact) -> None:
    """Inside a command: applies what Stripe answered or announced about a movement, once."""
    movement = await Movement.filter(id=movement_id).select_for_update().get()
    if written.amount != movement.amount:
        raise errors.LedgerRefused(f"{written.id} moved {written.amount}, not {movement.amount}")
    if movement.status not in (MovementStatus.SENT, MovementStatus.FAILED):
        movement.stripe_id, movement.failure = written.id, None
        await move(movement, MovementStatus.SENT, "stripe_id", "failure")
    elif movement.stripe_id != written.id:
        raise errors.LedgerRefused(f"{written.id} repeats {movement.stripe_id}")
    if written.status == "succeeded" and movement.settled_at is None:
        await _book(movement, written, on_fact)
    elif written.status in ("failed", "canceled") and movement.status is not MovementStatus.FAILED:
        await _came_back(movement, written, on_fact)


async def _as_moved(posting: Posting, movement: Movement, written: WrittenView) -> Posting:
    """A refund of a payment that Stripe converted moves our balance in that other currency."""
    moved = written.moved
    if moved is None or moved.currency == movement.currency:
        return posting
    brought = await book.brought(movement.charge, moved.currency)
    worth = brought if moved.minor > 0 else -brought
    return converted(posting, moved=moved, worth=worth, fee=Money.zero(moved.currency))


async def _book(movement: Movement, written: WrittenView, on_fact: OnFact) -> None:
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
        await _as_moved(posting, movement, written),
        key=f"{movement.kind}:{movement.stripe_id}",
        contract=movement.contract,
        holding=movement.holding,
        source=movement.stripe_id,
        ref={"movement": str(movement.id), "cause": movement.cause},
    )
    movement.settled_at = now()
    await movement.save(update_fields=["settled_at"])
    await on_fact(about(RefundSent if refund else TransferSent, movement))


async def _came_back(movement: Movement, written: WrittenView, on_fact: OnFact) -> None:
    """A refund failed at the payer's bank: the amount is the payer's credit with us."""
    assert movement.stripe_id is not None
    if movement.settled_at is not None:
        posting = postings.refund_failed(movement.amount, payer=movement.payer)
        await book.post(
            await _as_moved(posting, movement, written),
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
    movement.failure = written.status
    await move(movement, MovementStatus.FAILED, "failure")
    await on_fact(about(RefundFailed, movement))


async def owe_instead(movement_id: UUID, on_fact: OnFact) -> None:
    """Inside a command: a parked reversal is given up; the payee owes us what it would have taken.

    The payer gets the money back all the same.
    """
    require_command()
    movement = await Movement.filter(id=movement_id).select_for_update().get()
    if movement.kind is MovementKind.REVERSAL and movement.status is MovementStatus.PARKED:
        await owed(movement, on_fact)


async def owed(movement: Movement, on_fact: OnFact) -> None:
    """A reversal that cannot be made is the payee's debt; what follows from it is sent."""
    await move(movement, MovementStatus.FAILED, "failure")
    part = await ClawbackPart.get(movement_id=movement.id)
    await send_back(await reversals.settle(part.id, Outcome.DEBT, on_fact))


async def recall(reversal: Movement, on_fact: OnFact) -> bool:
    """A reversal waits for a transfer that has surely not left: its part is withdrawn instead.

    False when it may have left, or still leaves.
    """
    await holdings.locked(reversal.holding)
    transfer = await Movement.filter(id=reversal.reverses_id).select_for_update().get()
    if unsent(transfer):
        transfer.reversed_minor -= reversal.amount_minor
        await transfer.save(update_fields=["reversed_minor"])
        await withdraw(transfer, reversal.amount_minor)
        await move(reversal, MovementStatus.WITHDRAWN)
        part = await ClawbackPart.get(movement_id=reversal.id)
        await send_back(await reversals.settle(part.id, Outcome.WITHDRAWN, on_fact))
        return True
    if transfer.status is MovementStatus.WAITING_PAYEE and _old(transfer):
        # Refused in the end, but one try had no answer: one more says which of the two it is.
        await move(transfer, MovementStatus.QUEUED)
        await ask_for(transfer.id, transfer.next_attempt_at)
    return False


def _old(transfer: Movement) -> bool:
    return transfer.first_sent_at is not None and now() - transfer.first_sent_at > SEARCH_AFTER
