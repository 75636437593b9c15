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

from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy, RetryDecision

from marketplace.core import clock
from marketplace.core.db import connection

Work = Callable[..., Awaitable[Any]]

app = App(connector=PsycopgConnector(conninfo=""))  # the worker replaces the connector

# How often a job is tried, 2, 4, 8 … seconds after each failure, an hour at most; then it is parked
# as failed for an operator.
TRIES = 9  # nearly nine minutes: what fails so long inside our own walls is a fault of ours
TRIES_WITH_KEY = 29  # 18 hours: Stripe forgets the key of a write after 24
TRIES_ABROAD = 59  # two days: somebody else's server is away, for a night or a weekend
LONGEST_WAIT = 3600
STALLED_SECONDS = 30
# A backlog of letters keeps neither the clockwork nor the money nor the directory waiting.
PRIORITIES = {"ticks": 30, "money": 20, "index": 10}

AGAIN = (
    "SELECT procrastinate_retry_job_v2(id, now(), NULL, NULL, NULL) FROM unnest($1::bigint[]) id"
)
FRESH = "UPDATE procrastinate_jobs SET attempts = 0 WHERE id = ANY ($1::bigint[])"
# A tick whose next one waits already, or failed after it, has nothing left to do.
OVERTAKEN = """
DELETE FROM procrastinate_jobs old USING procrastinate_jobs next
 WHERE old.status = 'failed' AND old.task_name = $1 AND old.queueing_lock = next.queueing_lock
   AND (next.status = 'todo' OR (next.status = 'failed' AND next.id > old.id))
RETURNING old.id"""
FAILED = """
SELECT id FROM procrastinate_jobs WHERE status = 'failed' AND task_name = $1 FOR UPDATE"""
UNFINISHED = """
SELECT args FROM procrastinate_jobs
 WHERE status IN ('todo', 'doing', 'failed') AND task_name = $1"""
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
    tries: int = TRIES


TASKS: dict[str, _Task] = {}
_running: ContextVar[str | None] = ContextVar("running_job", default=None)


class _Waits(BaseRetryStrategy):
    """Twice as long each time, an hour at most."""

    def __init__(self, tries: int) -> None:
        self.tries = tries

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """None when it is parked, whatever went wrong. `job.attempts` are those before this one."""
        del exception
        wait = _wait(self.tries, job.attempts + 1)
        return None if wait is None else RetryDecision(retry_in={"seconds": wait})


def _wait(tries: int, failed: int) -> int | None:
    return None if failed >= tries else min(2**failed, LONGEST_WAIT)


def wait_after(name: str, failed: int) -> int | None:
    """Seconds until a job `name` that failed so often is tried again; None: it is to be parked."""
    return _wait(TASKS[name].tries if name in TASKS else TRIES, failed)


def _plain(value: object) -> object:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    msg = f"a job argument must be JSON: {value!r}"
    raise TypeError(msg)


def task(name: str, *, queue: str = "default", tries: int = TRIES) -> Callable[[Work], Work]:
    """Register an async function taking JSON keyword arguments as the job `name`."""

    def register(work: Work) -> Work:
        async def run(context: JobContext, /, **args: Any) -> Any:
            _running.set(str(context.job.id))  # each job runs in an asyncio task of its own
            return await work(**args)

        app.task(name=name, queue=queue, retry=_Waits(tries), pass_context=True)(run)
        TASKS[name] = _Task(name, queue, work, tries)
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


async def again(ids: list[int]) -> None:
    """Inside a command, on locked rows: failed jobs are due now, with all their tries before them.

    One whose queueing lock is taken by a job that waits must not be among them.
    """
    await connection().execute_query_dict(AGAIN, [ids])
    await connection().execute_query(FRESH, [ids])


async def all_again(name: str) -> int:
    """Inside a command: the same for every failed job `name`; how many there were."""
    over = {row["id"] for row in await connection().execute_query_dict(OVERTAKEN, [name])}
    rest = [row["id"] for row in await connection().execute_query_dict(FAILED, [name])]
    await again(rest)
    return len(over) + len(rest)


async def unfinished(name: str) -> list[dict[str, Any]]:
    """The arguments of the jobs `name` that wait, run or were parked for an operator."""
    rows = await connection().execute_query_dict(UNFINISHED, [name])
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
    "TASKS",
    "TRIES",
    "TRIES_ABROAD",
    "TRIES_WITH_KEY",
    "JobContext",
    "again",
    "all_again",
    "app",
    "defer",
    "periodic",
    "running",
    "task",
    "unfinished",
    "wait_after",
    "waiting",
]
