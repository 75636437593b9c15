"""The test fixtures themselves: a database per test, jobs on demand, nothing leaves the machine."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
from pytest_socket import SocketConnectBlockedError

from marketplace.core import clock, db

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
async def test_the_clock_starts_without_an_offset() -> None:
    assert not clock.file().exists()


def test_nothing_leaves_this_machine() -> None:
    blocked = pytest.raises(SocketConnectBlockedError)
    with socket.socket() as stranger, pytest.warns(UserWarning, match="192.0.2.1"), blocked:
        stranger.connect(("192.0.2.1", 80))  # TEST-NET-1, RFC 5737


def test_meilisearch_answers(search_engine: Server) -> None:
    assert search_engine.child.alive
