"""Owns rate limits: GCRA in one PostgreSQL statement; never knows what is limited, or HTTP.

GCRA (ITU-T I.371, "leaky bucket as a meter") keeps one instant per key: when the bucket is empty
again. A request is let in when adding its share of time stays within the burst.
"""

from __future__ import annotations

import math
from datetime import timedelta

from marketplace.core import clock
from marketplace.core.db import connection
from marketplace.core.errors import TooManyRequests

# $1 key, $2 now, $3 seconds one request costs, $4 seconds of burst. The final SELECT sees the row
# as it was before the statement, which is what a refused request has to wait for.
TAKE = """
WITH taken AS (
    INSERT INTO rate_limit AS held (key, free_at)
    VALUES ($1, $2::timestamptz + make_interval(secs => $3))
    ON CONFLICT (key) DO UPDATE
        SET free_at = greatest(held.free_at, $2) + make_interval(secs => $3)
        WHERE greatest(held.free_at, $2) + make_interval(secs => $3)
              <= $2 + make_interval(secs => $4)
    RETURNING key
)
SELECT EXISTS (SELECT FROM taken) AS allowed,
       (SELECT extract(epoch FROM free_at - $2) FROM rate_limit WHERE key = $1) AS busy_seconds
"""

GIVE_BACK = """
UPDATE rate_limit SET free_at = free_at - make_interval(secs => $2) WHERE key = $1
"""


async def take(key: str, *, per_minute: float, burst: int | None = None) -> float:
    """Count one request under `key`; 0 when it is let in, else the seconds to wait.

    `burst` (default: one minute's worth) may come at once; then `per_minute` a minute.
    """
    cost_seconds = 60 / per_minute
    burst_seconds = cost_seconds * (burst if burst is not None else max(1, math.floor(per_minute)))
    (row,) = await connection().execute_query_dict(
        TAKE, [key, clock.now(), cost_seconds, burst_seconds]
    )
    if row["allowed"]:
        return 0.0
    # A row inserted between snapshot and lock is not seen: then one request's share is the wait.
    busy_seconds = burst_seconds if row["busy_seconds"] is None else float(row["busy_seconds"])
    return max(0.001, busy_seconds + cost_seconds - burst_seconds)


async def hit(key: str, *, per_minute: float, burst: int | None = None) -> None:
    """Count one request under `key`. Raises TooManyRequests with the seconds to wait.

    Call it outside a command, or the count is rolled back with what failed.
    """
    wait_seconds = await take(key, per_minute=per_minute, burst=burst)
    if wait_seconds:
        raise TooManyRequests(math.ceil(wait_seconds))


async def give_back(key: str, *, per_minute: float) -> None:
    """One request of `key` does not count after all: it was a success, for example."""
    await connection().execute_query(GIVE_BACK, [key, 60 / per_minute])


async def forget(key: str) -> None:
    """Start the count of `key` anew, after a success for example."""
    await connection().execute_query("DELETE FROM rate_limit WHERE key = $1", [key])


async def purge() -> None:
    """Drop the counters that no longer hold anything back."""
    before = clock.now() - timedelta(minutes=1)
    await connection().execute_query("DELETE FROM rate_limit WHERE free_at < $1", [before])
