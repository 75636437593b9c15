"""Owns asking Meilisearch: one pooled session, a time limit, a breaker; never writes to it.

The breaker opens after a few failures in a row and lets one question through now and then; the
first that is answered closes it. Callers get SearchUnavailable at once meanwhile and show what
PostgreSQL knows.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import orjson

from search import plan, ranking
from search.errors import SearchRefused, SearchUnavailable
from search.geo import distance_km
from search.index_settings import MAX_HITS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import date

    from search.plan import Answer, Body
    from search.query import SearchQuery

TIMEOUT_SECONDS: Final = 2.0
CONNECT_SECONDS: Final = 0.5
CONNECTIONS: Final = 64
FAILURES_TO_OPEN: Final = 3
PROBE_AFTER_SECONDS: Final = 1.0
_UNAUTHORISED: Final = frozenset({401, 403})
_BUSY: Final = 500
_TOO_MANY: Final = 429
_MISSING_INDEX: Final = "index_not_found"


class Breaker:
    """Counts failures in a row. Closed: ask. Open: ask once per probe interval only."""

    def __init__(self) -> None:
        self._failures = 0
        self._probed_at = 0.0

    @property
    def open(self) -> bool:
        """Whether questions are being turned away."""
        return self._failures >= FAILURES_TO_OPEN

    def may_ask(self) -> bool:
        """Whether this question may go out now."""
        if not self.open:
            return True
        now = time.monotonic()
        if now - self._probed_at < PROBE_AFTER_SECONDS:
            return False
        self._probed_at = now
        return True

    def failed(self) -> None:
        """Note a question without an answer."""
        self._failures += 1
        self._probed_at = time.monotonic()

    def answered(self) -> None:
        """Note an answer."""
        self._failures = 0


class SearchClient:
    """Searching one index. `key` is asked for when first needed and again when refused."""

    def __init__(self, url: str, key: Callable[[], Awaitable[str]], index: str) -> None:
        self.index = index
        self.breaker = Breaker()
        self._url = url.rstrip("/")
        self._obtain_key = key
        self._key: str | None = None
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Open the pool; call once in the process's lifespan."""
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=60),
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS, connect=CONNECT_SECONDS),
            # Compressed answers cost more than they save on one machine.
            headers={"Accept-Encoding": "identity", "Content-Type": "application/json"},
        )

    async def close(self) -> None:
        """Close the pool."""
        if self._session:
            await self._session.close()
            self._session = None

    async def find(self, query: SearchQuery, today: date) -> Answer:
        """The answer to a search. Raises SearchUnavailable within the time limit."""
        if query.near_point:
            return await self._find_near(query, today)
        counting = plan.counting_queries(query, self.index, today)
        bodies = [plan.hits_query(query, self.index, today), *(body for _, body in counting)]
        names = [name for name, _ in counting]
        turns = plan.newcomers_query(query, self.index, today)
        results = await self.ask([*bodies, *([turns] if turns else [])])
        answer = plan.read(query, results[: len(bodies)], names)
        if turns and answer.total > query.per_page:
            return await self._with_turns(query, answer, results[-1], today)
        if not answer.total and len(bodies[0]["q"].split()) > 1 and plan.ranked(query):
            answer = plan.read(query, await self.ask(plan.relaxed(bodies)), names)
        return answer

    async def _with_turns(
        self, query: SearchQuery, answer: Answer, newcomers: Body, today: date
    ) -> Answer:
        matching = [hit["id"] for hit in newcomers["hits"]]
        shown = [hit["id"] for hit in answer.hits]
        rotation = ranking.rotation(matching, shown, today)
        if not rotation.placed:
            return replace(answer, rotation=rotation)
        body = plan.page_query(query, self.index, rotation.placed)
        found = {hit["id"]: hit for hit in (await self.ask([body]))[0]["hits"]}
        turns = [found[one] for one in rotation.placed if one in found]
        return replace(answer, rotation=rotation, turns=turns)

    async def _find_near(self, query: SearchQuery, today: date) -> Answer:
        """Box first, exact distance on our side: right up to MAX_HITS people inside the box."""
        centre = query.near_point
        assert centre  # checked by find
        first = (await self.ask([plan.candidates_query(query, self.index, today)]))[0]
        away = {
            hit["id"]: distance_km(centre, (hit["lat"], hit["lng"]))
            for hit in first["hits"]
            if hit.get("lat") is not None
        }
        ranked = [hit for hit in first["hits"] if away.get(hit["id"], 1e9) <= query.within_km]
        if query.sort == "distance":
            ranked.sort(key=lambda hit: away[hit["id"]])
        capped = len(first["hits"]) >= MAX_HITS
        start = (query.page - 1) * query.per_page
        shown = {hit["id"]: hit for hit in ranked[start : start + query.per_page]}
        inside = "" if capped else plan.only([hit["id"] for hit in ranked])
        counting = plan.counting_queries(query, self.index, today)
        bodies = [plan.page_query(query, self.index, list(shown))]
        if query.facets:
            bodies.append(plan.facets_query(query, self.index, today, inside))
        answers = await self.ask([*bodies, *(body for _, body in counting)])
        documents = {hit["id"]: hit for hit in answers[0]["hits"]}
        hits = [
            {
                **shown[id_],
                **documents[id_],
                "distance_km": round(away[id_], 1),
                "_by_distance": away[id_],
            }
            for id_ in shown
            if id_ in documents
        ]
        total = len(ranked)
        page = {"hits": hits, "totalHits": total}
        if query.facets:
            page["facetDistribution"] = answers[1]["facetDistribution"]
        answer = plan.read(query, [page, *answers[len(bodies) :]], [name for name, _ in counting])
        took = int(first["processingTimeMs"]) + sum(int(a["processingTimeMs"]) for a in answers)
        return replace(answer, took_ms=took, capped=capped)

    async def names(self, text: str, limit: int) -> list[Body]:
        """People whose name or headline starts like `text`: for suggestions."""
        body = {
            "indexUid": self.index,
            "q": text,
            "attributesToSearchOn": ["n_name"],
            "attributesToRetrieve": ["id", "slug", "name", "headline_fr", "headline_en"],
            "matchingStrategy": "all",
            "limit": limit,
        }
        found: list[Body] = (await self.ask([body]))[0]["hits"]
        return found

    async def ask(self, queries: Sequence[Body]) -> list[Body]:
        """Send queries as one multi-search. Raises SearchUnavailable or SearchRefused."""
        if not self._session or not self.breaker.may_ask():
            msg = "the search index is away"
            raise SearchUnavailable(msg)
        payload = orjson.dumps({"queries": queries})
        try:
            status, content = await self._post(payload)
            if status in _UNAUTHORISED:
                self._key = None
                status, content = await self._post(payload)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self.breaker.failed()
            raise SearchUnavailable(str(error) or type(error).__name__) from error
        except SearchUnavailable:
            self.breaker.failed()
            raise
        if status >= _BUSY or status in {_TOO_MANY, *_UNAUTHORISED}:
            self.breaker.failed()
            raise SearchUnavailable(content[:200].decode(errors="replace"))
        answer: Any = orjson.loads(content)
        if "results" not in answer:
            if answer.get("code") == _MISSING_INDEX:
                raise SearchUnavailable(answer["message"])
            raise SearchRefused(answer.get("message", "refused"))
        self.breaker.answered()
        results: list[Body] = answer["results"]
        return results

    async def _post(self, payload: bytes) -> tuple[int, bytes]:
        assert self._session  # ask checked
        if self._key is None:
            self._key = await asyncio.wait_for(self._obtain_key(), TIMEOUT_SECONDS)
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        url = f"{self._url}/multi-search"
        async with self._session.post(url, data=payload, headers=headers) as response:
            return response.status, await response.read()
