"""Owns a search as it is written down to be asked again: read, written, named; never asked."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl, urlencode

from marketplace.core.errors import Invalid
from marketplace.directory.queries import placenames, wishes, world
from marketplace.places import queries as places
from search.applying import applied
from search.coverage import time_zones
from search.query import SearchQuery, canonical, parse

SHOWING: Final = frozenset({"page", "per_page", "facets", "towns", "explain", "lang"})
"""How a result is shown is not part of what is looked for."""
NAMELESS: Final = frozenset({"q", "near", "covers", "rate_min", "rate_max", "available_hours"})


def parsed(query: str) -> SearchQuery:
    """A search from its written form. Raises Invalid when part of it is not understood.

    A filter that no longer exists must not be left out: the search would find strangers.
    """
    pairs = [pair for pair in parse_qsl(query) if pair[0] not in SHOWING]
    found, problems = parse(pairs, world.PLACES)
    if problems:
        raise Invalid({"query": problems[0].message})
    return found


def understood(query: str, zone: str) -> SearchQuery:
    """A search as a visitor of this time zone types it: what its text says is asked for, too.

    Raises Invalid as `parsed` does. An unknown zone is that of Paris.
    """
    told = zone if zone in time_zones() else world.ZONE
    return applied(parsed(query), world.PLACES, placenames.VOCABULARY, told)


def as_written(query: SearchQuery) -> str:
    """The search as its address has it."""
    pairs = [pair for pair in canonical(query) if pair[0] not in SHOWING]
    return urlencode(pairs, safe=":@,/")


def wished(query: str) -> list[tuple[str, str]]:
    """What a written search looks for: less its order, and a currency no rate is asked in.

    Equal for searches that find the same people.
    """
    pairs = parse_qsl(query)
    priced = {"rate_min", "rate_max"} & {name for name, _value in pairs}
    passed = {"sort"} if priced else {"sort", "currency"}
    return [pair for pair in pairs if pair[0] not in passed]


def named(query: SearchQuery, locale: str, length: int) -> str:
    """What a search may be called: its words and filters, at most `length` characters."""
    town = places.city(query.near)  # a point on the map has no name
    parts = [query.q, places.title(town, locale) if town else ""]
    parts += [
        wishes.label(query, name, value, locale)
        for name, value in query.filters
        if name not in NAMELESS
    ]
    told = ", ".join(filter(None, parts))
    # Whole parts, as far as they fit; a long first one as far as it does.
    return told if len(told) <= length else told[: length + 1].rpartition(", ")[0] or told[:length]
