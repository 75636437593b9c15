"""Owns the shapes of what waits: movements, news, failed jobs, and the reason of an act."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from marketplace.admin.schemas.shapes import Listed, ListQuery, MinorAmount, View
from marketplace.core.grounds import Ground
from payments import explorer

MOVEMENT_STATUS = "^(" + "|".join(explorer.MOVEMENT_STATUSES) + ")?$"
NEWS_STATUS = "^(" + "|".join(explorer.NEWS_STATUSES) + ")?$"


class ReasonDraft(BaseModel):
    """Why an operator acts; kept in the log for ever."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]


class HideDraft(ReasonDraft):
    """Why words of somebody are hidden: a ground of the published list, and what is wrong."""

    ground: Ground


class SureDraft(ReasonDraft):
    """The same for what cannot be undone; `sure` says that it is meant."""

    sure: Literal[True]

    @field_validator("sure", mode="before")
    @classmethod
    def _ticked(cls, value: object) -> object:
        """A ticked box of a form arrives as text."""
        return True if value == "true" else value


class PaidByHandDraft(SureDraft):
    """Where our own payment is found: the bank's reference of the transfer. The payee reads it."""

    reference: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=3, max_length=140)
    ]


class KindDraft(ReasonDraft):
    """Which kind of failed job is tried again, and why."""

    task: Annotated[str, StringConstraints(min_length=1, max_length=128)]


class MovementQuery(ListQuery):
    """Movements in one state; `before` is `next` of the page before."""

    status: Annotated[str, Field(pattern=MOVEMENT_STATUS)] = ""
    before: UUID | None = None


class NewsQuery(ListQuery):
    """News in one state; `before` is `next` of the page before."""

    status: Annotated[str, Field(pattern=NEWS_STATUS)] = ""
    before: UUID | None = None


class OperatorMovementView(View):
    """A transfer, refund or reversal that we owe at Stripe.

    `set_aside_at`: since when an operator keeps a transfer that could not leave out of the queue.
    """

    id: UUID
    kind: str
    status: str
    contract: str
    payee: str
    payer: str
    amount: MinorAmount
    attempts: int
    next_attempt_at: datetime
    stripe_id: str | None
    failure: str | None
    set_aside_at: datetime | None
    created_at: datetime


class OperatorNewsView(View):
    """A piece of news from Stripe between arrival and effect."""

    id: UUID
    event: str
    type: str
    object: str | None
    status: str
    attempts: int
    next_attempt_at: datetime
    failure: str | None
    received_at: datetime
    applied_at: datetime | None


class FailedJobView(View):
    """A job that was tried too often."""

    id: int
    task: str
    arguments: dict[str, Any]
    attempts: int
    failed_at: datetime | None


class FailingKindView(View):
    """A kind of job: how many failed for good, and how many will be tried again by themselves."""

    task: str
    failed: int
    retried: int


class QueueView(View):
    """How many wait in one state, and since when the oldest does."""

    queue: str
    status: str
    count: int
    oldest: datetime


OperatorMovementPage = Listed[OperatorMovementView, UUID]
OperatorNewsPage = Listed[OperatorNewsView, UUID]
