"""Owns how the index is: reached or not, how full, which rebuild is under way; never writes.

Asked with the key of the web processes, which can search and count and no more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import httpx

from marketplace.core import outside
from marketplace.core.db import connection
from marketplace.core.settings import settings
from search.keys import search_key

PATIENCE_SECONDS: Final = 2.0
REBUILD: Final = "directory.rebuild"
REBUILD_LOCK: Final = 0x52454C42
_REFUSED: Final = frozenset({401, 403})
_REBUILDING: Final = """
SELECT EXISTS (
  SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
  WHERE datname = current_database() AND locktype = 'advisory' AND classid = 0 AND objid = $1
) AS runs"""
_JOBS: Final = """
SELECT count(*) FILTER (WHERE task_name <> $1 AND (scheduled_at IS NULL OR scheduled_at <= now()))
         AS waiting,
       coalesce(bool_or(task_name = $1), false) AS asked
  FROM procrastinate_jobs WHERE queue_name = 'index' AND status IN ('todo', 'doing')"""


@dataclass(frozen=True, slots=True)
class Index:
    """`state` is ok, indexing, away, off, or unknown where our key may not ask.

    `documents` is how many it holds, `version` tells its settings, `rebuilt` how many documents a
    rebuild under way has been sent.
    """

    state: str
    documents: int | None = None
    version: str = ""
    rebuilt: int | None = None


def reading_key() -> str:
    """The key of who only reads: told, or made from the master key."""
    chosen = settings()
    return chosen.meili_search_key or search_key(chosen.meili_master_key, chosen.meili_index)


@dataclass(frozen=True, slots=True)
class Work:
    """Changes that wait for the index (jobs), and whether a rebuild runs or waits to."""

    waiting: int
    rebuilding: bool


async def rebuilding() -> bool:
    """Whether a rebuild of this database's index runs, here or elsewhere."""
    rows = await connection().execute_query_dict(_REBUILDING, [REBUILD_LOCK])
    return bool(rows[0]["runs"])


async def work() -> Work:
    """What the index still has to be told."""
    row = (await connection().execute_query_dict(_JOBS, [REBUILD]))[0]
    return Work(row["waiting"], row["asked"] or await rebuilding())


async def state() -> Index:
    """How the index is now; waits two seconds at most for each of two answers."""
    chosen = settings()
    if not chosen.meili_url:
        return Index("off")
    key = reading_key()
    options: dict[str, Any] = {
        "base_url": f"{chosen.meili_url.rstrip('/')}/indexes/",
        "headers": {"authorization": f"Bearer {key}"} if key else {},
        "timeout": PATIENCE_SECONDS,
    }
    try:
        async with outside.client(**options) as client:
            stats = await client.get(f"{chosen.meili_index}/stats")
            notes = await client.post(f"{chosen.meili_index}_meta/search", json={"limit": 10})
        if stats.status_code in _REFUSED:
            return Index("unknown")
        if not stats.is_success:
            return Index("away")
        return _read(stats.json(), notes.json()["hits"] if notes.is_success else [])
    except (httpx.HTTPError, ValueError):
        return Index("away")


def _read(stats: dict[str, Any], hits: list[dict[str, Any]]) -> Index:
    noted = {hit["id"]: hit for hit in hits}
    return Index(
        "indexing" if stats["isIndexing"] else "ok",
        stats["numberOfDocuments"],
        noted.get("settings", {}).get("version", ""),
        noted.get("build", {}).get("done"),
    )
