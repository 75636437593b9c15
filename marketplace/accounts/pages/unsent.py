"""Owns the page that gives back, after the log-in, what was typed before it; never keeps it."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from marketplace.core.i18n import _
from marketplace.web import links, unsent
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render

pages = Pages("accounts")
TEXT: Final = 20  # a value from this length on is something that a person wrote


@pages.get("/unsent", guard=signed_in)
async def unsent_form(request: Request) -> Response:
    """Show what waits to be sent, with a button that sends it now."""
    form = await unsent.held(request, viewer(request).person_id)
    if form is None:
        response = to(request, "/", _("Nothing waits to be sent."), "info")
        links.forget(response, unsent.KIND)
        return response
    texts = [value for _name, value in form.fields if len(value) >= TEXT and " " in value]
    return links.private(
        render(request, "accounts/unsent.html", unsent=form, texts=texts, noindex=True)
    )
