"""Owns the counting: in memory while people search, written to the day's rows now and then, let go.

Searching costs one addition for each card. What a killed process had not written is lost: these
are statistics, and no more than FLUSH_SECONDS of them.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from marketplace.core import batches, clock, jobs
from marketplace.core.db import command, connection, is_away
from marketplace.exposure.rules import FLUSH_SECONDS, KEPT_DAYS

if TYPE_CHECKING:
    from marketplace.profiles.events import ProfileRemoved

log = logging.getLogger("relais.exposure")
_shown: Counter[str] = Counter()

# In the order of ids: two processes that write at once must not wait for each other.
ADD: Final = """
INSERT INTO exposure_day AS held (day, profile_id, region, tax_status, shown, listed)
SELECT $1, p.id, p.region, party.tax_status, n.shown, n.listed
FROM unnest($2::uuid[], $3::int[], $4::int[]) AS n (id, shown, listed)
JOIN profile p ON p.id = n.id JOIN party ON party.id = p.party_id
ORDER BY p.id
ON CONFLICT (day, profile_id) DO UPDATE
    SET shown = held.shown + excluded.shown, listed = held.listed + excluded.listed"""

OLD: Final = "SELECT DISTINCT day FROM exposure_day WHERE day < $1 ORDER BY day"


def shown(ids: Iterable[str]) -> None:
    """Count profiles that stand on a first page somebody is looking at."""
    _shown.update(ids)


async def listed(profile_id: UUID) -> None:
    """Count that somebody kept a profile, in the open transaction."""
    await _add([profile_id], [0], [1])


async def flush() -> None:
    """Write what was counted since the last time."""
    if not _shown:
        return
    counted = dict(_shown)
    _shown.clear()
    try:
        await _add([UUID(one) for one in counted], list(counted.values()), [0] * len(counted))
    except BaseException:
        _shown.update(counted)
        raise


async def _add(ids: list[UUID], times: list[int], kept: list[int]) -> None:
    await connection().execute_query(ADD, [clock.today(), ids, times, kept])


@asynccontextmanager
async def opened() -> AsyncIterator[None]:
    """Write in the background while the process lives, and once more at its end."""
    writing = asyncio.create_task(_forever())
    try:
        yield
    finally:
        writing.cancel()
        with suppress(asyncio.CancelledError):
            await writing
        await _flush_calmly()


async def _forever() -> None:
    while True:
        await asyncio.sleep(FLUSH_SECONDS)
        await _flush_calmly()


async def _flush_calmly() -> None:
    try:
        await flush()
    except Exception as error:  # counting never stands in the way of anything
        if not is_away(error):
            log.exception("exposure could not be written")


@jobs.periodic("47 3 * * *", "exposure.upkeep")
async def upkeep(timestamp: int) -> None:
    """Every night: days that nobody reads any more go, each by itself."""
    del timestamp
    before = clock.today() - timedelta(days=KEPT_DAYS)
    rows = await connection().execute_query_dict(OLD, [before])
    await batches.each("exposure.upkeep", [row["day"] for row in rows], _let_go, at_once=1)


@command
async def _let_go(day: date) -> None:
    await connection().execute_query("DELETE FROM exposure_day WHERE day = $1", [day])


async def on_profile_removed(event: ProfileRemoved) -> None:
    """Reaction, before the profile goes."""
    await connection().execute_query(
        "DELETE FROM exposure_day WHERE profile_id = $1", [event.profile_id]
    )
