"""Owns the shapes of tips."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

from marketplace.billing.schemas.amounts import Amount
from marketplace.core.fields import Span, as_amount, parse_price

Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class TipDraft(BaseModel):
    """A tip: how much, and a word with it. `request_id` is yours: the same id is one tip.

    `saved_card`: charge the saved card at once; else the answer holds the payment page's address.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    request_id: UUID
    amount_minor: Annotated[int, BeforeValidator(parse_price), Span(100, 1_000_000, as_amount)]
    note: Note = ""
    saved_card: bool = False
    locale: str = "fr"


class TipView(BaseModel):
    """A tip; `paid_at` is null until its payment arrived. `given_back` went back to the client."""

    id: UUID
    amount: Amount
    given_back: Amount
    note: str
    asked_at: datetime
    paid_at: datetime | None


class TipAnswer(BaseModel):
    """The tip, and the payment page to open unless the saved card has paid it."""

    tip: TipView
    url: str | None
