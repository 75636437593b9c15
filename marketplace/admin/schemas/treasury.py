"""Owns the shapes of our own money: what is earned, what is paid out to our bank."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from marketplace.admin.schemas.queues import ReasonDraft
from marketplace.admin.schemas.shapes import MinorAmount
from marketplace.core.fields import Payment


class PayOutDraft(ReasonDraft):
    """How much goes to our own bank: minor units of a currency, at most what is earned."""

    amount_minor: Payment
    currency: Annotated[str, Field(pattern="^(EUR|GBP|CHF|USD|CAD)$")]


class TreasuryView(BaseModel):
    """Our balance at Stripe less what is owed to others, by currency; negative when we lent."""

    earned: list[MinorAmount]
