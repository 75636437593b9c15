"""Owns the shapes of bank disputes for the operator: what is decided, what is shown."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from marketplace.admin.schemas.queues import ReasonDraft
from marketplace.admin.schemas.shapes import MinorAmount, View
from marketplace.core.fields import Payment
from marketplace.disputes.schemas import AccountView


class AnswerDraft(ReasonDraft):
    """What the bank reads. Submitted once, for good; at most what Stripe takes.

    `accounts`: how many accounts of the sides you have read; told more since, it is refused.
    """

    accounts: Annotated[int, Field(ge=0)]
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=10, max_length=20_000)]


class RecoverDraft(ReasonDraft):
    """How much of a lost dispute the assistant bears: minor units ex VAT, null for all of it."""

    price_minor: Payment | None = None


class OperatorDisputeView(View):
    """A bank dispute. `loss` is what we bear of it, `released` what the assistant was paid.

    `recoverable` is what of the loss a person may decide that the assistant bears, before tax.
    `surplus`: it was paid beyond what was asked for, and no held money stands on it.
    """

    id: str
    status: str
    amount: MinorAmount
    reason: str
    due_by: datetime | None
    answered_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None
    charge: str
    contract: str
    holding: str
    released: MinorAmount
    loss: MinorAmount
    recoverable: MinorAmount
    surplus: bool


class OperatorDisputeCase(OperatorDisputeView):
    """One bank dispute with what the two sides told about it, in order."""

    accounts: list[AccountView]
