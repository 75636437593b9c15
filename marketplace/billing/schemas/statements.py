"""Owns the shapes of a contract's statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from marketplace.billing.schemas.amounts import Amount
from payments.statements import ContractStatement, StatementLine


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
    """`funded = released + refunded + held + disputed`; empty before the first payment."""

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
                 "transferred")  # fmt: skip
        return cls(
            contract_id=contract_id,
            lines=[StatementLineView.of(line) for line in lines],
            next=after,
            totals={name: Amount.of(getattr(found, name)) for name in names},
        )
