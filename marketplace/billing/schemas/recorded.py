"""Owns the shapes of payments made outside and recorded here."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from marketplace.billing.models import RecordedPayment
from marketplace.billing.rules.recorded import Method, State
from marketplace.billing.schemas.amounts import Amount
from marketplace.core.fields import Payment

if TYPE_CHECKING:
    from marketplace.billing.queries.recorded import Record


class RecordedDraft(BaseModel):
    """A payment the business made outside: what left the account, VAT included.

    `request_id` is yours: the same payment under the same id is recorded once.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    request_id: UUID | None = None
    amount_minor: Payment
    paid_on: date
    method: Method
    reference: Annotated[str, StringConstraints(strip_whitespace=True, max_length=140)] = ""


class ObjectionDraft(BaseModel):
    """Why the assistant says that a payment did not arrive as written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=1000)]


class RecordedPaymentView(BaseModel):
    """One payment outside; it counts once it is `confirmed`."""

    id: UUID
    unit_id: UUID
    state: State
    amount: Amount
    paid_on: date
    method: Method
    reference: str
    recorded_at: datetime
    answered_at: datetime | None
    note: str

    @classmethod
    def of(cls, row: RecordedPayment) -> RecordedPaymentView:
        """The payment as the API shows it."""
        names = "id unit_id state paid_on method reference recorded_at answered_at note".split()
        values = {name: getattr(row, name) for name in names}
        return cls(amount=Amount.of(row.amount), **values)


class RecordView(BaseModel):
    """A unit's payments outside, VAT included.

    `owed` is approved so far and due on `due_on`; `paid_at` is when both sides had said that all of
    it was paid; `answer_by` is the day by which the assistant answers the oldest record.
    """

    unit_id: UUID
    owed: Amount
    confirmed: Amount
    waiting: Amount
    disputed: Amount
    left: Amount
    due_on: date | None
    answer_by: date | None
    paid_at: datetime | None
    payments: list[RecordedPaymentView]

    @classmethod
    def of(cls, found: Record) -> RecordView:
        """The record as the API shows it."""
        names = ("owed", "confirmed", "waiting", "disputed", "left")
        return cls(
            unit_id=found.unit.id,
            due_on=found.due_on,
            answer_by=found.answer_by,
            paid_at=found.unit.paid_at,
            payments=[RecordedPaymentView.of(row) for row in found.payments],
            **{name: Amount.of(getattr(found.tally, name)) for name in names},
        )
