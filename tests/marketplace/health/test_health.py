"""What supervisors and load balancers are told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import psycopg
import pytest

from marketplace.core import db, migrate
from marketplace.core.settings import settings
from marketplace.web.templates import environment
from payments.config import config, configure
from search.sync import Administration
from tests.factories import accounts

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

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


@pytest.fixture
def no_search(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A Meilisearch that does not answer."""
    monkeypatch.setenv("MEILI_URL", "http://127.0.0.1:9")
    settings.cache_clear()
    yield
    settings.cache_clear()


async def test_missing_search_and_a_silent_worker_only_degrade(
    no_search: None, client: httpx.AsyncClient
) -> None:
    answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["parts"]["search"]["status"] == "degraded"
    assert answer.json()["parts"]["worker"] == {"status": "degraded", "problem": "never seen"}


async def test_a_beating_worker_and_running_servers_are_ok(
    search_engine: Server, stripe_sandbox: Server, client: httpx.AsyncClient
) -> None:
    await db.connection().execute_query(
        "INSERT INTO worker_heartbeat (name, seen_at) VALUES ('one', now())"
    )
    await Administration(
        search_engine.url, settings().meili_master_key, settings().meili_index
    ).ensure()
    answer = await client.get("/health/ready")
    assert answer.json()["status"] == "ok", answer.text
    assert set(answer.json()["parts"]) == {
        "database",
        "worker",
        "mail",
        "search",
        "payments",
        "setup",
    }


async def test_a_search_key_that_is_refused_is_told(
    search_engine: Server, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEILI_MASTER_KEY", "of-another-server-of-mine")
    settings.cache_clear()
    part = (await client.get("/health/ready")).json()["parts"]["search"]
    assert (part["status"], "MEILI_MASTER_KEY" in part["problem"]) == ("degraded", True)


async def test_who_wants_no_meilisearch_has_nothing_disturbed(client: httpx.AsyncClient) -> None:
    part = (await client.get("/health/ready")).json()["parts"]["search"]
    assert part == {"status": "ok", "mode": "plain listing: MEILI_URL is not set"}


async def test_a_key_that_stripe_refuses_is_told(
    stripe_sandbox: Server, client: httpx.AsyncClient
) -> None:
    fine = (await client.get("/health/ready")).json()["parts"]["payments"]
    assert fine == {"status": "ok", "provider": "sandbox", "mode": "test"}
    configure(replace(config(), secret_key="sk_live_of_somebody_else"))
    refused = (await client.get("/health/ready")).json()["parts"]["payments"]
    assert (refused["status"], refused["problem"]) == ("degraded", "KeyRefused")


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The settings of a server that people reach, on a test key of Stripe."""
    given = {
        "RELAIS_ENV": "production", "RELAIS_MAIL_FROM": "bonjour@hote.fr", "RELAIS_PLATFORM_LEGAL_NAME": "Hôte SAS",
        "RELAIS_CONTACT_EMAIL": "hote@relais.example", "RELAIS_SECRET_KEY": "s" * 40, "STRIPE_API_BASE": "",
        "STRIPE_SECRET_KEY": "sk_test_x", "STRIPE_WEBHOOK_SECRETS": "whsec_x",
        "SMTP_URL": "smtp://localhost", "RELAIS_BASE_URL": "https://relais.example",
    }  # fmt: skip
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    environment.cache_clear()
    yield
    settings.cache_clear()
    environment.cache_clear()


async def test_a_production_on_a_test_key_says_that_no_money_moves(
    production: None, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (await client.get("/en/how-it-works")).text
    assert "Test mode: no real money moves." in page
    assert "/dev/mail" not in page
    for key, real in (("sk_live_test_", True), ("rk_live_x", True), ("rk_test_x", False)):
        monkeypatch.setenv("STRIPE_SECRET_KEY", key)
        settings.cache_clear()
        assert settings().real_money is real


async def test_a_database_older_than_the_code_is_unavailable(
    client: httpx.AsyncClient, database: str
) -> None:
    with psycopg.connect(database) as owner:
        owner.execute("DELETE FROM schema_migration WHERE name = '0001_core.sql'")
    answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
    assert answer.json()["parts"]["database"]["missing"] == ["0001_core.sql"]


async def test_a_vanished_database_is_unavailable_and_not_an_error(
    client: httpx.AsyncClient,
) -> None:
    await accounts.log_in(client, await accounts.person())
    await db.close_db()
    await db.init_db("postgresql://relais:wrong@127.0.0.1:9/none")
    answer = await client.get("/health/ready")
    assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
    told = await client.get("/en/status")  # also to somebody who was logged in
    assert (told.status_code, "disturbed" in told.text) == (200, True)
