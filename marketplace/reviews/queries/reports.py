"""Owns what operators read: reported reviews; only visible ones can be reported."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from marketplace.core.errors import NotFound
from marketplace.reviews.models import ContractReview, ReviewReport

_WHOLE = ("review__round__contract", "review__author", "review__about")


async def waiting(limit: int = 100) -> list[ReviewReport]:
    """Reports to decide, the oldest first, with their review, its contract and sides."""
    rows = ReviewReport.filter(decided_at=None).order_by("created_at", "id").limit(limit)
    return await rows.prefetch_related(*_WHOLE)


async def waits() -> tuple[int, datetime | None]:
    """How many reports wait to be decided, and since when the oldest."""
    rows = ReviewReport.filter(decided_at=None)
    oldest = await rows.order_by("created_at").first()
    return await rows.count(), oldest.created_at if oldest else None


async def report(report_id: UUID) -> ReviewReport:
    """A report that waits or was decided, as above; for commands and jobs."""
    return await ReviewReport.get(pk=report_id).prefetch_related(*_WHOLE)


async def decided(limit: int = 50) -> list[ReviewReport]:
    """The reports decided last, the newest first."""
    rows = ReviewReport.exclude(decided_at=None).order_by("-decided_at", "-id").limit(limit)
    return await rows.prefetch_related(*_WHOLE)


async def reports_of(review_id: UUID) -> list[ReviewReport]:
    """All reports of a review, the oldest first."""
    return await ReviewReport.filter(review_id=review_id).order_by("created_at", "id")


async def reported(review_id: UUID) -> ContractReview:
    """A review that was reported, visible or hidden, with contract and sides. Raises NotFound."""
    found = await ContractReview.get_or_none(pk=review_id).prefetch_related(
        "round__contract", "author", "about"
    )
    if found is None or not await ReviewReport.exists(review_id=review_id):
        raise NotFound
    return found


async def by_id(review_id: UUID) -> ContractReview:
    """A review that was revealed, with contract and sides, hidden or not; for commands and jobs."""
    found = await ContractReview.get_or_none(
        pk=review_id, sent_at__isnull=False, round__revealed_at__isnull=False
    ).prefetch_related("round__contract", "author", "about")
    if found is None:
        raise NotFound
    return found
