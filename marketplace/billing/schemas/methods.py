"""Owns the shapes of a business's saved means of payment and of its credit."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from marketplace.billing.schemas.amounts import Amount

if TYPE_CHECKING:
    from marketplace.billing.queries.methods import Wallet


class MethodDraft(BaseModel):
    """One of the saved means of payment, by its id."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{1,100}$")]


class MethodView(BaseModel):
    """A saved card or SEPA mandate. `used_by`: running hourly contracts it pays every week.

    `expires_on` is the first day on which a card no longer works; `state` is ok, soon or expired.
    """

    id: str
    kind: str
    brand: str
    last4: str
    expires_on: date | None
    state: str
    is_default: bool
    used_by: list[UUID]


class CreditView(BaseModel):
    """Money that is the business's again and is sent by hand.

    Paid by direct debit, it is sent from `safe_from` on: until then the bank may take the debit
    itself back. `returned`: the bank sent the refund back; it is sent again once the business says
    that its card or account works.
    """

    id: UUID
    contract_id: str
    amount: Amount
    safe_from: datetime | None
    returned: bool


class WalletView(BaseModel):
    """What a business pays with, and what it has to get back."""

    party_id: UUID
    methods: list[MethodView]
    credits: list[CreditView]

    @classmethod
    def of(cls, found: Wallet) -> WalletView:
        """The wallet as the API shows it."""
        return cls(
            party_id=found.party.id,
            methods=[
                MethodView(
                    id=each.method.id,
                    kind=each.method.kind,
                    brand=each.method.brand,
                    last4=each.method.last4,
                    expires_on=each.expires_on,
                    state=each.state,
                    is_default=each.is_default,
                    used_by=[contract.id for contract in each.used_by],
                )
                for each in found.methods
            ],
            credits=[
                CreditView(
                    id=each.movement_id,
                    contract_id=each.contract,
                    amount=Amount.of(each.amount),
                    safe_from=each.safe_from,
                    returned=each.returned,
                )
                for each in found.credits
            ],
        )
