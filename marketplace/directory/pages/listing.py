"""Owns the search page, its landing pages and its suggestions; never finds anything itself."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from marketplace.core.errors import NotFound
from marketplace.directory import queries
from marketplace.directory.pages import cards, reasons, sheet
from marketplace.directory.pages.form import translate
from marketplace.directory.pages.zone import zone_of
from marketplace.directory.queries import wishes, world
from marketplace.exposure import service as exposure
from marketplace.places import queries as places
from marketplace.web.pieces import Pieces
from marketplace.web.templates import is_fragment, render
from search import nearby, ranking, senses, taxonomy
from search.query import SearchQuery, canonical, parse
from search.understanding import applied

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from starlette.requests import Request

COUNTS = "X-Counts"
"""Of a script's request: "later" for results alone, "now" for all of what they belong to."""
LOCAL_KM = 25
"""How far away is still local."""
INDEXED_FILTERS = frozenset({"skill", "tool", "city", "region", "country"})


def address(locale: str, query: SearchQuery) -> str:
    """The one address of a search."""
    pairs = canonical(query)
    return f"/{locale}/assistants" + (f"?{urlencode(pairs, safe=':@,/')}" if pairs else "")


async def search(request: Request) -> Response:
    """The directory: filters, counts, results."""
    sent = request.query_params.multi_items()
    pairs, troubles = translate(sent, zone_of(request))
    query, problems = parse(pairs, queries.PLACES)
    query = applied(query, queries.PLACES, world.VOCABULARY, zone_of(request))
    problems = troubles + problems
    own = address(request.state.locale, query)
    fragment = is_fragment(request)
    if not fragment and not problems and sent != canonical(query):
        return RedirectResponse(own, 302)
    counts = request.headers.get(COUNTS, "") if fragment else ""
    if counts == "later" and not queries.counted(query):
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
    return await _page(request, SearchQuery(skill=(code,)), title=title, path=request.url.path)


async def by_city(request: Request) -> Response:
    """The landing page of a town."""
    town = places.city(request.path_params["slug"])
    if town is None:
        raise NotFound
    query = SearchQuery(city=(town.slug,))
    title = town.name(request.state.locale)
    return await _page(request, query, title=title, path=request.url.path, city=title)


async def _results(request: Request, query: SearchQuery) -> Response:
    """What was found, to be seen while the script asks for the rest with its counts."""
    found = await queries.find(replace(query, facets=False), request.state.locale)
    pieces = Pieces()
    shown = await _shown(request, replace(found, query=query), pieces, again=False)
    shown["counts_later"] = True
    response = render(request, "directory/_results.html", pieces=pieces, **shown)
    response.headers["HX-Retarget"] = "#results"
    response.headers["HX-Reswap"] = "outerMorph"
    return response


async def _shown(
    request: Request, found: queries.Found, pieces: Pieces, *, again: bool
) -> dict[str, Any]:
    """What the results themselves show; `again`: for whom they were shown already."""
    locale, query = request.state.locale, found.query
    if query.page == 1 and not again:
        near = [raw for one in found.answer.nearby for raw in one.hits]
        exposure.shown(raw["id"] for raw in [*found.answer.hits, *found.answer.turns, *near])
    meant = senses.asked(query.q).codes.union(query.skill, query.tool)
    kept = await queries.kept(request.state.viewer)
    return {
        "q": query,
        "found": found,
        "answer": found.answer,
        "cards": _cards(found, meant, locale, pieces, kept),
        "nearby": _nearby(found, meant, locale, pieces, kept),
        "chips": sheet.chips(query, locale, lambda changed: address(locale, changed)),
        "own": address(locale, query),
        "counts_later": False,
        "piece": partial(cards.piece, locale=locale, pieces=pieces),
        "address": lambda **changes: address(locale, query.changed(**changes)),
        "page_address": address(locale, query.changed(page=9999)).replace(
            "page=9999", "page={page}"
        ),
        "drop": await _drop(found, locale),
        "explained": query.explain and not found.plain,
        "quota": ranking.QUOTA,
        "draw": reasons.replay(found.answer.rotation) if query.explain else [],
    }


