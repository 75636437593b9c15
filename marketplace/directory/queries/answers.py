"""Owns the API's answer to a search as JSON, of the shape schemas.SearchAnswer; finds nobody.

An answer holds twenty people and hundreds of counts. Each object made for one of them costs more
than writing it, so what never changes (a code with its label) is written once and put in as it is.
"""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import orjson

from marketplace.core.i18n import _, gettext
from marketplace.directory.queries import views, wishes, world
from search import index_settings, nearby, notes, ranking, rates

if TYPE_CHECKING:
    from datetime import date

    from marketplace.directory.queries.finding import Found
    from search.nearby import Near
    from search.query import SearchQuery

JSON = dict[str, Any]


def written(found: Found, locale: str) -> bytes:
    """The whole answer."""
    answer, currency = found.answer, found.query.money
    return orjson.dumps(
        {
            "query": views.understood(found.query),
            "understood": [
                {"parameter": name, "value": value, "words": words}
                for name, value, words in map(notes.parts, found.query.said)
                if name != notes.AS_TEXT
            ],
            "total": answer.total,
            "page": answer.page,
            "pages": answer.pages,
            "took_ms": answer.took_ms,
            "plain": found.plain,
            "left_out": found.left_out,
            "hint": gettext(_("There are more: please narrow the search."), locale)
            if answer.capped
            else None,
            "hits": [hit(raw, locale, currency) for raw in answer.hits],
            "nearby": [_near(one, found.query, locale, currency) for one in answer.nearby],
            "rotation": _rotation(found, locale),
            "facets": {name: _facet(found, name, locale) for name in answer.facets},
        }
    )


def hit(raw: JSON, locale: str, currency: str = "") -> orjson.Fragment:
    """One person, of the shape schemas.Hit: as the index carries it, with what the search adds."""
    away, why = raw.get("distance_km"), raw.get("explain")
    told = raw[index_settings.shown(locale)]
    rate = None
    if currency not in {"", raw["currency"]} and (own := views.facts(raw, locale)["rate"]):
        minor = views.in_currency(own["minor"], own["currency"], currency)
        rate = None if minor is None else {"minor": minor, "currency": currency}
    if away is None and why is None and rate is None:
        return orjson.Fragment(told[:-1] + _NOTHING_ADDED)
    added = orjson.dumps({"rate_converted": rate, "distance_km": away, "explain": why})
    return orjson.Fragment(f"{told[:-1]},{added.decode()[1:]}")


_NOTHING_ADDED = ',"rate_converted":null,"distance_km":null,"explain":null}'


def _near(near: Near, query: SearchQuery, locale: str, currency: str) -> JSON:
    """Who follows under a wish let go, of the shape schemas.NearbyView."""
    name, value = near.wish
    work = name == nearby.WORK
    label = wishes.kindred(query, locale) if work else wishes.label(query, name, value, locale)
    return {
        "without": {"parameter": name, "value": value, "label": label},
        "total": near.total,
        "skills": views.offered(near, locale),
        "hits": [hit(raw, locale, currency) for raw in near.hits],
    }


def _rotation(found: Found, locale: str) -> JSON | None:
    drawn = found.answer.rotation
    if drawn is None:
        return None
    currency = found.query.money
    turns = zip(ranking.TURNS, found.answer.turns, strict=False)
    return {
        "day": drawn.day,
        "seed": drawn.seed,
        "quota": ranking.QUOTA,
        "candidates": drawn.candidates,
        "turns": [{"place": place, "hit": hit(raw, locale, currency)} for place, raw in turns],
    }


def _facet(found: Found, name: str, locale: str) -> orjson.Fragment:
    if name == "rate":
        counted = found.answer.facets[name]
        bars = _bars(locale, found.query.money, rates.as_of())
        rows = [f"{bar}{counted.get(str(n), 0)}}}" for n, bar in enumerate(bars)]
    else:
        heads = [_head(name, locale, chosen=on) for on in (False, True)]
        rows = [f"{heads[on][value]}{n}}}" for value, n, on in views.tally(found, name)]
    return orjson.Fragment(f"[{','.join(rows)}]")


@cache
def _head(name: str, locale: str, *, chosen: bool) -> world.Once[str, str]:
    """The beginning of a schemas.FacetValue, as far as its count."""
    labels = world.labels(name, locale)
    return world.Once(lambda value: _begun(value, labels[value], selected=chosen))


@lru_cache(maxsize=256)
def _bars(locale: str, currency: str, day: date) -> list[str]:
    del day  # another day's table makes other bars
    bars = views.rate_bars(locale, currency)
    return [_begun(value, label, selected=False) for value, label in bars]


def _begun(value: str, label: str, *, selected: bool) -> str:
    row = orjson.dumps({"value": value, "label": label, "selected": selected}).decode()
    return f'{row[:-1]},"count":'
