"""Owns what a bank's dispute does to held money.

Never takes anything from a payee: that is a person's decision.

`settle` runs inside a command, `answer` and `concede` outside; all may be repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from payments import errors, holdings, movements
from payments.config import now
from payments.database import require_command, transaction
from payments.facts import (
    DisputeClosed,
    DisputeOpened,
    Fact,
    OnFact,
    SurplusDecided,
    SurplusDisputed,
)
from payments.fees import Share
from payments.gateway import disputes as gateway
from payments.gateway.views import DisputeView
from payments.ledger import book, postings
from payments.models import (
    BankDispute,
    DisputeStatus,
    Funding,
    Holding,
    Lot,
    Movement,
    MovementKind,
)
from payments.money import Money

TRANSITIONS: Final[dict[DisputeStatus, frozenset[DisputeStatus]]] = {
    DisputeStatus.OPEN: frozenset({DisputeStatus.WON, DisputeStatus.LOST}),
    DisputeStatus.WON: frozenset(),
    DisputeStatus.LOST: frozenset(),
}


@dataclass(frozen=True, slots=True)
class _Paid:
    """The disputed payment: the holding it was for, and all it stands behind now, locked.

    Without a funding it was beyond what was asked for: the payer's credit, behind no held money.
    """

    holding: Holding
    funding: Funding | None
    behind: tuple[Holding, ...]


async def settle(view: DisputeView, on_fact: OnFact) -> bool:
    """Applies a dispute as Stripe has it now.

    Raises NotYet when its charge is not in the books yet.
    """
    require_command()
    paid = await _paid(view)
    if not view.withdrawn:
        return True  # an inquiry: the bank asks, nothing was taken
    dispute = await _opened(view, paid, on_fact)
    await _note_answer(dispute, view)
    if dispute.status is not DisputeStatus.OPEN:
        return True
    if view.status == "won":
        if not view.returned:
            raise errors.NotYet(f"{view.id} was won, the money is not back yet")
        await _won(dispute, view, paid, on_fact)
    elif view.status == "lost":
        await _lost(dispute, paid, on_fact)
    return True


async def _note_answer(dispute: BankDispute, view: DisputeView) -> None:
    answered = view.status == "under_review" and dispute.answered_at is None
    if answered or dispute.due_by != view.due_by:
        dispute.answered_at = now() if answered else dispute.answered_at
        dispute.due_by = view.due_by
        await dispute.save(update_fields=["answered_at", "due_by"])


async def answer(
    dispute_id: str, evidence: Mapping[str, str], *, decision: str, on_fact: OnFact
) -> None:
    """Submit evidence to the bank, outside a transaction, and apply what Stripe says then.

    `decision` names the act of the person who decided it: the same again is the same call. Raises
    StripeRefused once the dispute is closed, StripeUnavailable.
    """
    await gateway.answer(dispute_id, evidence, key=f"dispute_answer:{decision}")
    await _refresh(dispute_id, on_fact)


async def concede(dispute_id: str, *, decision: str, on_fact: OnFact) -> None:
    """Accept that a dispute is lost, outside a transaction; as `answer` otherwise."""
    await gateway.concede(dispute_id, key=f"dispute_concede:{decision}")
    await _refresh(dispute_id, on_fact)


async def _refresh(dispute_id: str, on_fact: OnFact) -> None:
    view = await gateway.dispute(dispute_id)
    await transaction(lambda: settle(view, on_fact))


async def _paid(view: DisputeView) -> _Paid:
    funding = await Funding.get_or_none(charge=view.charge)
    if funding is None:
        surplus = Movement.filter(charge=view.charge, cause__startswith="surplus:")
        refund = await surplus.filter(kind=MovementKind.REFUND).first()
        if refund is None:
            raise errors.NotYet(f"{view.id} is about an unknown charge {view.charge}")
        return _Paid(await holdings.locked(refund.holding), None, ())
    lots = await Lot.filter(funding_id=funding.id)
    carried = (lot.holding_id for lot in lots)  # also what was carried over stands on this charge
    rows = await holdings.locked_many(funding.holding_id, *carried)
    return _Paid(rows[funding.holding_id], funding, tuple(rows.values()))


async def _opened(view: DisputeView, paid: _Paid, on_fact: OnFact) -> BankDispute:
    known = await BankDispute.filter(id=view.id).select_for_update().get_or_none()
    if known is not None:
        return known
    await book.post(
        postings.dispute_open(view.withdrawn, view.withdrawn_fee, dispute=view.id),
        key=f"dispute_open:{view.id}",
        contract=paid.holding.contract,
        holding=paid.holding.id,
        source=view.id,
    )
    dispute = await BankDispute.create(
        id=view.id,
        charge=view.charge,
        holding_id=paid.holding.id,
        funding_id=paid.funding.id if paid.funding else None,
        status=DisputeStatus.OPEN,
        amount_minor=view.withdrawn.minor,
        currency=view.withdrawn.currency,
        reason=view.reason,
        due_by=view.due_by,
        opened_at=now(),
    )
    await movements.hold_back(dispute)
    for row in paid.behind:
        row.frozen_at = row.frozen_at or now()
        await row.save(update_fields=["frozen_at"])
        await on_fact(_took(DisputeOpened, row, view))
    if paid.funding is None:
        await on_fact(_took(SurplusDisputed, paid.holding, view))
    return dispute


def _took(kind: type[DisputeOpened | SurplusDisputed], row: Holding, view: DisputeView) -> Fact:
    people = _people(row)
    return kind(**people, dispute=view.id, amount=view.withdrawn, reason=view.reason)


async def _won(dispute: BankDispute, view: DisputeView, paid: _Paid, on_fact: OnFact) -> None:
    await book.post(
        postings.dispute_won(view.returned, view.returned_fee, dispute=view.id),
        key=f"dispute_won:{view.id}",
        contract=paid.holding.contract,
        holding=paid.holding.id,
        source=view.id,
    )
    await _close(dispute, DisputeStatus.WON, paid, on_fact)
    await movements.decided(dispute, 0)


async def _lost(dispute: BankDispute, paid: _Paid, on_fact: OnFact) -> None:
    """What this charge still backs is gone.

    What was already released of it is our loss; refunds that had not left are the bank's.
    """
    left, shares = dispute.amount_minor, list[tuple[str, Share]]()
    for row in paid.behind:
        assert paid.funding is not None, "a payment that is behind something was asked for"
        share = await holdings.take_charge(row, paid.funding.id, left)
        if share is not None:
            shares.append((row.id, share))
            left -= share.total
    contract = paid.holding.contract
    amount = Money(dispute.amount_minor, dispute.currency)
    await book.post(
        postings.dispute_lost(amount, shares, contract=contract, dispute=dispute.id),
        key=f"dispute_lost:{dispute.id}",
        contract=contract,
        holding=paid.holding.id,
    )
    await _close(dispute, DisputeStatus.LOST, paid, on_fact)
    await movements.decided(dispute, left)


async def _close(dispute: BankDispute, status: DisputeStatus, paid: _Paid, on_fact: OnFact) -> None:
    """The only writer of a dispute's status."""
    assert status in TRANSITIONS[dispute.status], f"{dispute.status} -> {status}"
    dispute.status, dispute.closed_at = status, now()
    await dispute.save(update_fields=["status", "closed_at"])
    won, money = status is DisputeStatus.WON, Money(dispute.amount_minor, dispute.currency)
    for row in paid.behind:
        if not await _others_open(row.id):
            row.frozen_at = None
            await row.save(update_fields=["frozen_at"])
        await on_fact(DisputeClosed(**_people(row), dispute=dispute.id, amount=money, won=won))
    if paid.funding is None:
        people = _people(paid.holding)
        await on_fact(SurplusDecided(**people, dispute=dispute.id, amount=money, won=won))


async def _others_open(holding: str) -> bool:
    lots = await Lot.filter(holding_id=holding)
    charges = [lot.funding_id for lot in lots]
    return await BankDispute.filter(funding_id__in=charges, status=DisputeStatus.OPEN).exists()


def _people(row: Holding) -> dict[str, str]:
    return {"holding": row.id, "contract": row.contract, "payer": row.payer, "payee": row.payee}
