"""The books against Stripe, both ways: clean or an alert that names the line, by hand or at night."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from tortoise.transactions import in_transaction

from marketplace.admin import service
from marketplace.admin.models import OperatorAct, ReconciliationLine, ReconciliationRun
from marketplace.admin.queries import records
from marketplace.admin.rules.runs import RunStatus, RunUnderWay, Side
from marketplace.core import clock
from marketplace.core.models import OutgoingMail
from marketplace.core.settings import settings
from payments.gateway import balance
from payments.gateway.views import BalanceLine
from payments.ledger import book, postings
from payments.money import Money
from tests.factories import accounts, admin
from tests.fixtures.application import RunJobs
from tests.fixtures.services import Server, sandbox_in
from tests.marketplace.admin.conftest import Scene

pytestmark = pytest.mark.usefixtures("stripe_sandbox")


@pytest.fixture
def sandbox_server(tmp_path: Path, web_port: int) -> Iterator[Server]:
    """A Stripe of this test alone: what others did there would be missing in the books."""
    with sandbox_in(tmp_path, web_port) as server:
        yield server


async def invented(name: str = "tu_lost", minor: int = 12_345) -> None:
    """A top-up the books have and Stripe does not."""
    async with in_transaction():
        posting = postings.top_up(Money(minor, "EUR"))
        await book.post(posting, key=f"topup:{name}", source=name)


async def unheard(minor: int = 700) -> str:
    """A top-up Stripe made and never told us of; its id."""
    headers = {"authorization": f"Bearer {settings().stripe_secret_key}"}
    at = settings().stripe_api_base
    async with httpx.AsyncClient(base_url=at, headers=headers, timeout=60) as stripe:
        given = {"amount": minor, "currency": "eur", "description": "test"}
        answer = await stripe.post("/v1/topups", data=given)
    assert answer.is_success, answer.text
    return str(answer.json()["id"])


async def last() -> ReconciliationRun:
    run = await records.last_finished_run()
    assert run is not None
    return run


async def test_a_clean_report_keeps_every_line_of_both_sides(
    scene: Scene, run_jobs: RunJobs
) -> None:
    await service.ask_reconciliation(scene.operator.id, admin.REASON)
    await run_jobs()
    run = await last()
    assert (run.status, run.clean, run.differences) == (RunStatus.DONE, True, [])
    lines = await records.lines(run.id)
    assert {line.side for line in lines} == {Side.STRIPE, Side.BOOKS}
    assert all(line.matched for line in lines)
    by_side = [[line.amount_minor for line in lines if line.side is side] for side in Side]
    assert sorted(by_side[0]) == sorted(by_side[1])
    assert run.totals == [["EUR", sum(by_side[0]), sum(by_side[1])]]


async def test_a_difference_on_either_side_is_named(
    client: httpx.AsyncClient, scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    await invented()
    top_up = await unheard()
    run_id = await service.ask_reconciliation(scene.operator.id, admin.REASON)
    with caplog.at_level(logging.ERROR, logger="relais.reconciliation"):
        await service.reconciling.compare(str(run_id))
    run = await records.run(run_id)
    assert run.clean is False
    assert [each[0] for each in run.differences] == sorted([top_up, "tu_lost"])
    assert ["tu_lost", "EUR", 0, 12_345] in run.differences
    assert [top_up, "EUR", 700, 0] in run.differences
    unmatched = await records.lines(run_id, unmatched=True)
    assert {(line.side, line.source) for line in unmatched} == {
        (Side.STRIPE, top_up), (Side.BOOKS, "tu_lost"),
    }  # fmt: skip
    alerts = [record.getMessage() for record in caplog.records]
    assert len(alerts) == 2
    assert all(text.startswith("ALERT reconciliation") for text in alerts)
    assert any("tu_lost" in text and "123.45 EUR" in text for text in alerts)
    mail = await OutgoingMail.get(template="operator_alert")
    assert mail.recipient == scene.operator.email
    assert all(name in mail.text for name in ("tu_lost", top_up, str(run_id)))
    await accounts.log_in(client, scene.operator)
    page = (await client.get(f"/en/operator/reconciliation/{run_id}?unmatched=true")).text
    assert page.count("Not matched") >= 3
    assert "tu_lost" in page
    assert "The books and Stripe differ" in (await client.get("/en/operator")).text


async def test_every_night_compares_without_anybody_asking(scene: Scene, run_jobs: RunJobs) -> None:
    await service.reconciling.nightly(0)
    await service.reconciling.nightly(0)  # the second finds the first under way
    await run_jobs()
    [run] = await ReconciliationRun.all()
    assert (run.status, run.person_id, run.clean) == (RunStatus.DONE, None, True)
    assert await OperatorAct.all().count() == 0


async def test_one_comparison_at_a_time(client: httpx.AsyncClient, scene: Scene) -> None:
    await service.ask_reconciliation(scene.operator.id, admin.REASON)
    with pytest.raises(RunUnderWay):
        await service.ask_reconciliation(scene.operator.id, admin.REASON)
    assert await OperatorAct.all().count() == 1
    await accounts.log_in(client, scene.operator)
    answer = await client.post("/en/operator/reconciliation", data={"reason": "once more"})
    assert answer.status_code == 409
    assert await ReconciliationRun.all().count() == 1


async def test_a_lost_job_does_not_block_comparisons_for_ever(scene: Scene) -> None:
    first = await service.ask_reconciliation(scene.operator.id, admin.REASON)
    clock.advance(service.reconciling.ABANDONED_AFTER.total_seconds() + 1)
    second = await service.ask_reconciliation(scene.operator.id, admin.REASON)
    assert (await records.run(first)).status is RunStatus.FAILED
    await service.reconciling.compare(str(first))  # its job shows up after all
    assert (await records.run(first)).status is RunStatus.FAILED
    await service.reconciling.compare(str(second))
    assert (await records.run(second)).clean is True


async def test_a_killed_try_starts_again_and_doubles_no_line(scene: Scene) -> None:
    run_id = await service.ask_reconciliation(scene.operator.id, admin.REASON)
    await service.reconciling._start(run_id)
    await ReconciliationLine.create(
        run_id=run_id, side=Side.STRIPE, reference="txn_old", source="x", kind="charge",
        amount_minor=1, currency="EUR", happened_at=clock.now(), matched=True,
    )  # fmt: skip
    await service.reconciling.compare(str(run_id))
    await service.reconciling.compare(str(run_id))  # delivered twice
    lines = await records.lines(run_id)
    assert len({(line.side, line.reference) for line in lines}) == len(lines)
    assert "txn_old" not in {line.reference for line in lines}


async def test_stripe_being_away_fails_the_report_and_says_why(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, client: httpx.AsyncClient
) -> None:
    from dataclasses import replace

    from payments.config import config, configure

    before = config()
    configure(replace(before, api_base="http://127.0.0.1:9", network_retries=0))
    run_id = await service.ask_reconciliation(scene.operator.id, admin.REASON)
    await service.reconciling.compare(str(run_id))
    await service.reconciling.nightly(0)
    nightly = await ReconciliationRun.exclude(id=run_id).get()
    await service.reconciling.compare(str(nightly.id))
    configure(before)
    [mail] = await OutgoingMail.filter(template="operator_alert")  # once a day
    assert f"/operator/reconciliation/{run_id}" in mail.text
    run = await records.run(run_id)
    assert (run.status, run.clean) == (RunStatus.FAILED, None)
    assert "Stripe" in str(run.failure)
    await accounts.log_in(client, scene.operator)
    assert (await client.get(f"/fr/operator/reconciliation/{run_id}")).status_code == 200


async def test_old_reports_keep_only_the_lines_that_differ(
    client: httpx.AsyncClient, scene: Scene
) -> None:
    runs = []
    for turn in range(3):
        if turn == 1:
            await invented()
        run_id = await service.ask_reconciliation(scene.operator.id, admin.REASON)
        await service.reconciling.compare(str(run_id))
        runs.append(run_id)
        clock.advance(timedelta(days=1).total_seconds())
    assert [await records.line_counts(run_id) for run_id in runs[:2]] == [(0, 0), (1, 1)]
    whole, unmatched = await records.line_counts(runs[2])
    assert (whole > 1, unmatched) == (True, 1)
    await accounts.log_in(client, scene.operator)
    page = (await client.get(f"/en/operator/reconciliation/{runs[1]}")).text
    assert "only the lines without a counterpart are kept" in page


async def test_money_that_moves_while_it_reads_is_no_difference(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = balance.balance_lines

    async def busy(*since: Any) -> AsyncIterator[BalanceLine]:
        """Stripe's lines, and a top-up that comes and is booked before the books are read."""
        async for line in read(*since):
            yield line
        await invented(await unheard(), 700)

    monkeypatch.setattr(balance, "balance_lines", busy)
    await invented()
    run_id = await service.ask_reconciliation(scene.operator.id, admin.REASON)
    await service.reconciling.compare(str(run_id))
    run = await records.run(run_id)
    assert run.differences == [["tu_lost", "EUR", 0, 12_345]]
    [(_, theirs, ours)] = run.totals
    assert ours - theirs == 12_345
    [line] = await records.lines(run_id, unmatched=True)
    assert line.source == "tu_lost"
    mail = await OutgoingMail.get(template="operator_alert")
    assert "tu_lost" in mail.text
    assert mail.text.count("tu_") == 1
