"""Owns reading comparisons with Stripe and the operator's log. Never writes."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from tortoise.expressions import Q

from marketplace.admin.models import OperatorAct, ReconciliationLine, ReconciliationRun
from marketplace.admin.rules.runs import UNDER_WAY, RunStatus
from marketplace.contracts import queries as contracts
from marketplace.core.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tortoise.queryset import QuerySet

    from marketplace.contracts.models import Contract


async def last_finished_run() -> ReconciliationRun | None:
    """The newest comparison that came to its end, well or not."""
    finished = (RunStatus.DONE, RunStatus.FAILED)
    rows = ReconciliationRun.filter(status__in=finished)
    return await rows.order_by("-created_at", "-id").first()


async def run_under_way() -> ReconciliationRun | None:
    """The comparison that is queued or running."""
    return await ReconciliationRun.filter(status__in=UNDER_WAY).first()


async def run(run_id: UUID) -> ReconciliationRun:
    """One comparison. Raises NotFound."""
    row = await ReconciliationRun.get_or_none(pk=run_id).select_related("person")
    if row is None:
        raise NotFound
    return row


async def runs(*, before: UUID | None = None, limit: int = 100) -> list[ReconciliationRun]:
    """Comparisons, newest first."""
    rows = ReconciliationRun.all().select_related("person")
    if before is not None:
        last = await ReconciliationRun.get_or_none(pk=before)
        if last is None:
            return []
        rows = rows.filter(
            Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, id__lt=last.id)
        )
    return await rows.order_by("-created_at", "-id").limit(limit)


async def lines(
    run_id: UUID, *, unmatched: bool = False, after: int | None = None, limit: int = 100
) -> Sequence[ReconciliationLine]:
    """What moved our balance on either side: Stripe's lines newest first, then ours."""
    rows: QuerySet[ReconciliationLine] = ReconciliationLine.filter(run_id=run_id)
    if unmatched:
        rows = rows.filter(matched=False)
    if after is not None:
        rows = rows.filter(id__gt=after)
    return await rows.order_by("id").limit(limit)


async def line_counts(run_id: UUID) -> tuple[int, int]:
    """How many lines a comparison kept, and how many of them are unmatched."""
    kept = ReconciliationLine.filter(run_id=run_id)
    return await kept.count(), await kept.filter(matched=False).count()


async def acts(*, before: UUID | None = None, limit: int = 100) -> list[OperatorAct]:
    """The operator's log, newest first."""
    rows = OperatorAct.all().select_related("person")
    if before is not None:
        last = await OperatorAct.get_or_none(pk=before)
        if last is None:
            return []
        rows = rows.filter(
            Q(created_at__lt=last.created_at) | Q(created_at=last.created_at, id__lt=last.id)
        )
    return await rows.order_by("-created_at", "-id").limit(limit)


async def acts_on(subject: str) -> list[OperatorAct]:
    """What operators did to one thing, newest first."""
    rows = OperatorAct.filter(subject=subject).select_related("person")
    return await rows.order_by("-created_at", "-id")


async def contract(reference: str | None) -> Contract | None:
    """The contract behind a reference of the books, if it is one of ours."""
    try:
        return await contracts.by_id(UUID(reference or ""))
    except (ValueError, NotFound):
        return None
