"""Owns reports of references, and telling those who reported one what was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.core import clock, events
from marketplace.core.db import command, lock
from marketplace.core.grounds import ReportedSince
from marketplace.references import queries
from marketplace.references.events import ReferenceReported
from marketplace.references.models import ClientReference, ReferenceReport
from marketplace.references.rules.states import NothingToJudge
from marketplace.references.service import letters
from marketplace.web import ratelimit

if TYPE_CHECKING:
    from marketplace.core.grounds import Ground
    from marketplace.references.schemas import ReportDraft

REPORTS_A_MINUTE = 1
REPORTS_AT_ONCE = 5


async def report(
    reference_id: UUID, draft: ReportDraft, locale: str, address: str
) -> ReferenceReport:
    """Tell operators that a shown reference is unlawful (Digital Services Act, art. 16).

    `address` is who asks. Raises NotFound, TooManyRequests.
    """
    await ratelimit.hit(
        f"references:report:{address}", per_minute=REPORTS_A_MINUTE, burst=REPORTS_AT_ONCE
    )
    return await _report(reference_id, draft, locale)


@command
async def _report(reference_id: UUID, draft: ReportDraft, locale: str) -> ReferenceReport:
    await lock(ClientReference, reference_id)  # before or after a decision, never beside one
    await queries.reports.visible(reference_id)
    known = await ReferenceReport.exists(reference_id=reference_id, decided_at=None)
    made = await ReferenceReport.create(
        reference_id=reference_id,
        ground=draft.ground,
        said=draft.said,
        email=draft.email or "",
        locale=locale,
        created_at=clock.now(),
    )
    if not known:
        await events.record(ReferenceReported(made.id))
    return made


@command
async def keep(reference_id: UUID, reason: str, read: UUID) -> ClientReference:
    """Let a reported reference stand; whoever reported it is told. For operators.

    `read` is the newest report they have read. Raises NotFound, NothingToJudge, ReportedSince.
    """
    await queries.judged.one(reference_id)
    row = await lock(ClientReference, reference_id)
    if not await settle(reference_id, None, reason, read):
        raise NothingToJudge
    return row


async def close_reports(reference_id: UUID) -> None:
    """What waits of a locked reference that goes by itself is decided by that."""
    for each in await _waiting(reference_id):
        await letters.tell_reporter(each, None, "", gone=True)
        await _decided(each, down=True)


async def settle(reference_id: UUID, ground: Ground | None, reason: str, read: UUID | None) -> int:
    """Decide what waits of a locked reference, and tell; how many there were.

    Raises ReportedSince.
    """
    waiting = await _waiting(reference_id)
    if waiting and waiting[-1].id != read:
        raise ReportedSince
    for each in waiting:
        await letters.tell_reporter(each, ground, reason)
        await _decided(each, down=ground is not None)
    return len(waiting)


async def _waiting(reference_id: UUID) -> list[ReferenceReport]:
    found = ReferenceReport.filter(reference_id=reference_id, decided_at=None)
    return await found.order_by("created_at", "id").select_for_update()


async def _decided(row: ReferenceReport, *, down: bool) -> None:
    row.taken_down, row.decided_at, row.email = down, clock.now(), ""
    await row.save(update_fields=["taken_down", "decided_at", "email"])
