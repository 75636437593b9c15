"""Owns the shapes of paying for a unit."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import BaseModel

from marketplace.billing.schemas.amounts import Amount

if TYPE_CHECKING:
    from marketplace.billing.queries.funding import Bill


class BillView(BaseModel):
    """What funding a unit costs now; `carried` is held for it already and not asked again.

    `last_release`: the latest day on which this money leaves; `refused` when that is too far away.
    `waits_for`: the code of the contract's document that has to be handed in first, or "".
    """

    unit_id: UUID
    carried: Amount
    price: Amount
    price_vat: Amount
    held: Amount
    client_fee: Amount
    client_fee_vat: Amount
    client_total: Amount
    assistant_net: Amount
    last_release: date
    refused: bool
    waits_for: str

    @classmethod
    def of(cls, bill: Bill) -> BillView:
        """The bill as the API shows it."""
        names = ("price", "price_vat", "held", "client_fee", "client_fee_vat", "client_total",
                 "assistant_net")  # fmt: skip
        lines = {name: Amount.of(getattr(bill.quote, name)) for name in names}
        return cls(
            unit_id=bill.unit.id,
            carried=Amount.of(bill.carried),
            last_release=bill.last_release,
            refused=bill.refused,
            waits_for=bill.waits_for.rule.document.code if bill.waits_for else "",
            **lines,
        )


class FundingDraft(BaseModel):
    """Where the payment page's texts are to be in: fr or en."""

    locale: str = "fr"


class LinkView(BaseModel):
    """An address to open in a browser."""

    url: str
