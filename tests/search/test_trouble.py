"""An index that is slow, overrun, broken or without a disk: told apart, in time, and over soon."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from search import client as asking
from search import limits
from search.client import SearchClient
from search.errors import SearchBusy, SearchUnavailable
from search.query import SearchQuery
from search.sync import Administration
from tests.search.corpus import TODAY, people

EVERYONE = SearchQuery()
HIT = {"hits": [], "totalHits": 0, "processingTimeMs": 1}


class Ill:
    """An HTTP server in Meilisearch's place that behaves as told."""

    def __init__(self) -> None:
        self.how = "well"
        self.asked = 0
        self.url = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0] or 0)
                body = await reader.readexactly(length)
                self.asked += 1
                if self.how == "slow":
                    await asyncio.sleep(60)
                if self.how == "cutting":
                    break
                status, content = self._said(head, body)
                writer.write(
                    f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n"
                    f"Content-Length: {len(content)}\r\n\r\n".encode()
                    + content
                )
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _said(self, head: bytes, body: bytes) -> tuple[int, bytes]:
        if self.how == "overrun":
            return 503, json.dumps({"code": "too_many_search_requests"}).encode()
        if self.how == "broken":
            return 500, b'{"code": "internal"}'
        if self.how == "full" and b"/documents" in head:
            return 400, b'{"code": "malformed_payload", "message": "trailing characters"}'
        if b"/multi-search" in head:
            asked = json.loads(body)["queries"]
            return 200, json.dumps({"results": [HIT] * len(asked)}).encode()
        if head.startswith(b"GET /tasks"):
            error = {"code": "no_space_left_on_device", "type": "system", "message": "full"}
            task = {"uid": 1, "type": "documentAdditionOrUpdate", "error": error, "details": {}}
            when = dict.fromkeys(
                ("enqueuedAt", "startedAt", "finishedAt"), "2026-11-28T12:00:00.000000Z"
            )
            return 200, json.dumps({"results": [{**task, "status": "failed", **when}]}).encode()
        if head.startswith(b"GET /indexes"):
            return 200, b'{"results": [], "offset": 0, "limit": 1000, "total": 0}'
        task = {"taskUid": 1, "indexUid": "x", "status": "enqueued", "type": "x"}
        return 202, json.dumps({**task, "enqueuedAt": "2026-11-28T12:00:00.000000Z"}).encode()


@pytest.fixture
async def ill() -> AsyncIterator[Ill]:
    """The server."""
    server = Ill()
    async with await asyncio.start_server(server.answer, "127.0.0.1", 0) as listening:
        server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        yield server
        listening.close()


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long this machine takes to answer well says nothing of ours."""
    for limit in ("FIND_SECONDS", "NEARBY_SECONDS", "CONNECT_SECONDS"):
        monkeypatch.setattr(asking, limit, 30)


@asynccontextmanager
async def opened(ill: Ill) -> AsyncIterator[SearchClient]:
    client = SearchClient(ill.url, "key", "assistants")
    await client.open()
    try:
        yield client
    finally:
        await client.close()


@pytest.mark.parametrize("how", ["slow", "broken", "cutting"])
async def test_an_ill_index_is_asked_a_few_times_then_seldom_and_comes_back(
    ill: Ill, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(ill) as client:
        await client.find(EVERYONE, TODAY)
        ill.how, before = how, ill.asked
        with monkeypatch.context() as meanwhile:
            if how == "slow":
                meanwhile.setattr(asking, "FIND_SECONDS", 0.2)
            meanwhile.setattr(limits, "PROBE_AFTER_SECONDS", 3_600)  # these twenty may take a while
            for _ in range(20):
                with pytest.raises(SearchUnavailable):
                    await client.find(EVERYONE, TODAY)
        assert client.breaker.open
        assert ill.asked - before <= 2 * limits.FAILURES_TO_OPEN  # one repeats what was cut off
        ill.how = "well"
        await asyncio.sleep(limits.PROBE_AFTER_SECONDS)
        await client.find(EVERYONE, TODAY)
        assert not client.breaker.open


async def test_more_searches_than_can_be_answered_soon_are_turned_away_at_once(
    ill: Ill, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"AT_ONCE": 2, "WAITING_MAX": 3, "WAIT_SECONDS": 0.1}.items():
        monkeypatch.setattr(limits, name, value)
    ill.how = "slow"
    async with opened(ill) as client:
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(asking, "FIND_SECONDS", 1.5)
            asked = [asyncio.create_task(client.find(EVERYONE, TODAY)) for _ in range(10)]
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            ended = [one for one in asked if one.done()]
            # Two run, three wait.
            assert [type(one.exception()) for one in ended] == [SearchBusy] * 5
            await asyncio.gather(*asked, return_exceptions=True)
        outcomes = [type(one.exception()) for one in asked]
        assert outcomes.count(SearchBusy) == 8
        assert outcomes.count(SearchUnavailable) == 2
        ill.how = "well"
        await client.find(EVERYONE, TODAY)


async def test_an_overrun_index_is_busy_rather_than_away(ill: Ill) -> None:
    ill.how = "overrun"
    async with opened(ill) as client:
        for _ in range(5):
            with pytest.raises(SearchBusy):
                await client.find(EVERYONE, TODAY)
        assert not client.breaker.open


async def test_a_full_disk_passes_so_that_jobs_wait_instead_of_failing(ill: Ill) -> None:
    admin = Administration(ill.url, "key")
    with pytest.raises(SearchUnavailable, match="no_space_left_on_device"):
        await admin.upsert(people()[:1], TODAY, wait=True)
    ill.how = "full"  # as seen with Meilisearch 1.21 on a full disk
    with pytest.raises(SearchUnavailable):
        await admin.upsert(people()[:1], TODAY)
