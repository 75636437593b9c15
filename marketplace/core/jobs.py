"""Owns background jobs: their registry and the one way to queue them; never holds a job's work.

Jobs are queued through procrastinate's SQL function on the ORM's own open connection, so that a
rolled-back command queues nothing. Delivery is at least once and without fencing: every task
locks its business row and checks its state first.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy

from marketplace.core import clock
from marketplace.core.db import connection

Work = Callable[..., Awaitable[Any]]

app = App(connector=PsycopgConnector(conninfo=""))  # the worker replaces the connector

MAX_ATTEMPTS = 8  # then the job is parked as failed for an operator
STALLED_SECONDS = 30
# A backlog of letters keeps neither the clockwork nor the money nor the directory waiting.
PRIORITIES = {"ticks": 30, "money": 20, "index": 10}

PARKED = "SELECT args FROM procrastinate_jobs WHERE status = 'failed' AND task_name = $1"
WAITING = """
SELECT id, args FROM procrastinate_jobs
 WHERE status = 'todo' AND task_name = $1 AND (scheduled_at IS NULL OR scheduled_at <= now())
   AND id <> ALL ($2::bigint[])
 ORDER BY priority DESC, id LIMIT $3"""
DEFER = """
SELECT unnest(procrastinate_defer_jobs_v1(ARRAY[
  ROW($1, $2, $3, $4, $5, $6::jsonb, $7)::procrastinate_job_to_defer_v1])) AS id
"""


@dataclass(frozen=True)
class _Task:
    name: str
    queue: str
    work: Work


TASKS: dict[str, _Task] = {}
_running: ContextVar[str | None] = ContextVar("running_job", default=None)


def _plain(value: object) -> object:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    msg = f"a job argument must be JSON: {value!r}"
    raise TypeError(msg)


def task(
    name: str, *, queue: str = "default", retries: int = MAX_ATTEMPTS
) -> Callable[[Work], Work]:
    """Register an async function taking JSON keyword arguments as the job `name`."""

    def register(work: Work) -> Work:
        retry = RetryStrategy(max_attempts=retries, exponential_wait=2)

        async def run(context: JobContext, /, **args: Any) -> Any:
            _running.set(str(context.job.id))  # each job runs in an asyncio task of its own
            return await work(**args)

        app.task(name=name, queue=queue, retry=retry, pass_context=True)(run)
        TASKS[name] = _Task(name, queue, work)
        return work

    return register


def running() -> str | None:
    """The number of the job that runs here, the same when it is tried again; None outside jobs."""
    return _running.get()


def periodic(cron: str, name: str, *, queue: str = "ticks") -> Callable[[Work], Work]:
    """Register an async function of one `timestamp: int` to run by `cron` (UTC, six fields = s)."""

    def register(work: Work) -> Work:
        # One waits and one runs, whatever the number of workers and however long it takes.
        made = app.task(
            name=name, queue=queue, queueing_lock=name, lock=name, priority=PRIORITIES[queue]
        )(work)
        app.periodic(cron=cron)(made)
        TASKS[name] = _Task(name, queue, work)
        return work

    return register


async def defer(
    name: str,
    *,
    lock: str | None = None,
    at: datetime | None = None,
    priority: int | None = None,
    **args: object,
) -> None:
    """Queue a job in the open transaction; it starts after commit, or never.

    Jobs of one `lock` run one after another. There is deliberately no "only once in the queue":
    the job already waiting might be fetched before this command commits, and miss its change.
    `at` is application time, which may run ahead of the database's in development.
    """
    known = TASKS[name]  # a wrong name must fail here, not in the worker
    if at is not None:
        at -= timedelta(seconds=clock.offset_seconds())
    first = PRIORITIES.get(known.queue, 0) if priority is None else priority
    values = [known.queue, name, first, lock, None, json.dumps(args, default=_plain), at]
    await connection().execute_query_dict(DEFER, values)


async def parked(name: str) -> list[dict[str, Any]]:
    """The arguments of the jobs `name` that failed for good and wait for an operator."""
    rows = await connection().execute_query_dict(PARKED, [name])
    return [_arguments(row) for row in rows]


async def waiting(
    name: str, limit: int, *, without: Iterable[str] = ()
) -> list[tuple[str, dict[str, Any]]]:
    """Number and arguments of the jobs `name` that are due, in the order they will run."""
    values = [name, [int(one) for one in without], limit]
    rows = await connection().execute_query_dict(WAITING, values)
    return [(str(row["id"]), _arguments(row)) for row in rows]


def _arguments(row: dict[str, Any]) -> dict[str, Any]:
    args: Any = row["args"]
    return dict(args if isinstance(args, dict) else json.loads(args))


__all__ = [
    "MAX_ATTEMPTS",
    "TASKS",
    "JobContext",
    "app",
    "defer",
    "parked",
    "periodic",
    "running",
    "task",
    "waiting",
]
