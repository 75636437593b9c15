"""Owns the page that gives back, after the log-in, what was typed before it; never keeps it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from marketplace.core.i18n import _
from marketplace.web import links, unsent
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages

pages = Pages("accounts")


@pages.get("/unsent", guard=signed_in)
async def unsent_form(request: Request) -> Response:
    """Show what waits to be sent, with a button that sends it now."""
    form = await unsent.held(request, viewer(request).person_id)
    if form is None:
        response = to(request, "/", _("Nothing waits to be sent."), "info")
        links.forget(response, unsent.KIND)
        return response
    return unsent.show(request, form, kept=True)
