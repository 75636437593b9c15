"""The operator sees everything that waits and every line of the books; nobody else sees a page."""

from __future__ import annotations

import re

import httpx
import pytest

from marketplace.admin import service
from marketplace.core import clock, held, once
from payments import explorer
from payments.models import Movement
from tests.factories import accounts, admin
from tests.marketplace.admin.conftest import Scene

pytestmark = pytest.mark.usefixtures("stripe_sandbox")


async def paths(scene: Scene) -> list[str]:
    """Every address of the operator's pages, with something behind each."""
    movement = await scene.movement()
    news = await admin.parked_news()
    job = await admin.failed_job()
    run = await service.ask_reconciliation(scene.operator.id, admin.REASON)
    await service.reconciling.compare(str(run))
    [entry, *_] = await explorer.entries("stripe:platform", "EUR")
    return [
        "/operator", "/operator/disputes", "/operator/jobs", f"/operator/jobs/{job}",
        "/operator/log", "/operator/ledger", "/operator/ledger?prefix=escrow:&currency=EUR",
        "/operator/ledger/account?account=stripe:platform&currency=EUR",
        "/operator/ledger/transactions", "/operator/ledger/transactions?kind=fund",
        f"/operator/ledger/transactions/{entry.transaction_id}",
        f"/operator/ledger/contracts/{scene.contract.id}", "/operator/ledger/exports",
        "/operator/numbers", "/operator/movements", f"/operator/movements/{movement.id}",
        "/operator/movements?status=waiting_payee", "/operator/inbox",
        "/operator/inbox?status=parked", f"/operator/inbox/{news}",
        "/operator/reconciliation", f"/operator/reconciliation/{run}",
        f"/operator/reconciliation/{run}?unmatched=true",
    ]  # fmt: skip


async def test_the_operator_reads_every_page_in_both_languages(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    everything = await paths(scene)
    await accounts.log_in(client, scene.operator)
    for lang in ("fr", "en"):
        for path in everything:
            page = await client.get(f"/{lang}{path}")
            assert page.status_code == 200, (path, page.text[:2000])
            assert page.headers["cache-control"] == "no-store"


async def test_nobody_else_learns_that_these_pages_exist(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    everything = await paths(scene)
    await accounts.log_in(client, await accounts.person())
    for path in everything:
        assert (await client.get(f"/fr{path}")).status_code == 404, path
    answer = await client.post("/fr/operator/reconciliation", data={"reason": "because"})
    assert answer.status_code == 404
    client.cookies.clear()
    assert (await client.get("/fr/operator")).status_code == 303


async def test_the_overview_says_that_a_restored_instance_is_held(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    await accounts.log_in(client, scene.operator)
    assert "backup was restored" not in (await client.get("/en/operator")).text
    await once.mark_done(held.RESTORED)
    assert "backup was restored" in (await client.get("/en/operator")).text
    assert "sauvegarde a été restaurée" in (await client.get("/fr/operator")).text
    since = (await client.get("/api/v1/operator/overview")).json()["held_since"]
    assert since.startswith(f"{clock.now():%Y-%m}")


async def test_the_overview_counts_what_waits_and_leads_there(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    await admin.park(await scene.movement())
    await accounts.log_in(client, scene.operator)
    page = (await client.get("/en/operator")).text
    row = re.search(
        r'movements\?status=parked">[^<]+</a></th>\s*<td[^>]*>(.*?)</td>', page, re.DOTALL
    )
    assert row
    assert ">1<" in row[1]
    listed = await client.get("/en/operator/movements?status=parked")
    assert "no answer" in listed.text


async def test_a_parked_movement_is_tried_again_only_with_a_reason(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    movement = await scene.movement()
    await admin.park(movement)
    await accounts.log_in(client, scene.operator)
    path = f"/fr/operator/movements/{movement.id}"
    refused = await client.post(f"{path}/retry", data={"reason": " "})
    assert refused.status_code == 422
    assert 'aria-invalid="true"' in refused.text
    assert (await Movement.get(id=movement.id)).status == "parked"
    done = await client.post(f"{path}/retry", data={"reason": "Stripe répond de nouveau"})
    assert (done.status_code, done.headers["location"]) == (303, path)
    assert (await Movement.get(id=movement.id)).status == "queued"
    page = (await client.get(path)).text
    assert "Stripe répond de nouveau" in page
    again = await client.post(f"{path}/retry", data={"reason": "encore une fois"})
    assert again.status_code == 409
    assert "errors" in again.text


@pytest.mark.parametrize(
    "path",
    [
        "/operator/ledger?prefix=" + "x" * 300, "/operator/ledger/transactions?kind=nothing",
        "/operator/ledger/transactions?since=2026-02-31", "/operator/ledger/fec?year=2026&siren=1",
        "/operator/ledger/fec", "/operator/ledger/export.csv?since=yesterday",
    ],
)  # fmt: skip
async def test_a_wrong_filter_is_answered_beside_the_field(
    client: httpx.AsyncClient, path: str
) -> None:
    await accounts.log_in(client, await admin.operator())
    page = await client.get(f"/fr{path}")
    assert page.status_code == 422
    assert 'id="errors"' in page.text


@pytest.mark.parametrize(
    "path",
    [
        "/operator/ledger/account?account=nothing:here&currency=EUR", "/operator/ledger/account",
        "/operator/ledger/transactions/99999999999999999999", "/operator/jobs/9" + "9" * 30,
        "/operator/ledger/contracts/00000000-0000-0000-0000-000000000000",
        "/operator/movements/00000000-0000-0000-0000-000000000000",
        "/operator/inbox/00000000-0000-0000-0000-000000000000",
        "/operator/reconciliation/00000000-0000-0000-0000-000000000000",
    ],
)  # fmt: skip
async def test_what_is_not_there_is_not_found(client: httpx.AsyncClient, path: str) -> None:
    await accounts.log_in(client, await admin.operator())
    assert (await client.get(f"/en{path}")).status_code == 404


async def test_what_a_colleague_has_done_already_leads_back_to_the_list(
    client: httpx.AsyncClient,
) -> None:
    who = await admin.operator()
    job = await admin.failed_job()
    await service.retry_job(who.id, job, admin.REASON)
    await accounts.log_in(client, who)
    late = await client.post(f"/en/operator/jobs/{job}/retry", data={"reason": "Mended"})
    assert late.headers["location"] == "/en/operator/jobs"
    assert "somebody was faster" in (await client.get("/en/operator/jobs")).text
