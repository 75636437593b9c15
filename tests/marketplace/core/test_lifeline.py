"""Jobs of lost workers go on at once; those of living workers are left alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from procrastinate import PsycopgConnector

from marketplace.core import db, jobs, lifeline

DOING = """
INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, worker_id, queueing_lock)
VALUES ('default', 'a.task', '{}', $1, $2, $3) RETURNING id"""

FETCHED = """
UPDATE procrastinate_jobs SET status = CASE status WHEN 'todo' THEN 'doing' ELSE status END
 WHERE id = $1 RETURNING extract(epoch FROM scheduled_at - now()) AS wait"""


@pytest.fixture
async def queue(database: str) -> AsyncIterator[None]:
    with jobs.app.replace_connector(PsycopgConnector(conninfo=database)) as app:
        async with app.open_async():
            yield


async def _job(status: str, worker: int | None, queueing_lock: str | None = None) -> int:
    values = [status, worker, queueing_lock]
    return int((await db.connection().execute_query_dict(DOING.strip(), values))[0]["id"])


async def _status(job_id: int) -> str | None:
    query = "SELECT status::text FROM procrastinate_jobs WHERE id = $1"
    found = await db.connection().execute_query_dict(query, [job_id])
    return str(found[0]["status"]) if found else None


@pytest.mark.usefixtures("queue")
async def test_only_the_jobs_of_workers_without_a_lifeline_are_queued_again() -> None:
    living, killed = [await jobs.app.job_manager.register_worker() for _ in range(2)]
    life, death = lifeline.Lifeline(lambda: None), lifeline.Lifeline(lambda: None)
    await life.hold(living)
    await death.hold(killed)
    kept, lost, nobodys = [await _job("doing", who) for who in (living, killed, None)]
    assert await lifeline.rescue() == 1  # whose worker is not even known
    await death.release()
    assert await lifeline.rescue() == 1
    assert [await _status(job) for job in (kept, lost, nobodys)] == ["doing", "todo", "todo"]
    await life.release()


@pytest.mark.usefixtures("queue")
async def test_a_lost_tick_whose_next_one_waits_is_dropped_and_stops_no_other_rescue() -> None:
    killed = await jobs.app.job_manager.register_worker()
    tick = await _job("doing", killed, "tick")
    following = await _job("todo", None, "tick")
    other = await _job("doing", killed)
    assert await lifeline.rescue() == 2
    assert await _status(tick) is None
    assert [await _status(job) for job in (following, other)] == ["todo", "todo"]


@pytest.mark.usefixtures("queue")
async def test_a_job_whose_workers_die_each_time_waits_longer_and_is_parked_in_the_end() -> None:
    job = await _job("doing", None)
    waits: list[float] = []
    while await _status(job) == "doing":
        assert await lifeline.rescue() == 1
        [row] = await db.connection().execute_query_dict(FETCHED, [job])
        waits.append(float(row["wait"]))
    assert await _status(job) == "failed"
    assert len(waits) == jobs.TRIES
    assert waits[0] <= 0 < waits[1] < waits[-2]


@pytest.mark.usefixtures("queue")
async def test_a_worker_whose_session_is_ended_by_the_server_hears_of_it() -> None:
    lost = asyncio.Event()
    life = lifeline.Lifeline(lost.set)
    await life.hold(await jobs.app.job_manager.register_worker())
    query = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
    await db.connection().execute_query_dict(query)
    await asyncio.wait_for(lost.wait(), 60)
