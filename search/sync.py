"""Owns writing to the index: settings, documents, rebuilds, keys; never reads a search.

Uses the official `meilisearch` package, which is synchronous: every call runs in a thread.
While a rebuild is under way its index exists beside the live one and every write goes to both,
first to the new one: whichever side of the swap a write falls on, the live index ends up with it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

from meilisearch import Client
from meilisearch.errors import (
    MeilisearchApiError,
    MeilisearchCommunicationError,
    MeilisearchTimeoutError,
)

from search import coverage, index_settings
from search.errors import SearchRefused, SearchUnavailable
from search.schema import AssistantDocument, to_index

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
    from datetime import date

    from meilisearch.index import Index

P = ParamSpec("P")
R = TypeVar("R")

REQUEST_SECONDS: Final = 20
TASK_MS: Final = 600_000
SETTLE_MS: Final = 4_000
ONE_BY_ONE: Final = 20
ABANDONED_AFTER: Final = timedelta(hours=12)
BUILD: Final = "_build_"
GONE: Final = "index_not_found"
_BUSY_STATUS: Final = frozenset({408, 429, 500, 502, 503, 504, 507})


@dataclass(frozen=True, slots=True)
class Drift:
    """What changed in the source while a batch was on its way: documents to write, ids to drop."""

    changed: list[AssistantDocument]
    gone: list[str]


class Administration:
    """The writing side of one index. `url` and `key` as the server was started with."""

    def __init__(self, url: str, key: str, index: str = "assistants") -> None:
        self.index = index
        self._client = Client(url, key or None, timeout=REQUEST_SECONDS)

    async def ensure(self) -> bool:
        """Create the index and apply the settings if they changed; True when anything was done."""
        return await _in_thread(self._ensure)

    async def upsert(
        self, documents: Sequence[AssistantDocument], today: date, *, wait: bool = False
    ) -> None:
        """Write documents, to a running rebuild as well; `wait` a little until they are found."""
        if documents:
            monday = coverage.reference_week(today)
            rows = [to_index(document, monday) for document in documents]
            await _in_thread(self._write, rows, wait=wait)

    async def delete(self, ids: Sequence[str], *, wait: bool = False) -> None:
        """Forget documents, in a running rebuild as well. Unknown ids are fine."""
        if ids:
            await _in_thread(self._delete, list(ids), wait=wait)

    async def rebuild(
        self,
        batches: AsyncIterator[list[AssistantDocument]],
        today: date,
        *,
        drift: Callable[[list[AssistantDocument]], Awaitable[Drift]],
        progress: Callable[[int], None] = lambda _: None,
    ) -> int:
        """Build a new index beside the live one and swap; the number of documents written.

        `drift` is asked after each batch was sent, and once more before the swap, what changed
        in the source since the batch was read. `progress` hears the running total.
        """
        stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S%f")
        build = f"{self.index}{BUILD}{stamp}"
        monday = coverage.reference_week(today)
        await _in_thread(self._start_build, build)
        total = 0
        try:
            async for batch in batches:
                await _in_thread(self._send, build, [to_index(one, monday) for one in batch])
                await self._mend(build, await drift(batch), monday)
                total += len(batch)
                progress(total)
            await _in_thread(self._swap, build)
        except BaseException:
            await asyncio.shield(_in_thread(self._drop, build))
            raise
        return total

    async def _mend(self, build: str, drift: Drift, monday: date) -> None:
        if drift.changed:
            await _in_thread(self._send, build, [to_index(one, monday) for one in drift.changed])
        if drift.gone:
            await _in_thread(self._forget, build, drift.gone)

    async def versions(self) -> dict[str, tuple[int, str, int]]:
        """Id -> version, time zone and clock stamp of every document: what reconciling compares."""
        return await _in_thread(self._versions)

    async def search_key(self) -> str:
        """A key that can only search our indexes, made on first use; for the web processes."""
        return await _in_thread(self._search_key)

    async def drop(self) -> None:
        """Remove the index and what belongs to it: for tests and for leaving."""
        await _in_thread(self._drop_all)

    # Below: synchronous, in a thread.

    def _ensure(self) -> bool:
        wanted = index_settings.version()
        if self._settings_version() == wanted:
            return False
        self._create(self.index)
        self._apply(self.index)
        self._remember(wanted)
        return True

    def _settings_version(self) -> str:
        try:
            self._client.get_index(self.index)
            found: Any = self._client.index(self._meta).get_document("settings")
        except MeilisearchApiError as error:
            if error.code in {GONE, "document_not_found"}:
                return ""
            raise
        return str(found.version)

    @property
    def _meta(self) -> str:
        return f"{self.index}_meta"

    def _remember(self, version: str) -> None:
        row = {"id": "settings", "version": version}
        self._finish(self._client.index(self._meta).add_documents([row], "id").task_uid)

    def _create(self, uid: str) -> None:
        task = self._client.create_index(uid, {"primaryKey": "id"})
        self._finish(task.task_uid, forgive="index_already_exists")

    def _apply(self, uid: str) -> None:
        self._finish(self._index(uid).update_settings(index_settings.SETTINGS).task_uid)

    def _index(self, uid: str) -> Index:
        return self._client.index(uid)

    def _finish(self, uid: int, forgive: str = "", limit_ms: int = TASK_MS) -> None:
        task = self._client.wait_for_task(uid, timeout_in_ms=limit_ms, interval_in_ms=20)
        if task.status != "succeeded":
            code = (task.error or {}).get("code", "")
            if not forgive or code != forgive:
                msg = f"Meilisearch task {uid} {task.status}: {task.error}"
                raise SearchRefused(msg)

    def _builds(self) -> list[Index]:
        found = self._client.get_indexes({"limit": 1000})["results"]
        return [index for index in found if index.uid.startswith(f"{self.index}{BUILD}")]

    def _targets(self) -> list[str]:
        return [*(index.uid for index in self._builds()), self.index]

    def _write(self, rows: list[dict[str, object]], *, wait: bool) -> None:
        tasks = [self._index(uid).add_documents(rows, "id") for uid in self._targets()]
        if wait:
            self._settle([task.task_uid for task in tasks])

    def _settle(self, tasks: list[int]) -> None:
        """Wait a little for writes; a long queue (a rebuild) is no failure."""
        for uid in tasks:
            try:
                self._finish(uid, forgive=GONE, limit_ms=SETTLE_MS)
            except MeilisearchTimeoutError:
                return

    def _send(self, uid: str, rows: list[dict[str, object]]) -> None:
        if rows:
            self._index(uid).add_documents(rows, "id")

    def _delete(self, ids: list[str], *, wait: bool) -> None:
        tasks = [task for uid in self._targets() for task in self._forget(uid, ids)]
        if wait:
            self._settle(tasks)

    def _forget(self, uid: str, ids: list[str]) -> list[int]:
        if len(ids) <= ONE_BY_ONE:  # needs no setting, so it works on an index just made
            return [self._index(uid).delete_document(one).task_uid for one in ids]
        chosen = ", ".join(f'"{one}"' for one in ids)
        return [self._index(uid).delete_documents(filter=f"id IN [{chosen}]").task_uid]

    def _start_build(self, uid: str) -> None:
        for index in self._builds():
            created: Any = index.created_at
            if created is None or created < datetime.now(created.tzinfo) - ABANDONED_AFTER:
                self._drop(index.uid)
        self._create(self.index)
        self._create(uid)
        self._apply(uid)

    def _swap(self, build: str) -> None:
        task = self._client.swap_indexes([{"indexes": [self.index, build]}])
        self._finish(task.task_uid)
        self._remember(index_settings.version())
        self._drop(build)

    def _drop(self, uid: str) -> None:
        self._finish(self._client.delete_index(uid).task_uid, forgive=GONE)

    def _drop_all(self) -> None:
        for uid in (*self._targets(), self._meta):
            self._drop(uid)

    def _versions(self) -> dict[str, tuple[int, str, int]]:
        found: dict[str, tuple[int, str, int]] = {}
        while True:
            options = {
                "fields": ["id", "version", "time_zone", "clock"],
                "limit": 5000,
                "offset": len(found),
            }
            try:
                page = self._index(self.index).get_documents(options)
            except MeilisearchApiError as error:
                if error.code == GONE:
                    return {}
                raise
            rows: list[Any] = list(page.results)
            found.update({r.id: (int(r.version), r.time_zone, int(r.clock)) for r in rows})
            if not rows or len(found) >= page.total:
                return found

    def _search_key(self) -> str:
        name = f"relais search {self.index}"
        for key in self._client.get_keys({"limit": 100}).results:
            if key.name == name:
                return str(key.key)
        options = {
            "name": name,
            "description": "Search only, for the web processes of Relais",
            "actions": ["search"],
            "indexes": [f"{self.index}*"],
            "expiresAt": None,
        }
        return str(self._client.create_key(options).key)


async def _in_thread(call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a synchronous call in a thread and name its failures our way."""
    try:
        return await asyncio.to_thread(partial(call, *args, **kwargs))
    except (MeilisearchCommunicationError, MeilisearchTimeoutError) as error:
        raise SearchUnavailable(str(error)) from error
    except MeilisearchApiError as error:
        if error.status_code in _BUSY_STATUS or error.status_code is None:
            raise SearchUnavailable(str(error)) from error
        raise SearchRefused(str(error)) from error
