"""Owns the API's answer to a search as JSON, of the shape schemas.SearchAnswer; finds nobody.

An answer holds twenty people and hundreds of counts. Each object made for one of them costs more
than writing it, so what never changes (a code with its label) is written once and put in as it is.
"""

from __future__ import annotations

from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import orjson

from marketplace.core.i18n import _, gettext
from marketplace.directory.queries import views, wishes, world
from search import nearby, notes, ranking

if TYPE_CHECKING:
    from marketplace.directory.queries.finding import Found
    from search.nearby import Near
    from search.query import SearchQuery

JSON = dict[str, Any]
WORK_LABEL = _("Similar work, all your other wishes")


def written(found: Found, locale: str) -> bytes:
    """The whole answer."""
    answer, currency = found.answer, found.query.currency
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


_plain = itemgetter(*views.PLAIN)


def hit(raw: JSON, locale: str, currency: str = "") -> JSON:
    """One person, of the shape schemas.Hit."""
    skills, tools, spoken = (_coded(name, locale) for name in ("skill", "tool", "speaks"))
    rate = raw["rate_minor"]
    converted = views.converted(raw, currency)
    return {
        **dict(zip(views.PLAIN, _plain(raw), strict=True)),
        "legal_form": raw.get("legal_form") or "",
        "verified_on": raw["verified_on"] or [],
        "url": f"/{locale}/assistants/{raw['slug']}",
        "headline": views.either(raw, "headline", locale),
        "excerpt": views.either(raw, "excerpt", locale),
        "place": views.place(raw["country"], raw["city"], locale),
        "skills": [skills[code] for code in raw["skills"]],
        "tools": [tools[code] for code in raw["tools"]],
        "speaks": [spoken[token] for token in raw["spoken"]],
        "rate": None if rate is None else {"minor": rate, "currency": raw["currency"]},
        "rate_converted": None if converted is None else {"minor": converted, "currency": currency},
        "photo": views.photo(raw),
        "distance_km": raw.get("distance_km"),
        "explain": raw.get("explain"),
    }


def _near(near: Near, query: SearchQuery, locale: str, currency: str) -> JSON:
    """Who follows under a wish let go, of the shape schemas.NearbyView."""
    name, value = near.wish
    work = name == nearby.WORK
    label = gettext(WORK_LABEL, locale) if work else wishes.label(query, name, value, locale)
    return {
        "without": {"parameter": name, "value": value, "label": label},
        "total": near.total,
        "hits": [hit(raw, locale, currency) for raw in near.hits],
    }


def _rotation(found: Found, locale: str) -> JSON | None:
    drawn = found.answer.rotation
    if drawn is None:
        return None
    turns = zip(ranking.TURNS, found.answer.turns, strict=False)
    return {
        "day": drawn.day,
        "seed": drawn.seed,
        "quota": ranking.QUOTA,
        "candidates": drawn.candidates,
        "turns": [{"place": place, "hit": hit(raw, locale)} for place, raw in turns],
    }


def _facet(found: Found, name: str, locale: str) -> orjson.Fragment:
    if name == "rate":
        counted = found.answer.facets[name]
        rows = [f"{bar}{counted.get(str(n), 0)}}}" for n, bar in enumerate(_bars(locale))]
    else:
        plain, ticked = _head(name, locale, chosen=False), _head(name, locale, chosen=True)
        rows = [
            f"{(ticked if on else plain)[value]}{n}}}" for value, n, on in views.tally(found, name)
        ]
    return orjson.Fragment(f"[{','.join(rows)}]")


@cache
def _coded(name: str, locale: str) -> world.Once[str, orjson.Fragment]:
    """A code with its label, of the shape schemas.CodeLabel or SpokenView."""

    def make(value: str) -> orjson.Fragment:
        if name == "speaks":
            return orjson.Fragment(orjson.dumps(views.spoken(value, locale)))
        return orjson.Fragment(orjson.dumps(views.labelled(name, value, locale)))

    return world.Once(make)


@cache
def _head(name: str, locale: str, *, chosen: bool) -> world.Once[str, str]:
    """The beginning of a schemas.FacetValue, as far as its count."""
    labels = world.labels(name, locale)
    return world.Once(lambda value: _begun(value, labels[value], selected=chosen))


@cache
def _bars(locale: str) -> list[str]:
    return [_begun(value, label, selected=False) for value, label in views.rate_bars(locale)]


def _begun(value: str, label: str, *, selected: bool) -> str:
    row = orjson.dumps({"value": value, "label": label, "selected": selected}).decode()
    return f'{row[:-1]},"count":'
