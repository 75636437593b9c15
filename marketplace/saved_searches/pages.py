"""Owns the pages of saved searches and the link of their mails; all work without JavaScript."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location
from starlette.requests import Request
from starlette.responses import Response

from marketplace.core.errors import Conflict, Invalid
from marketplace.core.i18n import BABEL, _, current_zone, gettext
from marketplace.directory import queries as directory
from marketplace.directory.queries import written
from marketplace.directory.queries.wishes import told
from marketplace.places import queries as places
from marketplace.saved_searches import queries, service
from marketplace.saved_searches.rules import NAME_MAX, RHYTHMS, SavedAlready
from marketplace.saved_searches.schemas import ChangeDraft, MailsDraft, SearchDraft
from marketplace.web import links
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import public, signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render
from search.errors import SearchError

if TYPE_CHECKING:
    from marketplace.saved_searches.models import SavedSearch
    from search.query import SearchQuery

pages = Pages("saved_searches")


def _rhythms(request: Request) -> list[tuple[str, str]]:
    return [(key.value, gettext(text, request.state.locale)) for key, text in RHYTHMS.items()]


def _zones(*own: str) -> list[tuple[str, str]]:
    """Every time zone with a town, and those already chosen."""
    return [(zone, zone.replace("_", " ")) for zone in sorted({*places.time_zones(), *own})]


def _clock(zone: str, locale: str) -> str:
    """Whose time is meant: "Toronto time", "heure de Toronto"."""
    found = get_timezone_location(ZoneInfo(zone), locale=BABEL[locale], return_city=True)
    city = places.after("de", found.rpartition("/")[2], locale)
    return gettext(_("%(city)s time"), locale, city=city)


async def _index(request: Request, forms: dict[UUID, Form], status: int = 200) -> Response:
    rows = await queries.all_of(viewer(request))
    return render(
        request, "saved_searches/index.html", status, rows=[queries.view(row) for row in rows],
        broken={row.id for row in rows if _is_broken(row)}, forms=forms, blank=blank(),
        rhythms=_rhythms(request), zones=_zones(*(row.time_zone for row in rows)),
        clock=partial(_clock, locale=request.state.locale), noindex=True,
    )  # fmt: skip


def _is_broken(row: SavedSearch) -> bool:
    try:
        written.parsed(row.query)
    except Invalid:
        return True
    return False


@pages.get("/saved-searches", guard=signed_in)
async def index(request: Request) -> Response:
    """The person's saved searches."""
    return await _index(request, {})


async def _new(request: Request, query: str, form: Form, status: int = 200) -> Response:
    try:
        asked = written.parsed(query)
    except Invalid:  # the form says so
        wishes, total = [], None
    else:
        wishes = [label for _name, _value, label in told(asked, request.state.locale)]
        total = await _matches(asked)
    return render(
        request, "saved_searches/new.html", status, asked=query, form=form,
        wishes=wishes, total=total, rhythms=_rhythms(request), zones=_zones(current_zone.get()),
        noindex=True,
        search_url=f"/{request.state.locale}/assistants" + (f"?{query}" if query else ""),
    )  # fmt: skip


async def _matches(query: SearchQuery) -> int | None:
    """How many its mails may tell of; None while the index cannot tell.

    A page of results also shows whoever misses a word: no mail would ever come about them.
    """
    try:
        return await directory.matching(query)
    except SearchError:
        return None


@pages.get("/saved-searches/new", guard=signed_in)
async def new(request: Request) -> Response:
    """Save the search of this address."""
    try:
        query = written.parsed(request.url.query)
    except Invalid as error:
        return to(request, "/assistants", str(error.errors["query"]), "danger")
    if already := await queries.same(viewer(request), written.as_written(query)):
        said = SavedAlready(name=already.name)
        return to(request, "/saved-searches", said.message, "info", **said.params)
    name = written.named(query, request.state.locale, NAME_MAX)
    begun = {"name": name, "rhythm": "weekly", "time_zone": current_zone.get()}
    return await _new(request, written.as_written(query), blank(begun))


@pages.post("/saved-searches", guard=signed_in)
async def save(request: Request) -> Response:
    """Keep it."""
    data = await read_form(request)
    draft, form = validate(SearchDraft, data)
    query = str(data.get("query", ""))
    if draft is None:
        return await _new(request, query, form, 422)
    try:
        await service.save(viewer(request), draft)
    except (Invalid, Conflict) as error:
        return await _new(request, query, refused(form, error), error.status)
    return _back(request, _("Saved. What is new or changed comes by mail."))


def _back(request: Request, text: str) -> Response:
    return to(request, "/saved-searches", text)


@pages.post("/saved-searches/{id:uuid}", guard=signed_in)
async def change(request: Request) -> Response:
    """Rename, another rhythm; a page drawn before its mails were stopped leaves them stopped."""
    search_id: UUID = request.path_params["id"]
    await queries.get(viewer(request), search_id)
    draft, form = validate(ChangeDraft, await read_form(request))
    if draft is None:
        return await _index(request, {search_id: form}, 422)
    await service.change(viewer(request), search_id, draft)
    return _back(request, _("The saved search is changed."))


@pages.post("/saved-searches/{id:uuid}/mails", guard=signed_in)
async def pause(request: Request) -> Response:
    """Pause the mails, or resume them."""
    draft, _form = validate(MailsDraft, await read_form(request))
    if draft is not None:
        await service.pause(viewer(request), request.path_params["id"], draft)
    return _back(request, _("The saved search is changed.") if draft else "")


@pages.post("/saved-searches/{id:uuid}/delete", guard=signed_in)
async def delete(request: Request) -> Response:
    """Remove it."""
    await service.delete(viewer(request), request.path_params["id"])
    return _back(request, _("The saved search is deleted."))


@pages.get("/saved-searches/stop", guard=public)
@links.opens("stop")
async def stop_form(request: Request, token: str) -> Response:
    """Ask once: programs that open the links of mails must not stop them."""
    return _stop_page(request, await queries.by_stop_token(token), token)


@pages.post("/saved-searches/stop", guard=public)
async def stop(request: Request) -> Response:
    """Stop the mails: the button's form, or a mail program by itself (RFC 8058).

    A mail program posts to the address of the mail and adds nothing: there alone the token of a
    POST stands in the address.
    """
    written = str((await read_form(request)).get("token", ""))
    found = await service.stop(written or request.query_params.get("token", ""))
    response = links.private(_stop_page(request, found))
    links.forget(response, "stop")
    return response


def _stop_page(request: Request, found: SavedSearch, token: str = "") -> Response:
    already = bool(token and found.paused_at)
    return render(
        request, "saved_searches/stop.html", name=found.name, done=already or not token,
        already=already, token=token, noindex=True,
    )  # fmt: skip
