"""Owns the order by distance: whole towns one after the other; pure, never sends a query.

Everyone stands where their town does, so the nearest come first when towns are taken in the order
of their distance, and the people of one town in the order of relevance. Mostly the place itself
has enough for the page (`centre`). Else how many match in each town is asked (`census`), those
close by first, then the people of the towns whose turn a page is (`stretches`).
"""

from __future__ import annotations

from itertools import groupby, takewhile
from typing import TYPE_CHECKING, Final

from search.index_settings import MAX_FACET_VALUES
from search.plan import hits_query

if TYPE_CHECKING:
    from datetime import date

    from search.answers import Body
    from search.query import SearchQuery


CLOSE_BY: Final = 64
"""So many towns are counted first. Meilisearch looks through every town there is where more than
3,000 people are to be counted, but asks few people for theirs."""


def centre(query: SearchQuery, index: str, today: date) -> Body:
    """The page as it is if the town or towns at the place itself have enough people for it."""
    here = [km for _town, km in query.near_towns[:1]]
    towns = [town for town, _km in takewhile(lambda pair: pair[1] in here, query.near_towns)]
    return hits_query(query, index, today, facets=False, towns=towns)


def census(query: SearchQuery, index: str, today: date, first: int, last: int = 0) -> Body:
    """How many match in each of the towns from `first` on, by default as many as are counted."""
    some = query.near_towns[first : last or first + MAX_FACET_VALUES]
    body = _of_towns(query, index, today, [town for town, _km in some])
    return body | {"facets": ["city"], "limit": 0}


def counts(census: Body) -> dict[str, int]:
    """Town -> how many people."""
    return dict(census["facetDistribution"].get("city", {}))


def stretches(query: SearchQuery, index: str, today: date, counted: dict[str, int]) -> list[Body]:
    """The queries whose hits, one after the other, are the page."""
    first, last = (query.page - 1) * query.per_page, query.page * query.per_page
    before, bodies = 0, []
    for _km, group in groupby(query.near_towns, key=lambda pair: pair[1]):
        towns = [town for town, _km in group if town in counted]
        people = sum(counted[town] for town in towns)
        start, end = max(first - before, 0), min(last - before, people)
        before += people
        if start < end:
            body = _of_towns(query, index, today, towns)
            bodies.append(body | {"offset": start, "limit": end - start})
        if before >= last:
            break
    return bodies


def _of_towns(query: SearchQuery, index: str, today: date, towns: list[str]) -> Body:
    whole = hits_query(query, index, today, facets=False, towns=towns)
    return {name: whole[name] for name in whole if name not in {"page", "hitsPerPage"}}
