"""Owns what a bank's dispute of a charge does to movements that have not left. Never calls Stripe.

Everything runs inside a command. While the dispute is open, transfers nobody sent wait, and refunds
that Stripe refuses wait. Once it is decided a transfer goes on (after a lost one only when a person
had time to take it back), and a refund goes on, or is done: the bank has paid it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from payments.config import now
from payments.database import connection
from payments.facts import MovementParked, OnFact
from payments.ledger import book, postings
from payments.models import (
    BankDispute,
    DisputeStatus,
    Funding,
    Movement,
    MovementKind,
    MovementStatus,
)
from payments.movements.states import about, ask_for, move

DISPUTED: Final = "charge_disputed"
"""Stripe's code for a refund of a charge that a bank has taken back."""
_LOSS: Final = "SELECT loss_minor FROM payment_dispute_account WHERE dispute = $1"
_LOOK_AGAIN: Final = timedelta(days=1)  # its end wakes it; this is for news that never comes
_LONGEST_DISPUTE: Final = timedelta(days=120)
_TO_DECIDE: Final = timedelta(days=5)  # for a person, before a transfer of lost money leaves
_SENDABLE: Final = (MovementStatus.QUEUED, MovementStatus.WAITING_PAYEE)


async def hold_back(dispute: BankDispute) -> None:
    """A dispute opened: transfers of its charge that nobody sent yet wait for its end."""
    await _delay(dispute, _LONGEST_DISPUTE)


async def decided(dispute: BankDispute, loss_minor: int) -> None:
    """The bank decided. `loss_minor`: what of a lost dispute no held money has covered."""
    lost = dispute.status is DisputeStatus.LOST
    await _delay(dispute, _TO_DECIDE if lost else timedelta(0))
    left = loss_minor
    for refund in await _unsent_refunds(dispute):
        if lost and refund.amount_minor <= left and _refused(refund):
            left -= refund.amount_minor
            await _paid_by_bank(refund, dispute)
        elif refund.status is not MovementStatus.CREDIT:
            refund.next_attempt_at = now()
            if refund.status is MovementStatus.QUEUED:
                await refund.save(update_fields=["next_attempt_at"])
            else:
                await move(refund, MovementStatus.QUEUED, "next_attempt_at")
            await ask_for(refund.id, refund.next_attempt_at)


async def refused(movement: Movement, on_fact: OnFact) -> bool:
    """Stripe does not refund this charge: wait for the bank, or end as it decided.

    On a claimed row. False when it has nothing to do with a dispute: an ordinary refusal.
    """
    dispute = await BankDispute.filter(charge=movement.charge).order_by("-opened_at").first()
    refund = movement.kind is MovementKind.REFUND
    if dispute is None or not (refund or dispute.status is DisputeStatus.OPEN):
        return False
    movement.attempts, movement.first_sent_at = 0, None  # a clear no: nothing is under way
    fields = ("attempts", "first_sent_at", "failure", "generation")
    if dispute.status is DisputeStatus.OPEN:
        movement.next_attempt_at = now() + _LOOK_AGAIN
        await move(movement, MovementStatus.QUEUED, "next_attempt_at", *fields)
        await ask_for(movement.id, movement.next_attempt_at)
    elif await _has_paid(dispute, movement):
        await movement.save(update_fields=list(fields))
        await _paid_by_bank(movement, dispute)
    else:  # won, or lost for less, and Stripe still refuses: owed, and for a person to pay
        await move(movement, MovementStatus.CREDIT, *fields)
        await on_fact(about(MovementParked, movement, reason=movement.failure, disputed=True))
    return True


async def _has_paid(dispute: BankDispute, refund: Movement) -> bool:
    """Whether a lost dispute paid the payer this refund: no held money, and no other, covers it."""
    await BankDispute.filter(id=dispute.id).select_for_update().get()
    (account,) = await connection().execute_query_dict(_LOSS, [dispute.id])
    lost = dispute.status is DisputeStatus.LOST
    return lost and refund.amount_minor <= int(account["loss_minor"])


async def _delay(dispute: BankDispute, wait: timedelta) -> None:
    transfers = await _of(dispute, MovementKind.TRANSFER, _SENDABLE)
    for transfer in transfers:
        if transfer.first_sent_at is None:
            earliest = now() + wait
            transfer.next_attempt_at = max(earliest, transfer.not_before or earliest)
            await transfer.save(update_fields=["next_attempt_at"])
            if transfer.status is MovementStatus.QUEUED:
                await ask_for(transfer.id, transfer.next_attempt_at)


async def _unsent_refunds(dispute: BankDispute) -> list[Movement]:
    waiting = (MovementStatus.QUEUED, MovementStatus.CREDIT, MovementStatus.PARKED)
    found = await _of(dispute, MovementKind.REFUND, waiting)
    return [each for each in found if each.status is not MovementStatus.PARKED or _refused(each)]


def _refused(refund: Movement) -> bool:
    """Whether Stripe has surely not executed it: never asked, or its last word was this no."""
    return refund.first_sent_at is None or (refund.failure or "").startswith(DISPUTED)


async def _of(
    dispute: BankDispute, kind: MovementKind, statuses: tuple[MovementStatus, ...]
) -> list[Movement]:
    rows = Movement.filter(charge=dispute.charge, kind=kind, status__in=list(statuses))
    return await rows.order_by("created_at", "id").select_for_update()


async def _paid_by_bank(refund: Movement, dispute: BankDispute) -> None:
    """The payer has this money from the bank: it is not owed a second time."""
    await book.post(
        postings.paid_by_bank(refund.amount, payer=refund.payer),
        key=f"paid_by_bank:{refund.id}",
        contract=refund.contract,
        holding=refund.holding,
        ref={"movement": str(refund.id), "cause": refund.cause, "dispute": dispute.id},
    )
    if refund.funding_id is not None:
        funding = await Funding.filter(id=refund.funding_id).select_for_update().get()
        funding.refunded_minor -= refund.amount_minor
        await funding.save(update_fields=["refunded_minor"])
    await move(refund, MovementStatus.WITHDRAWN)
