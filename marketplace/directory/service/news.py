"""Owns telling the web processes that the index has changed; never what has.

PostgreSQL carries the word (NOTIFY) to a session of its own in each process. While that session is
down nobody would hear it, so nothing is kept from search to search then.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

import asyncpg

from marketplace.core.db import connection
from marketplace.core.settings import settings

if TYPE_CHECKING:
    from search.counts import Counts

log = logging.getLogger("relais.directory")
CHANNEL: Final = "directory_changed"
AGAIN_SECONDS: Final = 5.0


async def tell() -> None:
    """The index has changed."""
    await connection().execute_query("SELECT pg_notify($1, '')", [CHANNEL])


async def follow(counts: Counts) -> None:
    """Forget counts whenever the index changes, until cancelled."""
    while True:
        try:
            await _listen(counts)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as away:
            log.warning("no news of the index for now: %s", away)
        finally:
            counts.trusted = False
            counts.forget()
        await asyncio.sleep(AGAIN_SECONDS)


async def _listen(counts: Counts) -> None:
    """Hear the news until the session ends."""
    ended = asyncio.Event()
    session = await asyncpg.connect(settings().database_url)
    try:
        session.add_termination_listener(lambda _: ended.set())
        await session.add_listener(CHANNEL, lambda *_: counts.forget())
        counts.forget()
        counts.trusted = True
        await ended.wait()
    finally:
        await session.close()
