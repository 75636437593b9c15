"""Owns the search page, its landing pages and its suggestions; never finds anything itself."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from starlette.responses import RedirectResponse, Response

from marketplace.core.errors import NotFound
from marketplace.core.i18n import gettext, ngettext
from marketplace.directory import queries
from marketplace.directory.pages import filters, results, sheet
from marketplace.directory.pages.addresses import address
from marketplace.directory.pages.form import rewritten, translate, unchosen
from marketplace.directory.pages.zone import told_in, zone_of
from marketplace.directory.queries import placenames, wishes, world
from marketplace.exposure import service as exposure
from marketplace.places import queries as places
from marketplace.web import kept
from marketplace.web.errors import text_of
from marketplace.web.pieces import text
from marketplace.web.templates import (
    alternates,
    answered,
    is_fragment,
    render,
    render_text,
)
from search import notes, taxonomy
from search.applying import asked
from search.query import Problem, SearchQuery, canonical

if TYPE_CHECKING:
    from starlette.requests import Request

COUNTS = "X-Counts"
"""Of a script's request: "later" for results alone, "now" for all of what they belong to."""
LOCAL_KM = 25
"""How far away is still local."""
INDEXED_FILTERS = frozenset({"skill", "tool", "city", "region", "country"})


async def search(request: Request) -> Response:
    """The directory: filters, counts, results."""
    sent = request.query_params.multi_items()
    zone = zone_of(request)
    pairs, troubles = translate(sent, zone)
    known, anew = placenames.VOCABULARY, rewritten(sent)
    query, misread = asked(pairs, queries.PLACES, known, zone, anew=anew)
    query = told_in(query, request)
    problems = troubles + [one for one in misread if not unchosen(one, sent)]
    own = address(request.state.locale, query)
    fragment = is_fragment(request)
    if not fragment and not problems and sent != canonical(query):
        return RedirectResponse(own, 302)
    counts = request.headers.get(COUNTS, "") if fragment else ""
    if counts == "later" and not problems and not queries.counted(query):
        response = await _results(request, query)
    else:
        response = await _page(request, query, problems=problems, again=counts == "now")
    if fragment and counts != "now":
        response.headers["HX-Push-Url"] = own
    return response


async def by_skill(request: Request) -> Response:
    """The landing page of a skill."""
    code = request.path_params["code"]
    term = taxonomy.term(code)
    if term is None or term.kind != "skill":
        raise NotFound
    title = term.label(request.state.locale)
    query = told_in(SearchQuery(skill=(code,)), request)
    return await _page(request, query, title=title, path=request.url.path)


async def by_city(request: Request) -> Response:
    """The landing page of a town."""
    town = places.city(request.path_params["slug"])
    if town is None:
        raise NotFound
    query = told_in(SearchQuery(city=(town.slug,)), request)
    title = places.title(town, request.state.locale)
    return await _page(request, query, title=title, path=request.url.path, city=title)


async def _results(request: Request, query: SearchQuery) -> Response:
    """What was found, to be seen while the script asks for the rest with its counts."""
    found = await queries.find(replace(query, facets=False), request.state.locale)
    shown = await _drawn(request, replace(found, query=query), again=False, counts_later=True)
    response = answered(request, shown)
    response.headers["HX-Retarget"] = "#results"
    response.headers["HX-Reswap"] = "outerMorph"
    return response


async def _drawn(
    request: Request, found: queries.Found, *, again: bool, counts_later: bool = False
) -> bytes:
    """The results; `again`: for whom they were shown already."""
    if found.query.page == 1 and not again:
        near = [raw for one in found.answer.nearby for raw in one.hits]
        exposure.shown(raw["id"] for raw in [*found.answer.hits, *found.answer.turns, *near])
    hearts = await queries.kept(request.state.viewer)
    return await results.drawn(
        found, request.state.locale, hearts, zone_of(request), counts_later=counts_later
    )


async def _page(
    request: Request, query: SearchQuery, *, again: bool = False, **extra: Any
) -> Response:
    locale = request.state.locale
    found = await queries.find(query, locale)
    problems = extra.get("problems", [])
    path = extra.get("path") or _canonical_path(locale, query)
    pieces = {
        **_words(found, locale, extra.get("title", ""), extra.get("city", "")),
        "canonical": text(path),
        "alternates": text(alternates(path)),
        "other_url": text(address("en" if locale == "fr" else "fr", query)),
        "pills": kept.drawn(
            locale,
            "directory/_pills.html",
            "specialities",
            query.skill[0] if len(query.skill) == 1 else "",
            sheet.pills(locale),
        ),
        "notes": _notes(found, problems, locale),
        "filters": filters.form(found, locale, zone_of(request), _local(request, query), problems),
        "results": await _drawn(request, found, again=again),
    }
    facts: dict[str, Any] = {
        # Also while the index is away: a page dropped in that hour would be out for weeks.
        "noindex": not _indexable(query, query.filters, problems=bool(problems)),
        "many": queries.many(),
        "filtered": bool(query.filters),
    }
    if "path" in extra:  # a landing page is no page of the menu: all have one frame
        facts["here"] = ""
    template = "directory/_search.html" if is_fragment(request) else "directory/search.html"
    return tagged(request, answered(request, kept.page(request, template, pieces, **facts)))


