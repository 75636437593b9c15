"""Owns the pages of reviews that anybody may read, and the form to report one."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from marketplace.core.errors import TooManyRequests
from marketplace.core.grounds import GROUNDS
from marketplace.core.i18n import _
from marketplace.parties import queries as parties
from marketplace.reviews import queries, rules, service
from marketplace.reviews.pages.router import PAGE, paged, pages
from marketplace.reviews.schemas import ReportDraft
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import public
from marketplace.web.network import network
from marketplace.web.redirects import to
from marketplace.web.templates import render
from search import rating


@pages.get("/assistants/{slug}/reviews", guard=public)
async def listed(request: Request) -> Response:
    """The reviews of an assistant, a page at a time, and the sum of them all."""
    profile, found = await queries.of_profile(request.path_params["slug"])
    page, last = paged(request.query_params.get("page", ""), found.score.reviews)
    rows = found.rows[(page - 1) * PAGE : page * PAGE]
    address = f"/{request.state.locale}/assistants/{profile.slug}/reviews"
    return render(
        request, "reviews/listed.html", slug=profile.slug, score=found.score,
        name=(await parties.by_id(profile.party_id)).display_name,
        rows=[queries.view(row) for row in rows], page=page, last=last,
        mine=request.state.viewer.acts_for(profile.party_id),
        canonical=address if page == 1 else f"{address}?page={page}",
    )  # fmt: skip


@pages.get("/reviews/rules", guard=public)
async def published(request: Request) -> Response:
    """How reviews come about, are checked, ordered, added up and removed."""
    return render(request, "reviews/rules.html", rules=rules, rating=rating, grounds=GROUNDS)


@pages.get("/reviews/{review_id:uuid}/report", guard=public)
async def report_form(request: Request) -> Response:
    """Say why a review is unlawful."""
    await queries.visible(request.path_params["review_id"])
    return _report(request, blank())


def _report(request: Request, form: Form, status: int = 200) -> Response:
    return render(
        request, "reviews/report.html", status=status, form=form,
        review_id=request.path_params["review_id"], most=rules.REPORT_MAX, grounds=GROUNDS,
    )  # fmt: skip


@pages.post("/reviews/{review_id:uuid}/report", guard=public)
async def report(request: Request) -> Response:
    """Keep a report for operators."""
    review_id = request.path_params["review_id"]
    draft, form = validate(ReportDraft, await read_form(request))
    if draft is None:
        await queries.visible(review_id)
        return _report(request, form, 422)
    try:
        await service.report(review_id, draft, request.state.locale, network(request))
    except TooManyRequests as error:
        return _report(request, refused(form, error), error.status)
    return to(
        request, "/reviews/rules",
        _("Thank you. A person here reads your report and decides; nothing is hidden before."),
    )  # fmt: skip
