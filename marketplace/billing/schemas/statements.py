"""Owns the shapes of a contract's statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import BaseModel

from marketplace.billing.schemas.amounts import Amount
from payments.statements import ContractStatement, StatementLine

if TYPE_CHECKING:
    from marketplace.work.queries import Paid


class StatementLineView(BaseModel):
    """One step. `unit` is the part of the contract it concerns."""

    at: datetime
    what: str
    unit: str | None
    amount: Amount
    fees: Amount
    held_change: Amount
    held_after: Amount
    reference: str | None

    @classmethod
    def of(cls, line: StatementLine) -> StatementLineView:
        """The line as the API shows it."""
        return cls(
            at=line.at,
            what=line.what.value,
            unit=line.holding,
            amount=Amount.of(line.amount),
            fees=Amount.of(line.fees),
            held_change=Amount.of(line.held_change),
            held_after=Amount.of(line.held_after),
            reference=line.reference,
        )


class StatementView(BaseModel):
    """`funded = released + refunded + held + disputed`; empty before the first payment.

    `by_bank`: what the client's bank gave back for good; `transferred` is less `taken_back`.
    """

    contract_id: UUID
    lines: list[StatementLineView]
    next: str | None
    totals: dict[str, Amount]

    @classmethod
    def of(
        cls,
        contract_id: UUID,
        found: ContractStatement | None,
        lines: Sequence[StatementLine],
        after: str | None,
    ) -> StatementView:
        """A page of the statement as the API shows it."""
        if found is None:
            return cls(contract_id=contract_id, lines=[], next=None, totals={})
        names = ("funded", "released", "refunded", "held", "disputed", "charged", "returned",
                 "transferred", "by_bank", "taken_back")  # fmt: skip
        return cls(
            contract_id=contract_id,
            lines=[StatementLineView.of(line) for line in lines],
            next=after,
            totals={name: Amount.of(getattr(found, name)) for name in names},
        )


class PaymentView(BaseModel):
    """One payment of the client for `unit_id`; what was left of it went on to `carried_to`.

    `reversible_until`: its bank may take it back until then without a reason, `disputable_until`
    with one. `expected_on`: around when a direct debit that is under way should arrive. `dispute`:
    what became of the last time its bank took it back (open, won, lost).
    """

    id: UUID
    unit_id: UUID
    carried_to: list[UUID]
    status: str
    method: str | None
    charged: Amount
    price: Amount
    refunded: Amount
    paid_at: datetime | None
    reversible_until: datetime | None
    disputable_until: datetime | None
    expected_on: date | None
    dispute: str | None

    @classmethod
    def of(cls, paid: Paid) -> PaymentView:
        """The payment as the API shows it."""
        each, window = paid.funding, paid.funding.window
        return cls(
            id=each.id,
            unit_id=paid.unit.id,
            carried_to=[unit.id for unit in paid.carried_to],
            status=each.status.value,
            method=each.method,
            charged=Amount.of(each.charged),
            price=Amount.of(each.price),
            refunded=Amount.of(each.refunded),
            paid_at=each.paid_at,
            reversible_until=window.reversible_until if window else None,
            disputable_until=window.disputable_until if window else None,
            expected_on=each.expected_on,
            dispute=each.dispute.value if each.dispute else None,
        )


class PaymentsView(BaseModel):
    """All payments of a contract's client, in the order of its parts."""

    payments: list[PaymentView]
