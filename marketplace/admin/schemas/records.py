"""Owns the shapes of what the operator keeps: comparisons with Stripe, the log, the overview."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field

from marketplace.admin.rules.runs import RunStatus, Side
from marketplace.admin.schemas.queues import QueueView
from marketplace.admin.schemas.shapes import Listed, ListQuery, MinorAmount, View

if TYPE_CHECKING:
    from marketplace.admin.models import ReconciliationRun
    from marketplace.admin.queries.overview import Overview

_NAMES = ("source", "currency", "stripe_minor", "books_minor")


class LineQuery(ListQuery):
    """Lines of a comparison, or the unmatched alone; `after` is `next` of the page before."""

    unmatched: bool = False
    after: Annotated[int | None, Field(ge=1, lt=2**63)] = None


class RecordQuery(ListQuery):
    """A list, newest first; `before` is `next` of the page before."""

    before: UUID | None = None


class ReconciliationDifferenceView(BaseModel):
    """A Stripe object on which the two sides disagree."""

    source: str
    currency: str
    stripe_minor: int
    books_minor: int


class ReconciliationTotalView(BaseModel):
    """Our balance at Stripe in one currency, as each side has it."""

    currency: str
    stripe_minor: int
    books_minor: int


class ReconciliationView(BaseModel):
    """A comparison of the books with Stripe; `clean` is null until it is done."""

    id: UUID
    status: RunStatus
    clean: bool | None
    lines_read: int
    sources_count: int
    differences: list[ReconciliationDifferenceView]
    totals: list[ReconciliationTotalView]
    failure: str | None
    created_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, row: ReconciliationRun) -> ReconciliationView:
        """The comparison as the API shows it: what it found is kept as plain lists."""
        kept = {name: getattr(row, name) for name in cls.model_fields}
        kept["differences"] = [dict(zip(_NAMES, each, strict=True)) for each in row.differences]
        kept["totals"] = [dict(zip(_NAMES[1:], each, strict=True)) for each in row.totals]
        return cls.model_validate(kept)


class ReconciliationPage(BaseModel):
    """A page of comparisons."""

    items: list[ReconciliationView]
    next: UUID | None

    @classmethod
    def of(cls, rows: list[ReconciliationRun], limit: int) -> ReconciliationPage:
        """The comparisons, newest first; a full page is followed by another."""
        following = rows[-1].id if len(rows) == limit else None
        return cls(items=[ReconciliationView.of(row) for row in rows], next=following)


class ReconciliationLineView(View):
    """What moved our balance on one side, and whether the other side has it."""

    id: int
    side: Side
    reference: str
    source: str
    kind: str
    amount: MinorAmount
    happened_at: datetime
    matched: bool


class OperatorActView(View):
    """An act of an operator."""

    id: UUID
    person_id: UUID
    act: str
    subject: str
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str
    created_at: datetime


class OverviewView(BaseModel):
    """What needs the operator's eye."""

    queues: list[QueueView]
    failed_jobs: int
    long_held: int
    reported_reviews: int
    reported_references: int
    worker_seen_seconds_ago: int | None
    search: str
    search_documents: int | None
    search_version: str
    search_jobs_waiting: int
    search_rebuilding: bool
    search_rebuilt: int | None
    last_reconciliation: ReconciliationView | None
    held_since: datetime | None = Field(
        description="When a backup was restored here, while no job runs: until `relais resume`"
    )

    @classmethod
    def of(cls, found: Overview) -> OverviewView:
        """The overview as the API shows it."""
        return cls(
            queues=[QueueView.of(each) for each in found.queues],
            failed_jobs=found.failed_jobs,
            long_held=found.long_held,
            reported_reviews=found.reported_reviews,
            reported_references=found.reported_references,
            worker_seen_seconds_ago=found.worker_seconds,
            search=found.search.state,
            search_documents=found.search.documents,
            search_version=found.search.version,
            search_jobs_waiting=found.index_work.waiting,
            search_rebuilding=found.index_work.rebuilding,
            search_rebuilt=found.search.rebuilt,
            last_reconciliation=ReconciliationView.of(found.last_run) if found.last_run else None,
            held_since=found.restored_at,
        )


ReconciliationLinePage = Listed[ReconciliationLineView, int]
OperatorActPage = Listed[OperatorActView, UUID]
