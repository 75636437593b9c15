"""Owns the shapes of money at the API's edge. Amounts are minor units with a currency."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from marketplace.core.fields import Price
from payments.money import Money
from payments.statements import ContractStatement, PayeeLine, StatementLine

if TYPE_CHECKING:
    from marketplace.billing.queries import Bill


class Amount(BaseModel):
    """Minor units of a currency."""

    minor: int
    currency: str

    @classmethod
    def of(cls, money: Money) -> Amount:
        """The amount as the API shows it."""
        return cls(minor=money.minor, currency=money.currency)


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


class BillView(BaseModel):
    """What funding a unit costs now; `carried` is held for it already and not asked again."""

    unit_id: UUID
    carried: Amount
    price: Amount
    price_vat: Amount
    held: Amount
    client_fee: Amount
    client_fee_vat: Amount
    client_total: Amount

    @classmethod
    def of(cls, bill: Bill) -> BillView:
        """The bill as the API shows it."""
        names = ("price", "price_vat", "held", "client_fee", "client_fee_vat", "client_total")
        lines = {name: Amount.of(getattr(bill.quote, name)) for name in names}
        return cls(unit_id=bill.unit.id, carried=Amount.of(bill.carried), **lines)


class FundingDraft(BaseModel):
    """Where the payment page's texts are to be in: fr or en."""

    locale: str = "fr"


class GiveBackDraft(BaseModel):
    """A part of what was released, before tax, for the client; the fees of it go back too.

    `request_id` is yours: the same id is carried out once.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    request_id: UUID
    price_minor: Annotated[Price, Field(ge=1)]


class LinkView(BaseModel):
    """An address to open in a browser."""

    url: str


class PayeeLineView(BaseModel):
    """One step of what is owed: positive when released, negative when transferred."""

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


class PayeeView(BaseModel):
    """Whether a party can be paid, and everything it was paid."""

    party_id: UUID
    payable: bool
    status: str
    requirements: list[str]
    lines: list[PayeeLineView]
    next: str | None
    owed: list[Amount]
    transferred: list[Amount]
