"""Owns what is done once per database, such as seeding the demo; never does it itself."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from marketplace.core import clock
from marketplace.core.db import connection

MARK: Final = "INSERT INTO done_once (name, done_at) VALUES ($1, $2) ON CONFLICT DO NOTHING"
NEW: Final = MARK + " RETURNING name"
NEWS_REFUSED: Final = "stripe news refused"
"""Once a day, where Stripe signed what is no thin event: alarms note it, /health/ready tells it."""


def today(name: str) -> str:
    """The name of what is done once a day (UTC)."""
    return f"{name}:{clock.today('UTC')}"


async def is_done(name: str) -> bool:
    """Whether `name` was finished in this database."""
    rows = await connection().execute_query_dict(
        "SELECT 1 AS done FROM done_once WHERE name = $1", [name]
    )
    return bool(rows)


async def mark_done(name: str) -> None:
    """Remember that `name` is finished; a second time changes nothing."""
    await connection().execute_query(MARK, [name, clock.now()])


async def first(name: str) -> bool:
    """Whether `name` is done here for the first time; of two at once one alone is told so."""
    rows = await connection().execute_query_dict(NEW, [name, clock.now()])
    return bool(rows)


async def done_at(name: str) -> datetime | None:
    """When `name` was last finished in this database, None when it never was."""
    rows = await connection().execute_query_dict(
        "SELECT done_at FROM done_once WHERE name = $1", [name]
    )
    return rows[0]["done_at"] if rows else None


async def undo(name: str) -> None:
    """Forget that `name` was finished."""
    await connection().execute_query("DELETE FROM done_once WHERE name = $1", [name])
