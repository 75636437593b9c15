"""Owns finding people: Meilisearch first, the plain listing while it is away; never writes."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from marketplace.core import clock
from marketplace.core.errors import Unavailable
from marketplace.core.i18n import _
from marketplace.directory.queries import listing
from marketplace.directory.rules import (
    FALLBACK_CANNOT,
    FALLBACK_SECONDS,
    LISTINGS_AT_ONCE,
    MANY,
)
from search import answers, plan
from search.errors import SearchBusy, SearchError, SearchRefused, SearchUnavailable
from search.index_settings import SHOWN_IN, shown
from search.query import dropped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.answers import Answer
    from search.client import SearchClient
    from search.query import SearchQuery

log = logging.getLogger("relais.directory")
_client: list[SearchClient] = []
_listings = asyncio.Semaphore(LISTINGS_AT_ONCE)
_listed = [0]
WITHOUT_MAX = 10


class DirectoryAway(Unavailable):
    """Neither the index nor the database answered in time."""

    message = _("The directory is away for a moment. Nothing was lost; please try again.")


class DirectoryBusy(Unavailable):
    """More people search at this moment than can be answered soon."""

    message = _("Many people are searching at this moment. Please try again in a few seconds.")


@dataclass(frozen=True, slots=True)
class Found:
    """An answer. `plain` while the index is away or empty; `left_out` was not applied then."""

    query: SearchQuery
    answer: Answer
    plain: bool = False
    left_out: tuple[str, ...] = ()


def connect(client: SearchClient | None) -> None:
    """Set the process's search client; None when there is none (any more)."""
    _client[:] = [client] if client else []


def connected() -> SearchClient | None:
    """The process's search client, if search is configured."""
    return _client[0] if _client else None


def many() -> bool:
    """Whether so many profiles are listed that results should not wait for counts."""
    return _listed[0] >= MANY


def counted(query: SearchQuery) -> bool:
    """Whether the counts of a search are at hand."""
    client = connected()
    return bool(client and client.counts.about(query, clock.today("UTC")).known)


async def without_each(query: SearchQuery) -> list[tuple[str, str, int]]:
    """(name, value, how many) for each filter if it alone were dropped, the best to drop first.

    Empty while Meilisearch is away.
    """
    client, given = connected(), query.filters[:WITHOUT_MAX]
    if client is None or not given:
        return []
    looser = [replace(dropped(query, *pair), facets=False, per_page=1) for pair in given]
    # Both bounds of a rate said in the same words go together.
    given = [pair for n, pair in enumerate(given) if looser[n] not in looser[:n]]
    looser = [one for n, one in enumerate(looser) if one not in looser[:n]]
    today = clock.today("UTC")
    try:
        bodies = [plan.counting_all(plan.hits_query(q, client.index, today)) for q in looser]
        found = [answers.total(one) for one in await client.ask(bodies)]
    except SearchError:
        return []
    counted = [(*pair, n) for pair, n in zip(given, found, strict=True)]
    return sorted((row for row in counted if row[2]), key=lambda row: -row[2])


async def among(query: SearchQuery, ids: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """Those of some people who match every word and filter of a search, the best first.

    Without `ids` of all, MAX_HITS at most.

    Raises SearchUnavailable: the plain listing does not know every filter.
    """
    client = connected()
    if client is None:
        msg = "search is not configured"
        raise SearchUnavailable(msg)
    body = plan.among_query(query, client.index, clock.today("UTC"), ids)
    hits: list[dict[str, Any]] = (await client.ask([body]))[0]["hits"]
    return hits


async def matching(query: SearchQuery) -> int:
    """How many `among` may tell of: those who match every word and filter.

    Raises SearchUnavailable, SearchRefused: the plain listing does not know every filter.
    """
    client = connected()
    if client is None:
        msg = "search is not configured"
        raise SearchUnavailable(msg)
    body = plan.among_query(query, client.index, clock.today("UTC"))
    return answers.total((await client.ask([plan.counting_all({**body, "limit": 0})]))[0])


async def find(query: SearchQuery, locale: str = SHOWN_IN[0], *, near: bool = True) -> Found:
    """The people a search finds, shown in a language; where few, who is `near` follows.

    From the plain listing while the index is away, or has nobody yet though somebody is published.

    Raises DirectoryBusy when too many search at once, DirectoryAway when nothing answers in time.
    """
    query = replace(query, locale=locale)
    client = connected()
    if client:
        try:
            answer = await client.find(query, clock.today("UTC"), near=near)
            empty = not answer.total and not await _filled(client)
        except SearchBusy as busy:  # the database would be slower still
            raise DirectoryBusy from busy
        except SearchUnavailable as away:
            log.warning("search is away, listing from the database: %s", away)
        except SearchRefused:
            log.exception("Meilisearch refused a search, listing from the database")
        else:
            if answer.facets and not query.filters:
                _listed[0] = answer.total
            await _told(answer, shown(locale))
            if not (empty and await listing.anybody()):
                return Found(query, answer)
    try:
        async with asyncio.timeout(FALLBACK_SECONDS), _listings:
            answer = await listing.find(query)
    except TimeoutError as late:
        raise DirectoryAway from late
    return Found(query, answer, plain=True, left_out=_left_out(query))


def _left_out(query: SearchQuery) -> tuple[str, ...]:
    """What of a search the plain listing did not apply."""
    given = {name for name, _value in query.filters} - {"q"}
    given |= {"sort"} if query.sort not in listing.ORDER else set()
    given |= {"explain"} if query.explain else set()
    given |= {"q"} if listing.passed_over(query.wish) else set()
    return tuple(name for name in FALLBACK_CANNOT if name in given)


async def counts(query: SearchQuery) -> dict[str, dict[str, int]]:
    """How many of a search have each value of each facet, for decoration.

    Empty while the index is away or many people search: nobody waits for it, and nothing is listed.
    """
    client = connected()
    if client is None:
        return {}
    try:
        answer = await client.find(query, clock.today("UTC"), near=False)
    except SearchError:
        return {}
    return answer.facets


async def _filled(client: SearchClient) -> bool:
    """Whether anybody is in the index yet: while it is filled for the first time, nobody is."""
    everybody = {"indexUid": client.index, "q": "", "limit": 0}
    return answers.total((await client.ask([everybody]))[0]) > 0


async def _told(answer: Answer, field: str) -> None:
    """Have the database tell of people whose documents are of an older form.

    Reconciling writes them anew after an update (search.schema.SHAPE); nobody waits for it.
    """
    lists = [answer.hits, answer.turns, *(one.hits for one in answer.nearby)]
    bare = [row for rows in lists for row in rows if field not in row]
    if not bare:
        return
    now = {row["id"]: row for row in await listing.raws([UUID(row["id"]) for row in bare])}
    for row in bare:
        row |= {**now.get(row["id"], {}), **row}
    for rows in lists:
        rows[:] = [row for row in rows if field in row]  # without those who left since
