"""Owns the nightly clearing of lists whose browser never came back; never a person's."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from marketplace.core import batches, clock, jobs
from marketplace.core.db import command
from marketplace.shortlists.models import Shortlist
from marketplace.shortlists.rules.lists import KEPT_DAYS
from marketplace.shortlists.service import naming


@jobs.periodic("41 3 * * *", "shortlists.upkeep")
async def upkeep(timestamp: int) -> None:
    """Remove what browsers kept longer ago than their cookie lasts."""
    del timestamp
    await batches.work_off("shortlists.upkeep", _stale, _forget)


def _limit() -> timedelta:
    return timedelta(days=KEPT_DAYS)


async def _stale(beyond: UUID, limit: int) -> list[UUID]:
    old = Shortlist.filter(visitor__isnull=False, updated_at__lt=clock.now() - _limit())
    found = await old.filter(id__gt=beyond).order_by("id").limit(limit).values_list("id", flat=True)
    return [UUID(str(one)) for one in found]


@command
async def _forget(shortlist_id: UUID) -> None:
    row = await Shortlist.select_for_update().get_or_none(pk=shortlist_id)
    if row and row.visitor is not None and row.updated_at < clock.now() - _limit():
        await naming.erase(row)
