"""Owns what operators read of reports; only what is shown can be reported."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.profiles import queries as profiles
from marketplace.references.models import ClientReference, ReferenceReport
from marketplace.references.queries.standing import standing

_WHOLE = ("reference__party", "reference__profile")


async def visible(reference_id: UUID) -> ClientReference:
    """A reference that anybody can read now. Raises NotFound."""
    row = await ClientReference.get_or_none(pk=reference_id).prefetch_related("profile")
    if row is None or row.profile.status is not profiles.Status.PUBLISHED:
        raise NotFound
    today = clock.today(row.profile.time_zone)
    if not await standing(row.profile_id, today).filter(pk=reference_id).exists():
        raise NotFound
    return row


async def waiting(limit: int = 100) -> list[ReferenceReport]:
    """Reports to decide, the oldest first, with their reference, its party and profile."""
    rows = ReferenceReport.filter(decided_at=None).order_by("created_at", "id").limit(limit)
    return await rows.prefetch_related(*_WHOLE)


async def waits() -> tuple[int, datetime | None]:
    """How many reports wait to be decided, and since when the oldest."""
    rows = ReferenceReport.filter(decided_at=None)
    oldest = await rows.order_by("created_at").first()
    return await rows.count(), oldest.created_at if oldest else None


async def report(report_id: UUID) -> ReferenceReport | None:
    """A report, as above; None once its reference is gone."""
    return await ReferenceReport.get_or_none(pk=report_id).prefetch_related(*_WHOLE)


async def of(reference_id: UUID) -> list[ReferenceReport]:
    """All reports of a reference, the oldest first."""
    rows = ReferenceReport.filter(reference_id=reference_id)
    return await rows.order_by("created_at", "id")