def _words(found: queries.Found, locale: str, title: str, city: str) -> dict[str, bytes]:
    """What the page says of its search: title, heading, description, how many."""
    total = found.answer.total
    profiles = ngettext("%(num)s profile", "%(num)s profiles", total, locale)
    heading = title or gettext("Find the right backup", locale)
    name = found.query.q or gettext("Find a virtual assistant", locale)
    about = gettext(
        "Compare skills, rates, hours and legal status; "
        "the money is held until you approve the work.",
        locale,
    )
    if title:
        name = gettext("%(skill)s: virtual assistants", locale, skill=title)
        independent = ngettext(
            "%(num)s independent profile", "%(num)s independent profiles", total, locale
        )
        colon = "\u00a0: " if locale == "fr" else ": "
        about = f"{independent}{colon}{title}. {about}"
    if title and city:
        where = places.after("à", city, locale)
        heading = name = gettext("Virtual assistants in %(city)s", locale, city=where)
    show = ngettext("Show %(num)s profile", "Show %(num)s profiles", total, locale)
    words = {"title": name, "desc": about, "heading": heading, "profiles": profiles, "show": show}
    words["sentence"] = notes.sentence(found.query)
    return {name: text(one) for name, one in words.items()}


def _notes(found: queries.Found, problems: list[Problem], locale: str) -> bytes:
    """What was not understood or cannot be applied now."""
    unsaid = wishes.not_applied(found.query, locale)
    if not (found.plain or problems or unsaid):
        return b""
    left_out = [sheet.parameter_name(name, locale) for name in found.left_out]
    named = [
        (*sheet.named(one.parameter, one.value, locale), text_of(one.message, locale))
        for one in problems
    ]
    shown = {"plain": found.plain, "left_out": left_out, "problems": named, "unsaid": unsaid}
    return render_text("directory/_notes.html", locale, shown).encode()


def _local(request: Request, query: SearchQuery) -> tuple[str, str] | None:
    """One click to whoever is near: (around where, address), where the visitor's town is known."""
    locale = request.state.locale
    for membership in request.state.viewer.parties:
        party = membership.party
        town = places.city_named(party.town, party.country) if party.town else None
        if town:
            near = {"near": town.slug, "near_point": (town.lat, town.lng), "sort": "distance"}
            around = places.after("de", town.name(locale), locale)
            return around, address(locale, query.changed(**near, within_km=LOCAL_KM))
    return None


def _canonical_path(locale: str, query: SearchQuery) -> str:
    """A search for one skill or one town alone is its landing page."""
    if len(query.filters) == 1 and query.page == 1:
        name, value = query.filters[0]
        if name in {"skill", "city"}:
            return f"/{locale}/assistants/{name}/{value}"
    return address(locale, query)


def _indexable(query: SearchQuery, filters: list[tuple[str, str]], *, problems: bool) -> bool:
    plain = query.sort == "relevance" and query.page == 1 and not problems
    return plain and len(filters) <= 1 and {name for name, _value in filters} <= INDEXED_FILTERS


def tagged(request: Request, response: Response) -> Response:
    """The response with an ETag of its content; 304 when the browser has it already."""
    tag = '"' + hashlib.sha256(response.body).hexdigest()[:20] + '"'
    response.headers["etag"] = tag
    response.headers["cache-control"] = "private, no-cache"
    if request.headers.get("if-none-match", "").replace("W/", "") == tag:
        kept = {k: v for k, v in response.headers.items() if k != "content-length"}
        return Response(status_code=304, headers=kept)
    return response


async def suggest(request: Request) -> Response:
    """The suggestions under the search field."""
    typed = request.query_params.get("q", "")
    found = await queries.suggest(typed, request.state.locale)
    order = dict.fromkeys(one.kind for one in found)
    kinds = [(kind, [one for one in found if one.kind == kind]) for kind in order]
    return render(request, "directory/_suggest.html", kinds=kinds, world=world)


async def suggest_towns(request: Request) -> Response:
    """The suggestions under the field for a town."""
    typed = request.query_params.get("q", "")
    found = queries.suggest_towns(typed, request.state.locale)
    return render(request, "directory/_suggest.html", kinds=[("place", found)], world=world)
