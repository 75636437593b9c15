"""Owns how Meilisearch's answer to a search is read; pure, never asks.

Each facet's counts stand in one of the results: its own query's, or that of the hits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from search import explain, ranking
from search.conditions import FIELDS
from search.geo import distance_km
from search.index_settings import MAX_HITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.nearby import Near
    from search.query import SearchQuery


Body = dict[str, Any]
Facets = dict[str, dict[str, int]]
EVERYONE: Final = "payable"
"""A field every document has exactly one value of: its counts add up to the whole result."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found. `facets`: facet -> value -> count. `took_ms` is Meilisearch's own time."""

    total: int
    page: int
    pages: int
    hits: list[Body] = field(default_factory=list)
    facets: Facets = field(default_factory=dict)
    took_ms: int = 0
    capped: bool = False
    rotation: ranking.Rotation | None = None
    turns: list[Body] = field(default_factory=list)
    nearby: list[Near] = field(default_factory=list)


def counted(query: SearchQuery) -> list[str]:
    """The facets a search counts, in the order they are shown; towns only when asked for.

    There are thousands of towns: counting them takes a quarter of a search, and no page shows them.
    """
    return [name for name in FIELDS if query.facets and (name != "city" or query.towns)]


def read(
    query: SearchQuery,
    results: Sequence[Body],
    known: Facets | None = None,
) -> Answer:
    """The answer to `hits_query` followed by the counting queries.

    `known` are the counts where they were not asked for.
    """
    first = results[0]
    told = _told(first)
    facets = known or counts(query, results)
    return Answer(
        # Meilisearch stops counting at MAX_HITS, its facets do not.
        total=max(told, sum(facets.get(EVERYONE, {}).values())),
        page=query.page,
        pages=-(-min(told, MAX_HITS) // query.per_page),
        hits=[_hit(hit, query) for hit in first["hits"]],
        facets=facets,
        took_ms=sum(int(result.get("processingTimeMs", 0)) for result in results),
        capped=told >= MAX_HITS,
    )


def total(result: Body) -> int:
    """How many a query found; beyond MAX_HITS only if it was `counting_all`."""
    counted: dict[str, int] = result.get("facetDistribution", {}).get(EVERYONE, {})
    return max(_told(result), sum(counted.values()))


def _told(result: Body) -> int:
    return int(result.get("totalHits") or result.get("estimatedTotalHits") or 0)


def _hit(hit: Body, query: SearchQuery) -> Body:
    away = placed(hit, query)
    if query.explain:
        if away is not None and query.sort == "distance":
            hit["_by_distance"] = away
        hit["explain"] = explain.explanation(hit)
        hit.pop("_by_distance", None)
    hit.pop("_rankingScore", None)
    hit.pop("_rankingScoreDetails", None)
    return hit


def placed(hit: Body, query: SearchQuery) -> float | None:
    """Note how far someone is from the place asked for, if any; in kilometres."""
    if query.near_point is None or hit["lat"] is None:
        return None
    away = distance_km(query.near_point, (hit["lat"], hit["lng"]))
    hit["distance_km"] = round(away, 1)
    return away


def counts(query: SearchQuery, results: Sequence[Body]) -> Facets:
    """Facet -> value -> count from the results that count: each facet stands in one of them."""
    found: Facets = {}
    for one in results:
        found |= one.get("facetDistribution") or {}
    return {name: found.get(FIELDS[name], {}) for name in counted(query)} if found else {}
