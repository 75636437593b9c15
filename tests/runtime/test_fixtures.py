"""The test fixtures themselves: a database per test, jobs on demand, nothing leaves the machine."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pytest_socket import SocketConnectBlockedError

from marketplace.core import clock, db
from tests.fixtures.days import ROOM, ZONES, ahead

if TYPE_CHECKING:
    from tests.fixtures.services import Server

HEARTBEATS = "SELECT name FROM worker_heartbeat"


@db.command
async def _beat(name: str) -> None:
    await db.connection().execute_query(
        "INSERT INTO worker_heartbeat (name, seen_at) VALUES ($1, $2)", [name, clock.now()]
    )


@pytest.mark.parametrize("name", ["one", "another"])
async def test_each_test_finds_an_empty_database_and_may_commit(database: str, name: str) -> None:
    assert await db.connection().execute_query_dict(HEARTBEATS) == []
    await _beat(name)
    assert await db.connection().execute_query_dict(HEARTBEATS) == [{"name": name}]


async def test_time_travel_ends_with_its_test(database: str) -> None:
    before = clock.now()
    clock.advance(86_400)
    assert (clock.now() - before).days == 1


@pytest.mark.usefixtures("database")
async def test_the_clock_starts_where_the_day_does_not_end(head_start: timedelta) -> None:
    assert clock.offset_seconds() == head_start.total_seconds()
    assert not ahead(clock.now(), timedelta(minutes=1))


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),
    st.timedeltas(timedelta(), timedelta(hours=3)),
    st.sampled_from([ROOM, timedelta(hours=2)]),
)
def test_no_day_ends_for_a_while_wherever_a_test_begins(
    now: datetime, later: timedelta, room: timedelta
) -> None:
    begin = now + ahead(now, room)
    assert begin - now <= timedelta(hours=6)
    assert begin <= now + later + ahead(now + later, room)
    for zone in ZONES:
        assert (begin + room).astimezone(zone).date() == begin.astimezone(zone).date()


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),
    st.integers(0, 400),
)
@example(datetime(2027, 10, 28, 22, 30, tzinfo=UTC), 8)  # half past midnight; clocks go back
@example(datetime(2027, 3, 24, 22, 5, tzinfo=UTC), 8)  # five past eleven; clocks go forward
def test_days_later_it_is_as_many_days_later_also_when_clocks_change(
    now: datetime, days: int
) -> None:
    begin = now + ahead(now)
    later = begin + timedelta(days=days)
    for zone in ZONES:
        passed = later.astimezone(zone).date() - begin.astimezone(zone).date()
        assert passed == timedelta(days=days)


def test_nothing_leaves_this_machine() -> None:
    blocked = pytest.raises(SocketConnectBlockedError)
    with socket.socket() as stranger, pytest.warns(UserWarning, match="192.0.2.1"), blocked:
        stranger.connect(("192.0.2.1", 80))  # TEST-NET-1, RFC 5737


def test_meilisearch_answers(search_engine: Server) -> None:
    assert search_engine.child.alive
