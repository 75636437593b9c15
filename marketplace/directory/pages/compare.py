"""Owns the page that puts up to four profiles side by side; keeps nothing: the address is all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from marketplace.core.errors import Invalid, NotFound
from marketplace.directory import queries
from marketplace.directory.pages.facts import rows
from marketplace.directory.pages.filters import currencies
from marketplace.directory.pages.zone import currency_of, zone_of
from marketplace.directory.queries import written
from marketplace.web.templates import render
from search import rates

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from marketplace.directory.queries import PublicProfile

MOST: Final = 4
LEAST: Final = 2
SEARCH_MAX: Final = 2000
"""Letters of a search that is gone back to."""


async def compare(request: Request) -> Response:
    """Profiles side by side: `with` names them by slug, two to four; rates in `currency`.

    `search` is the search they were found by, as after the "?" of its address: the way back.
    """
    locale = request.state.locale
    asked = [one for one in request.query_params.getlist("with") if one]
    slugs = list(dict.fromkeys(asked))
    found: list[PublicProfile] = []
    gone = 0
    for slug in slugs[:MOST]:
        try:
            found.append(await queries.by_slug(slug[:120], locale))
        except NotFound:
            gone += 1
    zone, currency = zone_of(request), currency_of(request)
    search = _search(request.query_params.get("search", ""))

    def address(people: list[PublicProfile], locale: str = locale) -> str:
        pairs = [("with", one.view.slug) for one in people]
        if "currency" in request.query_params:
            pairs.append(("currency", currency))
        if search:
            pairs.append(("search", search))
        return f"/{locale}/assistants/compare?{urlencode(pairs)}"

    context: dict[str, Any] = {
        "people": [
            (one.view, address([each for each in found if each is not one])) for one in found
        ],
        "zone": zone,
        "currency": currency,
        "currencies": currencies(rates.as_of()),
        "rates_of": rates.as_of(),
        "rows": rows(found, locale, zone, currency) if len(found) >= LEAST else [],
        "gone": gone,
        "too_many": len(slugs) > MOST,
        "kept": await queries.kept(request.state.viewer),
        "search": search,
        "own": address(found),
        "other_url": address(found, "en" if locale == "fr" else "fr"),
        "noindex": True,
    }
    return render(request, "directory/compare.html", **context)


def _search(asked: str) -> str:
    """The search as its address has it; none when it is none that we understand."""
    try:
        return written.as_written(written.parsed(asked)) if len(asked) <= SEARCH_MAX else ""
    except Invalid:
        return ""
