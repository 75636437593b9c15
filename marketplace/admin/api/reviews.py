"""Owns the JSON operations on reported reviews."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.admin import service
from marketplace.admin.api.router import act, read
from marketplace.admin.rules.runs import Act
from marketplace.admin.schemas.queues import ReasonDraft
from marketplace.admin.schemas.reviews import (
    HideReviewDraft,
    JudgedView,
    KeepReviewDraft,
    ReportedView,
    ReportsView,
)
from marketplace.reviews import queries
from marketplace.web.guards import viewer

ONE = "/operator/reviews/{review_id:uuid}"


@read("/operator/reviews")
async def reviews(_request: Request) -> ReportsView:
    """Reported reviews: those to decide, and those decided last."""
    return ReportsView(
        waiting=[ReportedView.of(row) for row in await queries.waiting()],
        decided=[ReportedView.of(row) for row in await queries.decided()],
    )


async def _one(review_id: UUID) -> JudgedView:
    row = await queries.reported(review_id)
    return JudgedView(
        review=queries.view(row), about=row.about.display_name, hidden_for=str(row.hidden_for)
    )


@read(ONE, errors=(404,))
async def review(_request: Request, review_id: UUID) -> JudgedView:
    """A review that was reported."""
    return await _one(review_id)


async def _judge(request: Request, review_id: UUID, kind: Act, body: ReasonDraft) -> JudgedView:
    await service.on_review(viewer(request).person_id, review_id, kind, body)
    return await _one(review_id)


@act(ONE + "/hide", errors=(404, 409))
async def hide_review(request: Request, review_id: UUID, body: HideReviewDraft) -> JudgedView:
    """Hide a reported review for a ground of the published list; both sides are told."""
    return await _judge(request, review_id, Act.HIDE_REVIEW, body)


@act(ONE + "/keep", errors=(404, 409))
async def keep_review(request: Request, review_id: UUID, body: KeepReviewDraft) -> JudgedView:
    """Let a reported review stand; both sides are told."""
    return await _judge(request, review_id, Act.KEEP_REVIEW, body)


@act(ONE + "/show", errors=(404, 409))
async def show_review(request: Request, review_id: UUID, body: ReasonDraft) -> JudgedView:
    """Show a review again that was hidden by mistake; both sides are told."""
    return await _judge(request, review_id, Act.SHOW_REVIEW, body)
