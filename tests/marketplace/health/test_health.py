"""What supervisors and load balancers are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from marketplace.core import db, migrate

if TYPE_CHECKING:
    import httpx
    import pytest

    from tests.fixtures.services import Server


async def test_live_answers_without_asking_anybody(client: httpx.AsyncClient) -> None:
    await db.close_db()
    answer = await client.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_ready_names_the_schema_version(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["parts"]["database"] == {
        "status": "ok",
        "schema_version": migrate.newest_version(),
    }


async def test_missing_search_and_a_silent_worker_only_degrade(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["parts"]["search"]["status"] == "degraded"
    assert answer.json()["parts"]["worker"] == {"status": "degraded", "problem": "never seen"}


async def test_a_beating_worker_and_running_servers_are_ok(
    client: httpx.AsyncClient, search_engine: Server, stripe_sandbox: Server
) -> None:
    await db.connection().execute_query(
        "INSERT INTO worker_heartbeat (name, seen_at) VALUES ('one', now())"
    )
    answer = await client.get("/health/ready")
    assert answer.json()["status"] == "ok", answer.text


async def test_a_database_older_than_the_code_is_unavailable(
    client: httpx.AsyncClient, database: str
) -> None:
    with psycopg.connect(database) as owner:
        owner.execute("DELETE FROM schema_migration WHERE name = '0001_core.sql'")
    answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
    assert answer.json()["parts"]["database"]["missing"] == ["0001_core.sql"]


async def test_a_vanished_database_is_unavailable_and_not_an_error(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    await db.close_db()
    await db.init_db("postgresql://relais:wrong@127.0.0.1:9/none")
    answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
