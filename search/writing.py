"""Owns sending documents to Meilisearch, pooled and asynchronous; never sets anything up.

What changes all day goes this way; search.server does the rest. Nothing is waited for unless
asked: Meilisearch works off its tasks in the order they came, each for good once it is accepted.
"""

from __future__ import annotations

import asyncio
import io
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import orjson

from search.errors import GONE, SearchError, SearchUnavailable, refusal
from search.server import BUILD, REQUEST_SECONDS, task_trouble

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from search.server import Row

ACCEPTED: Final = 300
POLL_FIRST: Final = 0.02
POLL_MOST: Final = 0.25
INDEXES_MAX: Final = 1000
GOING: Final = frozenset({"enqueued", "processing"})


class Writer:
    """Writing to one index, and to its running rebuilds."""

    def __init__(self, url: str, key: str, index: str) -> None:
        self.index = index
        self._url = url.rstrip("/")
        self._headers = {"Content-Type": "application/json"}
        self._headers |= {"Authorization": f"Bearer {key}"} if key else {}

    async def write(self, rows: Sequence[Row], gone: Sequence[str]) -> list[int]:
        """Forget and write documents, in running rebuilds first; the tasks.

        Raises IndexMissing before anything is written.
        """
        content, ids = orjson.dumps(rows), orjson.dumps(gone)
        tasks = []
        async with self._opened() as ask:
            for uid in await self._targets(ask):
                if gone:
                    answer = await ask("POST", f"/indexes/{uid}/documents/delete-batch", ids)
                    tasks.append(int(answer["taskUid"]))
                if rows:
                    answer = await ask("POST", f"/indexes/{uid}/documents?primaryKey=id", content)
                    tasks.append(int(answer["taskUid"]))
        return tasks

    async def settled(self, tasks: Sequence[int], seconds: float) -> bool:
        """Wait until searches know of all these tasks; False when that takes longer.

        Raises what became of a task that failed.
        """
        found = await self.ended(tasks, seconds, every=True)
        for trouble in found.values():
            if trouble:
                raise trouble
        return len(found) == len(tasks)

    async def ended(
        self, tasks: Sequence[int], seconds: float, *, every: bool = False
    ) -> dict[int, SearchError | None]:
        """What became of these tasks, as soon as one has ended, or `every` one; None when well.

        Those that take longer are missing. One for a rebuild that has ended is fine.
        """
        limit, pause = time.monotonic() + seconds, POLL_FIRST
        found: dict[int, SearchError | None] = {}
        async with self._opened() as ask:
            while waiting := [task for task in tasks if task not in found]:
                if (found and not every) or time.monotonic() >= limit:
                    break
                await asyncio.sleep(pause)
                pause = min(pause * 1.5, POLL_MOST)
                uids = ",".join(map(str, waiting))
                answer = await ask("GET", f"/tasks?uids={uids}&limit={len(waiting)}")
                told = {int(task["uid"]): task for task in answer["results"]}
                for uid in waiting:  # one that it has forgotten ended long ago
                    task = told.get(uid, {"status": "succeeded"})
                    if task["status"] not in GOING:
                        found[uid] = task_trouble(task, forgive=GONE)
        return found

    async def _targets(self, ask: Any) -> list[str]:
        found = (await ask("GET", f"/indexes?limit={INDEXES_MAX}"))["results"]
        there = [one["uid"] for one in found]
        if self.index not in there:  # or beyond those listed
            await ask("GET", f"/indexes/{self.index}")
        return [*(uid for uid in there if uid.startswith(f"{self.index}{BUILD}")), self.index]

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[Any]:
        """How to ask Meilisearch, over one connection. Raises SearchUnavailable, SearchRefused."""
        limit = aiohttp.ClientTimeout(total=REQUEST_SECONDS)
        async with aiohttp.ClientSession(headers=self._headers, timeout=limit) as session:

            async def ask(method: str, path: str, content: bytes | None = None) -> Any:
                try:
                    data = io.BytesIO(content) if content else None
                    async with session.request(method, self._url + path, data=data) as answer:
                        status, said = answer.status, await answer.read()
                except (aiohttp.ClientError, TimeoutError, OSError) as error:
                    raise SearchUnavailable(str(error) or type(error).__name__) from error
                if status >= ACCEPTED:
                    raise refusal(status, said)
                return orjson.loads(said)

            yield ask
