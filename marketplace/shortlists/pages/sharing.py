"""Owns the read-only link: made, revoked, and the page it opens; that page says nothing of us."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from marketplace.core.errors import Conflict
from marketplace.core.i18n import _
from marketplace.shortlists import queries, service
from marketplace.shortlists.pages.router import MADE, back, list_id, money, page, pages, refused
from marketplace.shortlists.schemas import LinkDraft
from marketplace.web import links
from marketplace.web.forms import read_form, validate
from marketplace.web.guards import public, signed_in, viewer
from marketplace.web.templates import render

MADE_SECONDS = 600  # the page says so


@pages.post("/shortlists/{id:uuid}/link", guard=signed_in)
async def make_link(request: Request) -> Response:
    """Make a link; this browser shows it for some minutes, from a cookie, never from an address."""
    draft, form = validate(LinkDraft, await read_form(request))
    if draft is None:
        return await page(request, "link", form, status=422)
    try:
        token = await service.make_link(viewer(request), list_id(request), draft)
    except Conflict as error:
        return refused(request, error)
    response = back(request)
    links.keep(response, MADE, token, MADE_SECONDS)
    return response


@pages.post("/shortlists/{id:uuid}/link/revoke", guard=signed_in)
async def revoke_link(request: Request) -> Response:
    """Make the link useless."""
    await service.revoke_link(viewer(request), list_id(request))
    response = back(request, _("The link no longer works."))
    links.forget(response, MADE)
    return response


@pages.get("/shared/shortlist", guard=public)
@pages.get("/shared/shortlist/{number}", guard=public)
@links.opens("shared", links.DAY, several=True)
async def shared(request: Request, token: str) -> Response:
    """What somebody with the link sees."""
    found = await queries.shared(token)
    view = await queries.shown_by_link(found, request.state.locale, money(request))
    return render(request, "shortlists/shared.html", view=view, noindex=True)
