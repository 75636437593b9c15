"""Rate limits hold under concurrency and forgive with time."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from marketplace.core import clock
from marketplace.core.db import connection
from marketplace.core.errors import TooManyRequests
from marketplace.web import ratelimit


@pytest.fixture
def still(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Time goes on only when the test says so."""
    began = clock.now() - timedelta(seconds=clock.offset_seconds())
    monkeypatch.setattr(clock, "now", lambda: began + timedelta(seconds=clock.offset_seconds()))


@pytest.mark.usefixtures("still")
async def test_of_many_at_once_exactly_the_burst_is_let_in() -> None:
    waits = await asyncio.gather(
        *(ratelimit.take("key", per_minute=1, burst=10) for _ in range(80))
    )
    assert sum(wait == 0 for wait in waits) == 10


@pytest.mark.usefixtures("still")
async def test_after_the_wait_that_was_told_the_next_one_is_let_in() -> None:
    for _ in range(3):
        await ratelimit.hit("key", per_minute=2, burst=3)
    with pytest.raises(TooManyRequests) as refused:
        await ratelimit.hit("key", per_minute=2, burst=3)
    assert 25 <= refused.value.retry_after <= 31
    clock.advance(refused.value.retry_after)
    await ratelimit.hit("key", per_minute=2, burst=3)
    with pytest.raises(TooManyRequests):
        await ratelimit.hit("key", per_minute=2, burst=3)


async def test_being_refused_does_not_lengthen_the_wait(database: str) -> None:
    await ratelimit.hit("key", per_minute=1, burst=1)
    waits = [await ratelimit.take("key", per_minute=1, burst=1) for _ in range(20)]
    assert max(waits) <= 60


async def test_keys_do_not_share_a_count(database: str) -> None:
    await ratelimit.hit("one", per_minute=1, burst=1)
    await ratelimit.hit("two", per_minute=1, burst=1)
    await ratelimit.forget("one")
    await ratelimit.hit("one", per_minute=1, burst=1)


async def test_counters_that_hold_nothing_back_are_cleared(database: str) -> None:
    await ratelimit.hit("short", per_minute=60)
    await ratelimit.hit("long", per_minute=0.01, burst=1)
    clock.advance(300)
    await ratelimit.purge()
    rows = await connection().execute_query_dict("SELECT key FROM rate_limit")
    assert [row["key"] for row in rows] == ["long"]
