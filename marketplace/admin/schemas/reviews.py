"""Owns the shapes of reported reviews and of the decision about one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import BaseModel

from marketplace.admin.schemas.queues import HideDraft, ReasonDraft
from marketplace.core.grounds import Ground
from marketplace.reviews.schemas import ReviewView

if TYPE_CHECKING:
    from marketplace.reviews.models import ReviewReport


class ReportedView(BaseModel):
    """A report: of which review, on what ground, and what was decided (`hidden` null: nothing)."""

    id: UUID
    review: UUID
    contract: UUID
    ground: Ground
    said: str
    created_at: datetime
    hidden: bool | None
    decided_at: datetime | None

    @classmethod
    def of(cls, row: ReviewReport) -> ReportedView:
        """A report as operators read it; whoever made it stays unknown."""
        return cls(
            id=row.id,
            review=row.review_id,
            contract=row.review.round.contract_id,
            ground=row.ground,
            said=row.said,
            created_at=row.created_at,
            hidden=row.hidden,
            decided_at=row.decided_at,
        )


class ReportsView(BaseModel):
    """Reports that wait, the oldest first, and those decided last, the newest first."""

    waiting: list[ReportedView]
    decided: list[ReportedView]


class KeepReviewDraft(ReasonDraft):
    """Why a reported review stays.

    `read`: the newest report of it that you have read; reported again since, it is refused.
    """

    read: UUID


class HideReviewDraft(HideDraft):
    """Why a reported review is hidden; `read` as above."""

    read: UUID


class JudgedView(BaseModel):
    """A reported review, about whom it is, and why it is hidden ("" while it is shown)."""

    review: ReviewView
    about: str
    hidden_for: str
