"""Owns the operator's pages of reported reviews: hidden for a ground of the list, or kept."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from marketplace.admin import service
from marketplace.admin.pages.router import Form, blank, pages, show, with_draft
from marketplace.admin.queries import records
from marketplace.admin.schemas.queues import ReasonDraft
from marketplace.admin.schemas.reviews import HideDraft
from marketplace.core.i18n import _
from marketplace.reviews import queries
from marketplace.reviews.rules import GROUNDS
from marketplace.web.guards import operator, viewer
from marketplace.web.redirects import to


@pages.get("/operator/reviews", guard=operator)
async def reviews(request: Request) -> Response:
    """What was reported, to decide and decided."""
    return show(
        request, "reviews", waiting=await queries.waiting(), decided=await queries.decided(),
        tab="reviews",
    )  # fmt: skip


async def _one(
    request: Request, status: int = 200, hide: Form | None = None, keep: Form | None = None
) -> Response:
    review_id: UUID = request.path_params["id"]
    row = await queries.reported(review_id)
    return show(
        request, "review", status=status, row=row, review=queries.view(row),
        reports=await queries.reports_of(review_id), grounds=GROUNDS,
        hide=hide or blank(), keep=keep or blank(),
        acts=await records.acts_on(f"review:{review_id}"), tab="reviews",
    )  # fmt: skip


@pages.get("/operator/reviews/{id:uuid}", guard=operator)
async def review(request: Request) -> Response:
    """One review, who reported it for what, and the two forms to decide."""
    return await _one(request)


@pages.post("/operator/reviews/{id:uuid}/hide", guard=operator)
async def hide_review(request: Request) -> Response:
    """Hide the review."""
    review_id: UUID = request.path_params["id"]
    return await with_draft(
        request,
        HideDraft,
        lambda draft: service.hide_review(viewer(request).person_id, review_id, draft),
        lambda form, status: _one(request, status, hide=form),
        lambda: to(request, "/operator/reviews", _("The review is hidden, and both sides told.")),
    )


@pages.post("/operator/reviews/{id:uuid}/keep", guard=operator)
async def keep_review(request: Request) -> Response:
    """Let the review stand."""
    review_id: UUID = request.path_params["id"]
    return await with_draft(
        request,
        ReasonDraft,
        lambda draft: service.keep_review(viewer(request).person_id, review_id, draft),
        lambda form, status: _one(request, status, keep=form),
        lambda: to(request, "/operator/reviews", _("The review stays, and both sides are told.")),
    )
