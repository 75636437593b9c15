"""Owns what the pages of shortlists share: their router, drawing a list, going back to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketplace.core.i18n import gettext
from marketplace.core.ids import hash_token
from marketplace.directory.queries import visitor
from marketplace.shortlists import queries
from marketplace.shortlists.rules import blind as rules
from marketplace.web import links
from marketplace.web.forms import Form, blank
from marketplace.web.guards import viewer
from marketplace.web.routing import Pages
from marketplace.web.templates import render, set_flash

if TYPE_CHECKING:
    from marketplace.core.errors import RelaisError
    from marketplace.parties.models import Party
    from marketplace.shortlists.models import Shortlist
    from marketplace.web.sessions import Viewer

pages = Pages("shortlists")
MADE = "made_link"  # the cookie of a link just made


def list_id(request: Request) -> UUID:
    """The list of the address."""
    found: UUID = request.path_params["id"]
    return found


async def page(
    request: Request, name: str = "", form: Form | None = None, *, status: int = 200
) -> Response:
    """The list as the viewer may see it: by letters only while they have not scored.

    `form` is the one of its forms that was refused, `name` which: "name", "criteria", "scores",
    "link", or an entry's id for its note.
    """
    who = viewer(request)
    shortlist = await queries.get(who, list_id(request))
    view = await queries.shown(who, shortlist, request.state.locale, money(request))
    context: dict[str, Any] = {
        "view": view,
        "form": form or blank(),
        "forms": {name: form} if form else {},
        "blank": blank(),
        "businesses": businesses(who),
        "link": _just_made(request, shortlist),
        "noindex": True,
        "rules": rules,
    }
    template = "shortlists/blind.html" if view.blind else "shortlists/show.html"
    response = render(request, template, status, **context)
    response.headers["cache-control"] = "no-store"
    return response


def businesses(who: Viewer) -> list[Party]:
    """Those whose teams may see a list of the viewer's."""
    mine = set(queries.businesses(who))
    return [one.party for one in who.parties if one.party_id in mine]


def money(request: Request) -> str:
    """The visitor's own, in which rates of another are told as well."""
    return visitor.money(visitor.zone(request.cookies.get("tz")))


def _just_made(request: Request, shortlist: Shortlist) -> str:
    """The address of the link that this browser has just made for this list, while it works."""
    token = links.held(request, MADE)
    if not token or hash_token(token) != shortlist.link_hash:
        return ""
    return queries.link_address(request.state.locale, token)


def back(request: Request, text: str = "", kind: str = "success", part: str = "") -> Response:
    """On to the list's page; `text` is a msgid said there, `part` where on it."""
    path = f"/{request.state.locale}/shortlists/{list_id(request)}{part}"
    return to(path, gettext(text) if text else "", kind)


def refused(request: Request, error: RelaisError) -> Response:
    """Back to the list with what stood in the way."""
    return back(request, gettext(error.message, None, **error.params), "danger")


def to(path: str, text: str = "", kind: str = "success") -> Response:
    """On to a page of this site."""
    response = RedirectResponse(path, 303)
    if text:
        set_flash(response, text, kind)
    return response
