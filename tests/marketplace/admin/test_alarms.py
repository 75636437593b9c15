"""What cannot wait reaches the operators by mail, once; monitors read figures, strangers nothing."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from marketplace.admin.service import alerts, watch
from marketplace.core import clock, once
from marketplace.core.db import command, connection
from marketplace.core.models import OutgoingMail
from marketplace.core.settings import settings
from marketplace.sealing.service import watch as seals
from payments import metrics
from payments.facts import MovementParked
from payments.gateway import meter
from payments.models import Movement, MovementStatus
from tests.factories import accounts, admin
from tests.marketplace.admin.conftest import Scene

pytestmark = pytest.mark.usefixtures("stripe_sandbox")


async def subjects() -> list[str]:
    rows = await OutgoingMail.filter(template="operator_alert").order_by("created_at")
    return [row.subject for row in rows]


async def test_money_without_an_answer_and_parked_news_are_told_once(scene: Scene) -> None:
    movement = await scene.movement()
    await Movement.filter(id=movement.id).update(
        status=MovementStatus.SENDING, first_sent_at=clock.now(), claimed_at=clock.now()
    )
    await watch.look(0)
    assert await subjects() == []
    clock.advance(timedelta(minutes=61).total_seconds())
    await admin.parked_news()
    for _ in range(2):
        await watch.look(0)
    found = await subjects()
    assert len(found) == 2
    assert "Stripe ne confirme pas" in found[0]
    assert "Stripe" in found[1]


async def test_movements_that_one_outage_parks_are_told_in_one_mail_an_hour(scene: Scene) -> None:
    movement = await scene.movement()
    people = {name: getattr(movement, name) for name in ("holding", "contract", "payer", "payee")}

    async def parked(reason: str, *, disputed: bool = False) -> None:
        fact = MovementParked(
            **people,
            movement_id=movement.id,
            cause="m1",
            amount=movement.amount,
            reason=reason,
            disputed=disputed,
        )
        await command(alerts.on_movement_parked)(fact)

    clock.advance(3_660 - clock.now().timestamp() % 3_600)  # an hour begins: all four fall into it
    for reason in ("500 An error", "500 Another", "balance_insufficient No funds", "500 More"):
        await parked(reason)
    assert len(await subjects()) == 2
    clock.advance(3_601)
    await parked("500 An error")
    assert len(await subjects()) == 3
    for _ in range(2):
        await parked("charge_disputed No", disputed=True)  # a person has to do something for each
    assert len(await subjects()) == 5


@pytest.mark.usefixtures("application")
async def test_jobs_that_were_given_up_are_told_once_a_day_for_each_kind() -> None:
    await admin.operator()
    give_up = (
        "INSERT INTO procrastinate_events (job_id, type, at) "
        "VALUES ($1, 'failed', now() - make_interval(days => $2))"  # stamped by the database
    )
    for days, task in ((0, "invoicing.hand_over"), (0, "invoicing.hand_over"), (3, "mail.send")):
        await connection().execute_query(give_up, [await admin.failed_job(task), days])
    for _ in range(2):
        await watch.look(0)
    [mail] = await OutgoingMail.filter(template="operator_alert")
    assert "invoicing.hand_over · 2" in mail.text
    assert "mail.send" not in mail.text


@pytest.mark.usefixtures("application")
async def test_backups_that_stopped_are_told_once_for_each_pause(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await admin.operator()
    long = timedelta(days=2, minutes=1).total_seconds()
    clock.advance(long)
    await watch.look(0)
    assert await subjects() == []  # nobody backs up their own machine's demo
    production = settings().model_copy(update={"env": "production"})
    monkeypatch.setattr(watch, "settings", lambda: production)
    for _ in range(2):
        await watch.look(0)
    assert await subjects() == ["Il n’y a pas de sauvegarde récente"]
    await once.mark_done("backup")
    await watch.look(0)
    assert len(await subjects()) == 1
    clock.advance(long)
    for _ in range(2):
        await watch.look(0)
    assert len(await subjects()) == 2


@pytest.mark.usefixtures("application")
async def test_a_seal_that_only_an_operator_can_make_is_told_once(
    monkeypatch: pytest.MonkeyPatch, client: httpx.AsyncClient
) -> None:
    await admin.operator()
    monkeypatch.setattr(seals, "trouble", lambda: seals.Trouble.MISSING)
    for _ in range(2):
        await watch.look(0)
    assert await subjects() == ["Il n’y a pas de cachet"]
    parts = (await client.get("/health/ready")).json()
    assert "seal make" in str(parts)


async def test_a_monitor_reads_the_figures(client: httpx.AsyncClient, scene: Scene) -> None:
    before = await metrics.render()
    # A call of no other test: what those have counted in this process may be told here as well.
    meter.note("a.call", "ok", 120)
    meter.note("a.call", "ok", 30_000)
    await admin.park(await scene.movement())
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    labels = '{operation="a.call",outcome="ok"'
    assert f'relais_stripe_call_seconds_bucket{labels},le="0.25"}} 1' in answer.text
    assert f'relais_stripe_call_seconds_bucket{labels},le="+Inf"}} 2' in answer.text
    assert f"relais_stripe_call_seconds_sum{labels}}} 30.12" in answer.text
    assert 'relais_movements{status="parked"} 1' in answer.text
    assert 'operation="checkout.sessions.create"' in before
    meter.note("a.call", "ok", 1)
    assert f"relais_stripe_call_seconds_count{labels}}} 3" in await metrics.render()


async def test_nobody_else_reads_them(client: httpx.AsyncClient, scene: Scene) -> None:
    sent_on = {"x-forwarded-for": "203.0.113.9"}
    assert (await client.get("/metrics", headers=sent_on)).status_code in {401, 303}
    await accounts.log_in(client, await accounts.person())
    assert (await client.get("/metrics", headers=sent_on)).status_code == 404
    client.cookies.clear()
    await accounts.log_in(client, scene.operator)
    assert (await client.get("/metrics", headers=sent_on)).status_code == 200
