"""Owns the operator's pages of reported reviews: hidden for a ground of the list, kept, shown."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from marketplace.admin import service
from marketplace.admin.pages.router import Form, blank, pages, show, with_draft
from marketplace.admin.queries import records
from marketplace.admin.rules.runs import Act
from marketplace.admin.schemas.queues import ReasonDraft
from marketplace.admin.schemas.reviews import HideReviewDraft, KeepReviewDraft
from marketplace.core.i18n import _
from marketplace.reviews import queries
from marketplace.web.guards import operator, viewer
from marketplace.web.redirects import to

DONE: Final = {
    Act.HIDE_REVIEW: _("The review is hidden, and both sides told."),
    Act.KEEP_REVIEW: _("The review stays, and both sides are told."),
    Act.SHOW_REVIEW: _("The review is shown again, and both sides are told."),
}


@pages.get("/operator/reviews", guard=operator)
async def reviews(request: Request) -> Response:
    """What was reported, to decide and decided."""
    return show(
        request, "reviews", waiting=await queries.waiting(), decided=await queries.decided(),
        tab="reviews",
    )  # fmt: skip


async def _one(
    request: Request, status: int = 200, forms: dict[Act, Form] | None = None
) -> Response:
    review_id: UUID = request.path_params["id"]
    row = await queries.reported(review_id)
    return show(
        request, "review", status=status, row=row, review=queries.view(row),
        reports=await queries.reports_of(review_id), tab="reviews",
        form=lambda act: (forms or {}).get(Act(act), blank()),
        acts=await records.acts_on(f"review:{review_id}"),
    )  # fmt: skip


@pages.get("/operator/reviews/{id:uuid}", guard=operator)
async def review(request: Request) -> Response:
    """One review, who reported it for what, and the forms to decide."""
    return await _one(request)


async def _act(request: Request, act: Act, shape: type[ReasonDraft] = ReasonDraft) -> Response:
    review_id: UUID = request.path_params["id"]
    return await with_draft(
        request,
        shape,
        lambda draft: service.on_review(viewer(request).person_id, review_id, act, draft),
        lambda form, status: _one(request, status, {act: form}),
        lambda: to(request, "/operator/reviews", DONE[act]),
    )


@pages.post("/operator/reviews/{id:uuid}/hide", guard=operator)
async def hide_review(request: Request) -> Response:
    """Hide the review."""
    return await _act(request, Act.HIDE_REVIEW, HideReviewDraft)


@pages.post("/operator/reviews/{id:uuid}/keep", guard=operator)
async def keep_review(request: Request) -> Response:
    """Let the review stand."""
    return await _act(request, Act.KEEP_REVIEW, KeepReviewDraft)


@pages.post("/operator/reviews/{id:uuid}/show", guard=operator)
async def show_review(request: Request) -> Response:
    """Show a hidden review again."""
    return await _act(request, Act.SHOW_REVIEW)
