"""Owns writing to the index: settings, documents, rebuilds; never reads a search.

While a rebuild is under way its index exists beside the live one and every write goes to both,
first to the new one: whichever side of the swap a write falls on, the live index ends up with it.
Meilisearch works off its tasks one after another, whatever their index: a rebuild therefore sends
one batch at a time, so that a change waits for one of them at most.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from meilisearch.errors import (
    MeilisearchApiError,
    MeilisearchCommunicationError,
    MeilisearchTimeoutError,
)

from search import coverage
from search.errors import IndexMissing, SearchError, SearchUnavailable, refusal
from search.schema import AssistantDocument, to_index
from search.server import TASK_SECONDS, Server, Version
from search.writing import Writer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Drift:
    """What changed in the source while a batch was on its way: documents to write, ids to drop."""

    changed: list[AssistantDocument]
    gone: list[str]


class Stage(StrEnum):
    """What a rebuild is at: what it waits for is always said."""

    OPENING = "opening"  # the new index beside the live one
    READING = "reading"  # vocabulary and documents, a batch at a time
    INDEXING = "indexing"  # Meilisearch works off what it was sent
    SWAPPING = "swapping"  # the new one in the place of the old


class Administration:
    """The writing side of one index. `url` and `key` as the server was started with."""

    def __init__(self, url: str, key: str, index: str = "assistants") -> None:
        self.index = index
        self._server = Server(url, key, index)
        self._writer = Writer(url, key, index)

    async def ensure(self) -> bool:
        """Create the index and apply the settings if they changed; True when anything was done."""
        return await _in_thread(self._server.ensure)

    async def update(
        self, documents: Sequence[AssistantDocument], gone: Sequence[str], today: date
    ) -> list[int]:
        """Forget `gone`, then write documents, in a running rebuild as well; for `settled`.

        Unknown ids are fine. Makes the index where there is none.
        """
        if not documents and not gone:
            return []
        monday = coverage.reference_week(today)
        rows = [to_index(one, monday) for one in documents]
        try:
            return await self._writer.write(rows, gone)
        except IndexMissing:
            await self.ensure()
            return await self._writer.write(rows, gone)

    async def settled(self, tasks: Sequence[int], seconds: float) -> bool:
        """Wait until searches know what `update` wrote; False when that takes longer."""
        return await self._writer.settled(tasks, seconds)

    async def ended(self, tasks: Sequence[int], seconds: float) -> dict[int, SearchError | None]:
        """What became of those that have ended, as soon as one has: its trouble, or None."""
        return await self._writer.ended(tasks, seconds)

    async def upsert(
        self, documents: Sequence[AssistantDocument], today: date, *, wait: bool = False
    ) -> None:
        """Write documents; `wait` until searches know them."""
        tasks = await self.update(documents, [], today)
        if wait:
            await self.settled(tasks, TASK_SECONDS)

    async def delete(self, ids: Sequence[str], *, wait: bool = False) -> None:
        """Forget documents; `wait` until searches do."""
        tasks = await self.update([], ids, date.min)
        if wait:
            await self.settled(tasks, TASK_SECONDS)

    async def rebuild(
        self,
        source: Callable[[str], AsyncIterator[list[AssistantDocument]]],
        today: date,
        *,
        drift: Callable[[list[AssistantDocument]], Awaitable[Drift]],
        progress: Callable[[int], None] = lambda _: None,
        stage: Callable[[Stage], None] = lambda _: None,
    ) -> int:
        """Build a new index beside the live one and swap; the number of documents it was sent.

        `source` gives the documents in the order of their ids, those beyond the id it is told
        ("" for all): a rebuild that was killed goes on where it was. `drift` is asked after each
        batch what changed since the batch was read. `progress` hears the running total, `stage`
        what comes next. Only one rebuild may run at a time.
        """
        monday = coverage.reference_week(today)
        stage(Stage.OPENING)
        build = await _in_thread(self._server.begin)
        under_way: list[int] = []
        stage(Stage.READING)
        async for batch in source(build.after):  # read while the one before is being indexed
            rows = [to_index(one, monday) for one in batch]
            await _in_thread(self._server.finish, under_way)
            under_way = await _in_thread(self._server.send, build.uid, rows)
            late = await drift(batch)
            changed = [to_index(one, monday) for one in late.changed]
            under_way += await _in_thread(self._server.send, build.uid, changed)
            under_way += await _in_thread(self._server.forget, build.uid, late.gone)
            build = replace(build, after=batch[-1].id, done=build.done + len(batch))
            await _in_thread(self._server.note, build)
            progress(build.done)
        stage(Stage.INDEXING)
        await _in_thread(self._server.finish, under_way)
        stage(Stage.SWAPPING)
        await _in_thread(self._server.swap, build)
        return build.done

    async def versions(self) -> AsyncIterator[dict[str, Version]]:
        """Every document's id and version, a page at a time: what reconciling compares."""
        seen = 0
        while page := await _in_thread(self._server.versions, offset=seen):
            yield page
            seen += len(page)

    async def versions_of(self, ids: Sequence[str]) -> dict[str, Version]:
        """The same for those of these documents that are there."""
        return await _in_thread(self._server.versions, ids=list(ids)) if ids else {}

    async def tidy(self) -> None:
        """Remove what rebuilds left that nobody will finish."""
        await _in_thread(self._server.tidy)

    async def drop(self) -> None:
        """Remove the index and what belongs to it: for tests and for leaving."""
        await _in_thread(self._server.drop)


async def _in_thread(call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a synchronous call in a thread and name its failures our way."""
    try:
        return await asyncio.to_thread(partial(call, *args, **kwargs))
    except (MeilisearchCommunicationError, MeilisearchTimeoutError) as error:
        raise SearchUnavailable(str(error)) from error
    except MeilisearchApiError as error:
        raise refusal(error.status_code, f'"{error.code}" {error}') from error
