"""Owns the shapes of what an assistant is paid."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from marketplace.billing.schemas.amounts import Amount
from payments.statements import PayeeLine


class PayeeLineView(BaseModel):
    """One step: positive when released, negative when transferred, taken back or become a debt."""

    at: datetime
    what: str
    contract_id: str | None
    change: Amount
    owed_after: Amount
    reference: str | None

    @classmethod
    def of(cls, line: PayeeLine) -> PayeeLineView:
        """The line as the API shows it."""
        return cls(
            at=line.at,
            what=line.what.value,
            contract_id=line.contract,
            change=Amount.of(line.change),
            owed_after=Amount.of(line.owed_after),
            reference=line.reference,
        )


class LeavingView(BaseModel):
    """A transfer that is owed; `at` is null while it waits for the party's set-up."""

    contract_id: str
    amount: Amount
    at: datetime | None


class AsideView(BaseModel):
    """A transfer that could not be sent: since `at` the operator keeps it for the party."""

    contract_id: str
    amount: Amount
    at: datetime


class AwaitedView(BaseModel):
    """A unit that waits for approval and is paid on `paid_on` at the latest."""

    unit_id: UUID
    contract_id: UUID
    paid_on: date


class PayeeView(BaseModel):
    """Whether a party can be paid, and everything it was paid.

    `checking`: Stripe has everything and looks at it; `refused`: it will not pay the party out,
    whatever is sent. `requirements` and `bank_failure` are Stripe's names; the texts say them in
    the caller's language. `bank_failed_at`: the party's own bank sent that payout back.
    `transferred` is less `taken_back`; `debt` is set off against what is released next.
    """

    party_id: UUID
    payable: bool
    status: str
    checking: bool
    refused: bool
    requirements: list[str]
    requirements_text: list[str]
    bank_failure: str | None
    bank_failure_text: str | None
    bank_failed_at: datetime | None
    lines: list[PayeeLineView]
    next: str | None
    owed: list[Amount]
    transferred: list[Amount]
    taken_back: list[Amount]
    debt: list[Amount]
    leaving: list[LeavingView]
    aside: list[AsideView]
    awaited: list[AwaitedView]
