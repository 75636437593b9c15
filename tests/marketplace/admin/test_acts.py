"""What an operator does by hand is done once, needs a reason and stays in the log for ever."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import asyncpg
import pytest
from tortoise.exceptions import BaseORMException

from marketplace.admin import service
from marketplace.admin.models import OperatorAct
from marketplace.admin.queries import overview, records
from marketplace.admin.rules.decisions import NothingToDecide
from marketplace.admin.rules.runs import NotParked
from marketplace.admin.schemas.queues import KindDraft
from marketplace.core import clock
from marketplace.core.db import connection
from marketplace.core.errors import NotFound
from payments.models import Funding, Movement, MovementStatus, StripeEvent
from tests.factories import admin
from tests.marketplace.admin.conftest import Scene

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")


async def test_a_retried_movement_is_sent_once_and_logged(scene: Scene) -> None:
    movement = await scene.movement()
    await admin.park(movement)
    await service.retry_movement(scene.operator.id, movement.id, admin.REASON)
    again = await scene.movement()
    assert (again.status, again.attempts) == (MovementStatus.QUEUED, 0)
    [act] = await records.acts()
    assert (act.act, act.subject) == ("retry_movement", f"movement:{movement.id}")
    assert (act.before["status"], act.after["status"]) == ("parked", "queued")
    assert "no answer" in act.before["failure"]
    assert (act.reason, act.person.id) == (admin.REASON.reason, scene.operator.id)


async def test_two_operators_at_once_retry_once(scene: Scene) -> None:
    movement = await scene.movement()
    await admin.park(movement)
    both = await asyncio.gather(
        *(service.retry_movement(scene.operator.id, movement.id, admin.REASON) for _ in range(4)),
        return_exceptions=True,
    )
    assert [type(each) for each in both].count(NotParked) == 3
    assert await OperatorAct.all().count() == 1


@pytest.mark.parametrize("status", [s for s in MovementStatus if s not in {"parked", "sent"}])
async def test_only_what_is_parked_is_tried_again(scene: Scene, status: MovementStatus) -> None:
    movement = await scene.movement()
    await Movement.filter(id=movement.id).update(status=status, set_aside_at=clock.now())
    with pytest.raises(NotParked):
        await service.retry_movement(scene.operator.id, movement.id, admin.REASON)
    assert await OperatorAct.all().count() == 0


async def test_parked_news_waits_again() -> None:
    who = await admin.operator()
    news = await admin.parked_news()
    await service.retry_news(who.id, news, admin.REASON)
    assert (await StripeEvent.get(id=news)).status == "waiting"
    with pytest.raises(NotParked):
        await service.retry_news(who.id, news, admin.REASON)
    [act] = await records.acts_on(f"news:{news}")
    assert act.before["attempts"] == 20


async def test_a_failed_job_is_queued_once_more() -> None:
    who = await admin.operator()
    job = await admin.failed_job()
    assert [each.id for each in await overview.failed_jobs()] == [job]
    await service.retry_job(who.id, job, admin.REASON)
    assert await overview.failed_jobs() == []
    with pytest.raises(NotFound):
        await service.retry_job(who.id, job, admin.REASON)
    [act] = await records.acts()
    assert act.after == {"status": "todo", "task": "directory.reconcile", "attempts": 0}


async def test_all_failed_jobs_of_one_kind_are_queued_at_once() -> None:
    who = await admin.operator()
    mails = [await admin.failed_job("mail.send") for _ in range(3)]
    other = await admin.failed_job("invoicing.hand_over")
    ticks = [await admin.failed_job("work.tick", queueing_lock="work.tick") for _ in range(2)]
    draft = KindDraft(task="mail.send", reason="The mail server is back")
    assert await service.retry_jobs(who.id, draft) == 3
    assert [each.id for each in await overview.failed_jobs()] == [*reversed(ticks), other]
    due = "SELECT id, attempts FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id"
    rows = await connection().execute_query_dict(due)
    assert [(row["id"], row["attempts"]) for row in rows] == [(job, 0) for job in mails]
    with pytest.raises(NotParked):
        await service.retry_jobs(who.id, draft)
    # Of a tick one waits at most: the older ones have nothing left to do.
    assert await service.retry_jobs(who.id, KindDraft(task="work.tick", reason="mended")) == 2
    assert await connection().execute_query_dict(f"{due} OFFSET 3") == [
        {"id": ticks[1], "attempts": 0}
    ]
    assert [each.subject for each in await records.acts()] == ["jobs:work.tick", "jobs:mail.send"]
    assert [(kind.task, kind.failed) for kind in await overview.failing_kinds()] == [
        ("invoicing.hand_over", 1)
    ]


async def test_a_tick_that_waits_already_is_not_queued_twice() -> None:
    who = await admin.operator()
    job = await admin.failed_job()
    both = "UPDATE procrastinate_jobs SET queueing_lock = 'tick' WHERE id = $1"
    await connection().execute_query(both, [job])
    waiting = await admin.failed_job()
    await connection().execute_query(
        "UPDATE procrastinate_jobs SET queueing_lock = 'tick', status = 'todo' WHERE id = $1",
        [waiting],
    )
    with pytest.raises(NotParked):
        await service.retry_job(who.id, job, admin.REASON)


async def test_what_is_not_there_is_not_logged() -> None:
    who = await admin.operator()
    for act in (service.retry_movement, service.retry_news):
        with pytest.raises(NotFound):
            await act(who.id, uuid4(), admin.REASON)
    assert await OperatorAct.all().count() == 0


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE operator_act SET reason = 'nothing happened'", "DELETE FROM operator_act",
        "TRUNCATE operator_act", "TRUNCATE operator_act CASCADE",
        "SET LOCAL session_replication_role = replica; DELETE FROM operator_act",
    ],
)  # fmt: skip
async def test_the_log_cannot_be_rewritten(attack: str, database: str) -> None:
    who = await admin.operator()
    await service.retry_news(who.id, await admin.parked_news(), admin.REASON)
    plain = await asyncpg.connect(database)
    try:
        with pytest.raises(asyncpg.PostgresError, match="append-only"):
            async with plain.transaction():
                await plain.execute(attack)
    finally:
        await plain.close()
    [act] = await records.acts()
    assert act.reason == admin.REASON.reason


async def test_the_database_wants_a_reason_too() -> None:
    who = await admin.operator()
    with pytest.raises((asyncpg.PostgresError, BaseORMException)):
        await OperatorAct.create(
            person_id=who.id, act="x", subject="x:1", before={}, after={}, reason="  a ",
            created_at=who.created_at,
        )  # fmt: skip


async def test_the_log_is_read_page_by_page() -> None:
    who = await admin.operator()
    for _ in range(5):
        await service.retry_news(who.id, await admin.parked_news(), admin.REASON)
    first = await records.acts(limit=2)
    rest = await records.acts(before=first[-1].id)
    ids = [row.id for row in [*first, *rest]]
    assert len(ids) == len(set(ids)) == 5


@pytest.mark.parametrize(
    ("kind", "status", "then"),
    [("refund", "failed", "failed"), ("refund", "credit", ""), ("transfer", "parked", "")],
)
async def test_what_only_a_person_decides_is_done_once_and_logged(
    scene: Scene, kind: str, status: str, then: str
) -> None:
    movement = await scene.movement()
    await Movement.filter(id=movement.id).update(kind=kind, status=status)
    await Funding.all().update(transferred_minor=0)  # it never left, or came back
    if not then:
        with pytest.raises(NothingToDecide):
            await service.decide_movement(scene.operator.id, movement.id, admin.REASON)
        return
    await service.decide_movement(scene.operator.id, movement.id, admin.REASON)
    with pytest.raises(NothingToDecide):
        await service.decide_movement(scene.operator.id, movement.id, admin.REASON)
    assert (await Movement.get(id=movement.id)).status == then
    again = await Movement.filter(cause=f"resend:{movement.id}")
    assert [each.amount for each in again] == ([movement.amount] if status == "failed" else [])
    [act] = await records.acts()
    assert (act.reason, act.before["status"], act.after["status"]) == (
        admin.REASON.reason, status, then,
    )  # fmt: skip
