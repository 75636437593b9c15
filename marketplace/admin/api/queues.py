"""Owns the JSON operations on what waits: movements, news from Stripe, failed jobs."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.admin import service
from marketplace.admin.api.router import BIGINT_MAX, act, read
from marketplace.admin.queries import overview
from marketplace.admin.schemas import queues as shapes
from marketplace.admin.schemas import records
from marketplace.core.errors import NotFound
from marketplace.web.guards import viewer
from payments import explorer


@read("/operator/overview")
async def glance(_request: Request) -> records.OverviewView:
    """What waits and since when, and how worker and search are."""
    return records.OverviewView.of(await overview.overview())


@act("/operator/index/rebuild")
async def rebuild_index(request: Request, body: shapes.ReasonDraft) -> None:
    """Build the search index anew beside the live one; the reason is logged."""
    await service.rebuild_index(viewer(request).person_id, body)


@read("/operator/movements")
async def movements(_request: Request, query: shapes.MovementQuery) -> shapes.OperatorMovementPage:
    """Transfers and refunds that we owe or made, newest first."""
    rows = await explorer.movements(status=query.status, before=query.before, limit=query.limit)
    return shapes.OperatorMovementPage.of(rows, query.limit)


@read("/operator/movements/{movement_id:uuid}")
async def movement(_request: Request, movement_id: UUID) -> shapes.OperatorMovementView:
    """One transfer or refund."""
    row = await explorer.movement(movement_id)
    if row is None:
        raise NotFound
    return shapes.OperatorMovementView.of(row)


@act("/operator/movements/{movement_id:uuid}/retry")
async def retry_movement(
    request: Request, movement_id: UUID, body: shapes.ReasonDraft
) -> shapes.OperatorMovementView:
    """Put a parked movement back into the queue; the reason is logged."""
    await service.retry_movement(viewer(request).person_id, movement_id, body)
    return await movement(request, movement_id)


@act("/operator/movements/{movement_id:uuid}/decide")
async def decide_movement(
    request: Request, movement_id: UUID, body: shapes.ReasonDraft
) -> shapes.OperatorMovementView:
    """Send a refund that came back once more, or make a parked reversal a debt."""
    await service.decide_movement(viewer(request).person_id, movement_id, body)
    return await movement(request, movement_id)


@read("/operator/inbox")
async def inbox(_request: Request, query: shapes.NewsQuery) -> shapes.OperatorNewsPage:
    """News from Stripe between arrival and effect, newest first."""
    rows = await explorer.news(status=query.status, before=query.before, limit=query.limit)
    return shapes.OperatorNewsPage.of(rows, query.limit)


@read("/operator/inbox/{news_id:uuid}")
async def news(_request: Request, news_id: UUID) -> shapes.OperatorNewsView:
    """One piece of news from Stripe."""
    row = await explorer.news_item(news_id)
    if row is None:
        raise NotFound
    return shapes.OperatorNewsView.of(row)


@act("/operator/inbox/{news_id:uuid}/retry")
async def retry_news(
    request: Request, news_id: UUID, body: shapes.ReasonDraft
) -> shapes.OperatorNewsView:
    """Let parked news wait again, from now on; the reason is logged."""
    await service.retry_news(viewer(request).person_id, news_id, body)
    return await news(request, news_id)


@read("/operator/jobs")
async def jobs(_request: Request) -> list[shapes.FailedJobView]:
    """Jobs that failed too often, newest first, at most a hundred."""
    return [shapes.FailedJobView.of(row) for row in await overview.failed_jobs()]


@read("/operator/jobs/kinds")
async def job_kinds(_request: Request) -> list[shapes.FailingKindView]:
    """What fails, kind by kind: jobs that rest, and jobs that are tried again by themselves."""
    return [shapes.FailingKindView.of(row) for row in await overview.failing_kinds()]


@act("/operator/jobs/retry")
async def retry_jobs(request: Request, body: shapes.KindDraft) -> None:
    """Queue every failed job of one kind once more; the reason is logged."""
    await service.retry_jobs(viewer(request).person_id, body)


@act("/operator/jobs/{number:int}/retry")
async def retry_job(request: Request, number: int, body: shapes.ReasonDraft) -> None:
    """Queue a failed job once more; the reason is logged."""
    if number > BIGINT_MAX:
        raise NotFound
    await service.retry_job(viewer(request).person_id, number, body)