async def _page(
    request: Request, query: SearchQuery, *, again: bool = False, **extra: Any
) -> Response:
    locale = request.state.locale
    found = await queries.find(query, locale)
    pieces = Pieces()
    problems = extra.get("problems", [])
    context = {
        **await _shown(request, found, pieces, again=again),
        "many": queries.many(),
        "problems": [
            (sheet.parameter_name(one.parameter, locale), one.value, one.message)
            for one in problems
        ],
        "form": sheet.form(found, locale, zone_of(request), pieces, problems),
        "left_out": [sheet.parameter_name(name, locale) for name in found.left_out],
        "pills": partial(sheet.pills, locale),
        "local": _local(request, query),
        "title": extra.get("title", ""),
        "city": extra.get("city", ""),
        "canonical": extra.get("path") or _canonical_path(locale, query),
        "other_url": address("en" if locale == "fr" else "fr", query),
        "noindex": not _indexable(query, query.filters, problems=bool(problems)) or found.plain,
        "visitor_zone": zone_of(request),
    }
    template = "directory/_search.html" if is_fragment(request) else "directory/search.html"
    return tagged(request, render(request, template, pieces=pieces, **context))


def _local(request: Request, query: SearchQuery) -> tuple[str, str] | None:
    """One click to whoever is near: (town, address), for a visitor whose party has a known town."""
    locale = request.state.locale
    for membership in request.state.viewer.parties:
        party = membership.party
        town = places.city_named(party.town, party.country) if party.town else None
        if town:
            near = {"near": town.slug, "near_point": (town.lat, town.lng), "sort": "distance"}
            return town.name(locale), address(locale, query.changed(**near, within_km=LOCAL_KM))
    return None


def _cards(
    found: queries.Found,
    meant: frozenset[str],
    locale: str,
    pieces: Pieces,
    kept: AbstractSet[str],
) -> list[dict[str, Any]]:
    """The cards in order, with the turns of newcomers at their published places."""

    def row(raw: dict[str, Any], *, turn: bool) -> dict[str, Any]:
        card = cards.listed(raw, meant, found, locale, kept=raw["id"] in kept, turn=turn)
        explained = raw.get("explain")
        why = reasons.rows(explained, locale) if explained else []
        return {"id": raw["id"], "card": pieces.add(card), "reasons": why}

    listed = [row(raw, turn=False) for raw in found.answer.hits]
    for place, raw in zip(ranking.TURNS, found.answer.turns, strict=False):
        listed.insert(place - 1, row(raw, turn=True))
    return listed


def _nearby(
    found: queries.Found,
    meant: frozenset[str],
    locale: str,
    pieces: Pieces,
    kept: AbstractSet[str],
) -> list[dict[str, Any]]:
    """Who follows where few were found, under the wish let go, with the address of them all."""

    def card(raw: dict[str, Any]) -> dict[str, Any]:
        drawn = cards.listed(raw, meant, found, locale, kept=raw["id"] in kept, turn=False)
        return {"id": raw["id"], "card": pieces.add(drawn)}

    rows = []
    for one in found.answer.nearby:
        work = one.wish[0] == nearby.WORK
        whole = work or one.total <= len(one.hits)
        rows.append(
            {
                "wish": "" if work else wishes.label(found.query, *one.wish, locale),
                "all": "" if whole else _without(found, *one.wish, locale),
                "total": one.total,
                "cards": [card(raw) for raw in one.hits],
            }
        )
    return rows


async def _drop(found: queries.Found, locale: str) -> list[tuple[str, str, int]]:
    """What to take away when nobody was found: (label, address, how many then)."""
    if found.answer.total or found.plain:
        return []
    rows = await queries.without_each(found.query)
    return [
        (
            wishes.label(found.query, name, value, locale),
            _without(found, name, value, locale),
            n,
        )
        for name, value, n in rows
    ]


def _without(found: queries.Found, name: str, value: str, locale: str) -> str:
    from search.query import dropped

    return address(locale, dropped(found.query, name, value))


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
    kinds = [(kind, [one for one in found if one.kind == kind]) for kind in sheet.SUGGESTIONS]
    return render(request, "directory/_suggest.html", kinds=kinds, world=world)
