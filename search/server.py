"""Owns setting up and rebuilding in Meilisearch, one call at a time, synchronous; decides nothing.

Uses the official `meilisearch` package; search.sync runs these in threads. Nothing is waited for
unless a name or docstring says so: Meilisearch works off its tasks in the order they were sent.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from meilisearch import Client
from meilisearch.errors import MeilisearchApiError

from search import index_settings, keys, schema
from search.errors import GONE, SearchError, SearchRefused, SearchUnavailable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from meilisearch.index import Index

Row = dict[str, object]
Version = tuple[int, str, int]
"""Version, time zone and clock stamp of a document."""

REQUEST_SECONDS: Final = 20
TASK_SECONDS: Final = 600.0
POLL_MS: Final = 40
ONE_BY_ONE: Final = 20
PAGE: Final = 5000
ABANDONED_AFTER: Final = timedelta(hours=12)
BUILD: Final = "_build_"
_NO_DOCUMENT: Final = "document_not_found"
_OURS: Final = "invalid_request"
"""The kind of error that is a bug of ours; others (a full disk, a crash) pass."""
_HAVE_KEY: Final = frozenset({"api_key_already_exists", "missing_master_key"})
"""The second: a server without a master key asks nobody for one."""


@dataclass(frozen=True, slots=True)
class Build:
    """A rebuild under way: where, in which form, and how far (`after`: the last id sent)."""

    uid: str
    settings: str
    shape: int
    after: str = ""
    done: int = 0


class Server:
    """The writing side of one index as Meilisearch has it."""

    def __init__(self, url: str, key: str, index: str) -> None:
        self.index = index
        self._client = Client(url, key or None, timeout=REQUEST_SECONDS)

    @property
    def _meta(self) -> str:
        return f"{self.index}_meta"

    def _index(self, uid: str) -> Index:
        return self._client.index(uid)

    # Setting up

    def ensure(self) -> bool:
        """Make key and index and apply the settings if they changed; waits. True when they did."""
        self._allow_searching()
        wanted = index_settings.version()
        if self._known("settings").get("version") == wanted and self._exists(self.index):
            return False
        self._create(self.index)
        self._remember(wanted)
        return True

    def _allow_searching(self) -> None:
        """Make the key that search.keys tells the web processes; once for each index."""
        options = {
            "uid": keys.key_uid(self.index),
            "name": f"relais search {self.index}",
            "description": "Search and count only, for the web processes of Relais",
            "actions": [*keys.ACTIONS],
            "indexes": [f"{self.index}*"],
            "expiresAt": None,
        }
        try:
            self._client.create_key(options)
        except MeilisearchApiError as error:
            if error.code not in _HAVE_KEY:
                raise

    def _exists(self, uid: str) -> bool:
        try:
            self._client.get_index(uid)
        except MeilisearchApiError as error:
            if error.code == GONE:
                return False
            raise
        return True

    def _create(self, uid: str) -> None:
        """Apply the settings, which makes an index that is not there: none is there without them.

        Its primary key is told with every document.
        """
        self._finish(self._index(uid).update_settings(index_settings.SETTINGS).task_uid)

    def _remember(self, version: str) -> None:
        row = {"id": "settings", "version": version}
        self._finish(self._index(self._meta).add_documents([row], "id").task_uid)

    def _known(self, what: str) -> dict[str, Any]:
        """What was noted beside the index; nothing when nothing was."""
        try:
            return dict(self._index(self._meta).get_document(what))
        except MeilisearchApiError as error:
            if error.code in {GONE, _NO_DOCUMENT}:
                return {}
            raise

    # Waiting

    def _finish(self, uid: int, forgive: str = "") -> None:
        limit_ms = int(TASK_SECONDS * 1000)
        task = self._client.wait_for_task(uid, timeout_in_ms=limit_ms, interval_in_ms=POLL_MS)
        if trouble := task_trouble(dict(task), forgive=forgive):
            raise trouble

    def finish(self, tasks: Sequence[int]) -> None:
        """Wait until tasks are done."""
        for uid in tasks:
            self._finish(uid)

    # Documents

    def send(self, uid: str, rows: list[Row]) -> list[int]:
        """Write documents to one index; the tasks."""
        return [self._index(uid).add_documents(rows, "id").task_uid] if rows else []

    def forget(self, uid: str, ids: list[str]) -> list[int]:
        """Forget documents of one index; the tasks."""
        if len(ids) <= ONE_BY_ONE:  # needs no setting, so it works on an index just made
            return [self._index(uid).delete_document(one).task_uid for one in ids]
        return [self._index(uid).delete_documents(filter=_among(ids)).task_uid]

    def versions(self, *, offset: int = 0, ids: list[str] | None = None) -> dict[str, Version]:
        """Id -> version of a page of the documents, or of those among `ids` that are there."""
        options: dict[str, Any] = {"fields": ["id", "version", "time_zone", "clock"], "limit": PAGE}
        options |= {"offset": offset} if ids is None else {"filter": _among(ids)}
        try:
            rows: list[Any] = list(self._index(self.index).get_documents(options).results)
        except MeilisearchApiError as error:
            if error.code == GONE:
                return {}
            raise
        return {row.id: (int(row.version), row.time_zone, int(row.clock)) for row in rows}

    # Rebuilds

    def _builds(self) -> list[Index]:
        found = self._client.get_indexes({"limit": 1000})["results"]
        return [index for index in found if index.uid.startswith(f"{self.index}{BUILD}")]

    def begin(self) -> Build:
        """The rebuild that was left unfinished, else a new one; waits."""
        stamp = datetime.now(UTC).strftime("%Y%m%d%H%M%S%f")
        build = Build(f"{self.index}{BUILD}{stamp}", index_settings.version(), schema.SHAPE)
        left = self._left()
        if left and (left.settings, left.shape) == (build.settings, build.shape):
            return left
        self.tidy(everything=True)
        if not self._exists(self.index):
            self._create(self.index)
        self._create(build.uid)
        self.note(build)
        return build

    def _left(self) -> Build | None:
        noted = self._known("build")
        going = {index.uid for index in self._builds() if not _abandoned(index)}
        if noted.get("uid") not in going:
            return None
        return Build(**{name: noted[name] for name in Build.__slots__})

    def note(self, build: Build) -> None:
        """Say how far a rebuild is, behind what it has sent."""
        self._index(self._meta).add_documents([{"id": "build", **asdict(build)}], "id")

    def swap(self, build: Build) -> None:
        """Put a finished rebuild in the live index's place and drop the old documents; waits."""
        # Forgotten first: after the swap this name stands for the old documents.
        self._index(self._meta).delete_document("build")
        self._finish(self._client.swap_indexes([{"indexes": [self.index, build.uid]}]).task_uid)
        self._remember(build.settings)
        self._drop(build.uid)

    def tidy(self, *, everything: bool = False) -> None:
        """Drop rebuilds that nobody will finish, or all of them."""
        for index in self._builds():
            if everything or _abandoned(index):
                self._drop(index.uid)

    def _drop(self, uid: str) -> None:
        self._finish(self._client.delete_index(uid).task_uid, forgive=GONE)

    def drop(self) -> None:
        """Remove the index and what belongs to it; waits."""
        for uid in (*(one.uid for one in self._builds()), self.index, self._meta):
            self._drop(uid)


def task_trouble(task: Mapping[str, Any], *, forgive: str = "") -> SearchError | None:
    """What went wrong with a task that has ended; `forgive`: the code of an error that is fine."""
    error = task.get("error") or {}
    if task["status"] not in {"failed", "canceled"} or (forgive and error.get("code") == forgive):
        return None
    kind = SearchRefused if error.get("type") == _OURS else SearchUnavailable
    return kind(f"Meilisearch task {task.get('uid')} {task['status']}: {error}")


def _among(ids: Sequence[str]) -> str:
    chosen = ", ".join(f'"{one}"' for one in ids)
    return f"id IN [{chosen}]"


def _abandoned(index: Index) -> bool:
    """Whether a rebuild began too long ago to be still under way."""
    created: Any = index.created_at
    return created is None or created < datetime.now(created.tzinfo) - ABANDONED_AFTER
