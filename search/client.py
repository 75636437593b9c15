"""Owns asking Meilisearch: one pooled session, time limits, a breaker, a bound; never writes to it.

Callers get SearchUnavailable at once while the breaker is open (search.limits) and show what
PostgreSQL knows. When more ask than can be answered soon, the last are told so (SearchBusy).
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import aiohttp
import orjson

from search import answers, nearby, nearest, plan, ranking
from search.counts import Counts
from search.errors import (
    GONE,
    SearchBusy,
    SearchError,
    SearchRefused,
    SearchUnavailable,
    refusal,
)
from search.index_settings import MAX_FACET_VALUES, shown
from search.limits import AT_ONCE, Breaker, Turns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from search.answers import Answer, Body
    from search.query import SearchQuery

FIND_SECONDS: Final = 1.5
"""The questions of one search together; each query is cut off by the index after 0.5."""
NEARBY_SECONDS: Final = 0.7
"""For what is asked after the answer is there: who is near, and more newcomers."""
CONNECT_SECONDS: Final = 0.5
_UNAUTHORISED: Final = frozenset({401, 403})
_OK: Final = 200
_FULL_QUEUE: Final = "too_many_search_requests"


class SearchClient:
    """Searching one index with a key that can do no more (search.keys)."""

    def __init__(self, url: str, key: str, index: str) -> None:
        self.index = index
        self.breaker = Breaker()
        self.turns = Turns()
        self.counts = Counts()
        self._url = url.rstrip("/")
        self._key = key
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Open the pool; call once in the process's lifespan."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=AT_ONCE, keepalive_timeout=60),
            timeout=aiohttp.ClientTimeout(total=FIND_SECONDS, connect=CONNECT_SECONDS),
            headers={
                # Compressed answers cost more than they save on one machine.
                "Accept-Encoding": "identity",
                "Content-Type": "application/json",
                **({"Authorization": f"Bearer {self._key}"} if self._key else {}),
            },
        )

    async def close(self) -> None:
        """Close the pool."""
        if self._session:
            await self._session.close()
            self._session = None

    async def find(self, query: SearchQuery, today: date, *, near: bool = True) -> Answer:
        """The answer to a search; where few were found, who is `near` follows.

        Raises SearchUnavailable or SearchBusy within the time limits.
        """
        async with self.turns.taken():
            try:
                async with asyncio.timeout(FIND_SECONDS):
                    by_place = query.sort == "distance"
                    find = self._find_nearest if by_place else self._find
                    answer, first = await find(query, today)
            except TimeoutError as late:
                self.breaker.failed()
                raise SearchUnavailable("the search index is slow") from late
            if first and answer.total > query.per_page:
                answer = await self._with_turns(query, answer, first, today)
            return await self._followed(query, answer, today) if near else answer

    async def _find(self, query: SearchQuery, today: date) -> tuple[Answer, Body | None]:
        """The answer, and what was found of newcomers where there are turns."""
        asked = self.counts.about(query, today)
        bodies, names = plan.opening(query, self.index, today, facets=asked.known is None)
        results = await self.ask(bodies)
        turns = results[-1] if len(results) > len(names) + 1 else None
        answer = answers.read(query, results[: len(names) + 1], known=asked.known)
        hits = bodies[: len(names) + 1]
        if not results[0]["totalHits"] and (relaxed := plan.relaxed(query, hits)):
            answer = answers.read(query, await self.ask(relaxed), known=asked.known)
        asked.keep(answer.facets)
        return answer, turns

    async def _followed(self, query: SearchQuery, answer: Answer, today: date) -> Answer:
        """The answer and, where few were found, who is near what was asked for.

        What was found is not given up because its neighbours could not be asked for in time.
        """
        if not nearby.wanted(query, answer):
            return answer
        shown = [hit["id"] for hit in answer.hits]
        asked = nearby.bodies(query, self.index, today, shown)
        try:
            async with asyncio.timeout(NEARBY_SECONDS):
                results = await self.ask([body for _wish, body in asked]) if asked else []
        except (SearchError, TimeoutError):
            return answer
        return replace(answer, nearby=nearby.read(query, asked, results))

    async def _with_turns(
        self, query: SearchQuery, answer: Answer, first: Body, today: date
    ) -> Answer:
        """The answer with newcomers who are not on its page anyway.

        What was found is not given up because no more newcomers could be asked for in time.
        """
        shown = {hit["id"] for hit in answer.hits}
        turns = [hit for hit in first["hits"] if hit["id"] not in shown]
        candidates: list[Body] = []
        enough = len(turns) >= ranking.QUOTA or len(first["hits"]) < first["limit"]
        if query.explain or not enough:
            body = plan.newcomers_query(query, self.index, today, beside=sorted(shown))
            assert body  # there are turns
            with suppress(SearchError, TimeoutError):
                async with asyncio.timeout(NEARBY_SECONDS):
                    asked = [body, *([plan.listed(body)] if query.explain else [])]
                    results = await self.ask(asked)
                turns = results[0]["hits"]
                candidates = results[-1]["hits"] if query.explain else []
        turns = turns[: ranking.QUOTA]
        for hit in turns:
            answers.placed(hit, query)
        rotation = ranking.Rotation(
            today,
            ranking.seed_of(today),
            tuple(hit["id"] for hit in turns),
            tuple(hit["id"] for hit in candidates),
        )
        return replace(answer, rotation=rotation, turns=turns)

    async def _find_nearest(self, query: SearchQuery, today: date) -> tuple[Answer, None]:
        """Nearest first: people of the place itself, or of the towns around it in turn."""
        asked = self.counts.about(query, today)
        bodies, _names = plan.opening(query, self.index, today, facets=asked.known is None)
        bodies[0] |= {"hitsPerPage": 0}
        bodies.append(nearest.centre(query, self.index, today))
        results = await self.ask(bodies)
        if not results[0]["totalHits"] and (looser := plan.relaxed(query, bodies)):
            bodies, results = looser, await self.ask(looser)
        words = {name: bodies[0][name] for name in ("q", "matchingStrategy")}
        *opened, centre = results
        wanted = min(query.page * query.per_page, opened[0]["totalHits"])
        found = [centre]
        if centre["totalHits"] < wanted:
            found = await self._around(query, today, words, wanted)
        opened[0]["hits"] = [hit for one in found for hit in one["hits"]]
        answer = answers.read(query, opened, known=asked.known)
        asked.keep(answer.facets)
        took = sum(int(one["processingTimeMs"]) for one in found)
        return replace(answer, took_ms=answer.took_ms + took), None

    async def _around(
        self, query: SearchQuery, today: date, words: Body, wanted: int
    ) -> list[Body]:
        """The people of the towns whose turn a page is, town by town, among the first `wanted`."""
        towns, start = len(query.near_towns), nearest.CLOSE_BY
        close = nearest.census(query, self.index, today, 0, start)
        counted = nearest.counts((await self.ask([close | words]))[0])
        while sum(counted.values()) < wanted and start < towns:
            several = [nearest.census(query, self.index, today, start, last) for last in (0, towns)]
            some, rest = map(nearest.counts, await self.ask([one | words for one in several]))
            whole = len(rest) < MAX_FACET_VALUES
            counted |= rest if whole else some
            start = towns if whole else start + MAX_FACET_VALUES
        page = nearest.stretches(query, self.index, today, counted)
        return await self.ask([one | words for one in page]) if page else []

    async def names(self, text: str, limit: int, locale: str) -> list[Body]:
        """People whose name or headline starts like `text`: for suggestions."""
        body = {
            "indexUid": self.index,
            "q": text,
            "attributesToSearchOn": ["n_name"],
            "attributesToRetrieve": [shown(locale)],
            "matchingStrategy": "all",
            "limit": limit,
        }
        found: list[Body] = (await self.ask([body]))[0]["hits"]
        return found

    async def ask(self, queries: Sequence[Body]) -> list[Body]:
        """Send queries as one multi-search. Raises SearchUnavailable or SearchRefused."""
        if not self._session or not self.breaker.may_ask():
            raise SearchUnavailable("the search index is away")
        payload = orjson.dumps({"queries": queries})
        try:
            async with self._session.post(f"{self._url}/multi-search", data=payload) as response:
                status, content = response.status, await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self.breaker.failed()
            raise SearchUnavailable(str(error) or type(error).__name__) from error
        answer = _object(content)
        if status != _OK or answer is None or "results" not in answer:
            raise self._refused(status, answer, content)
        self.breaker.answered()
        results: list[Body] = answer["results"]
        return results

    def _refused(self, status: int, answer: Body | None, content: bytes) -> SearchError:
        """Why nothing was found: too many ask, it is ill or being set up, or we asked wrongly.

        What is no JSON is not Meilisearch's: something stands in its place.
        """
        code = (answer or {}).get("code")
        if code == _FULL_QUEUE:
            return SearchBusy()
        said = content[:200].decode(errors="replace")
        if code == GONE:
            return SearchUnavailable(said)
        error = refusal(status, said)
        if code and isinstance(error, SearchRefused) and status not in _UNAUTHORISED:
            return error
        self.breaker.failed()
        return SearchUnavailable(said)


def _object(content: bytes) -> Body | None:
    try:
        read = orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
    return read if isinstance(read, dict) else None
