"""Owns the overview: what waits and since when, and how the parts are. Never repairs anything."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from marketplace.admin.queries import records
from marketplace.core import held
from marketplace.core.db import connection
from marketplace.directory.queries import index, projection
from marketplace.references import queries as references
from marketplace.reviews import queries as reviews
from payments import escrow, explorer

if TYPE_CHECKING:
    from marketplace.admin.models import ReconciliationRun

SILENT_SECONDS: Final = 30  # a worker beats every 5 s

BEAT: Final = """
SELECT extract(epoch FROM now() - max(seen_at))::bigint AS seconds FROM worker_heartbeat"""
FAILED_COUNT: Final = """
SELECT count(*) AS count, min(failed_at) AS oldest FROM (
  SELECT (SELECT max(e.at) FROM procrastinate_events e
           WHERE e.job_id = j.id AND e.type = 'failed') AS failed_at
    FROM procrastinate_jobs j WHERE j.status = 'failed') each"""
FAILED: Final = """
SELECT j.id, j.task_name AS task, j.args, j.attempts, j.queue_name AS queue, j.queueing_lock,
       (SELECT max(e.at) FROM procrastinate_events e
         WHERE e.job_id = j.id AND e.type = 'failed') AS failed_at
  FROM procrastinate_jobs j WHERE j.status = 'failed'"""
KINDS: Final = """
SELECT task_name AS task, count(*) FILTER (WHERE status = 'failed') AS failed,
       count(*) FILTER (WHERE status = 'todo') AS retried
  FROM procrastinate_jobs WHERE status = 'failed' OR (status = 'todo' AND attempts > 0)
 GROUP BY task_name ORDER BY failed DESC, task_name"""
LATELY: Final = """
SELECT j.task_name AS task, count(DISTINCT j.id) AS failed, 0 AS retried
  FROM procrastinate_jobs j JOIN procrastinate_events e ON e.job_id = j.id AND e.type = 'failed'
 WHERE j.status = 'failed'
   AND e.at > date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC' - interval '10 minutes'
 GROUP BY j.task_name ORDER BY j.task_name"""
BORN: Final = "SELECT min(applied_at) AS at FROM schema_migration"
SAME_WAITS: Final = """
SELECT 1 AS one FROM procrastinate_jobs WHERE queueing_lock = $1 AND status = 'todo'"""


@dataclass(frozen=True)
class Job:
    """A job that was tried too often; it rests until somebody tries it again."""

    id: int
    task: str
    arguments: dict[str, Any]
    attempts: int
    queue: str
    queueing_lock: str | None
    failed_at: datetime | None


@dataclass(frozen=True)
class Kind:
    """What fails of one kind: jobs that rest, and jobs that are tried again by themselves."""

    task: str
    failed: int
    retried: int


@dataclass(frozen=True)
class Overview:
    """What needs the operator's eye. `worker_seconds` is None when none was ever seen."""

    queues: list[explorer.Queue]
    failed_jobs: int
    oldest_failed_job: datetime | None
    worker_seconds: int | None
    search: index.Index
    index_work: index.Work
    published: int
    last_run: ReconciliationRun | None
    long_held: int
    oldest_held: datetime | None
    reported_reviews: int
    oldest_report: datetime | None
    reported_references: int
    oldest_reference: datetime | None
    restored_at: datetime | None  # of a backup, and no job runs since: core/held.py

    def waiting(self, queue: str, status: str) -> explorer.Queue | None:
        """One state of one queue, if anything is in it."""
        matching = (each for each in self.queues if (each.queue, each.status) == (queue, status))
        return next(matching, None)

    @property
    def worker_alive(self) -> bool:
        """Whether a worker was heard of a moment ago."""
        return self.worker_seconds is not None and self.worker_seconds < SILENT_SECONDS


async def overview() -> Overview:
    """Everything at a glance."""
    failed = (await connection().execute_query_dict(FAILED_COUNT))[0]
    long_held, oldest_held = await escrow.aged()
    reported_reviews, oldest_report = await reviews.waits()
    reported_references, oldest_reference = await references.reports.waits()
    beat = (await connection().execute_query_dict(BEAT))[0]["seconds"]
    return Overview(
        queues=await explorer.queues(),
        failed_jobs=failed["count"],
        oldest_failed_job=failed["oldest"],
        worker_seconds=None if beat is None else max(beat, 0),
        search=await index.state(),
        index_work=await index.work(),
        published=await projection.number(),
        last_run=await records.last_finished_run(),
        long_held=long_held,
        oldest_held=oldest_held,
        reported_reviews=reported_reviews,
        oldest_report=oldest_report,
        reported_references=reported_references,
        oldest_reference=oldest_reference,
        restored_at=await held.since(),
    )


def _job(row: dict[str, Any]) -> Job:
    return Job(
        id=row["id"],
        task=row["task"],
        arguments=json.loads(row["args"]),
        attempts=row["attempts"],
        queue=row["queue"],
        queueing_lock=row["queueing_lock"],
        failed_at=row["failed_at"],
    )


async def failed_jobs(limit: int = 100) -> list[Job]:
    """Jobs that were tried too often, the newest first."""
    rows = await connection().execute_query_dict(f"{FAILED} ORDER BY j.id DESC LIMIT $1", [limit])
    return [_job(row) for row in rows]


async def failing_kinds() -> list[Kind]:
    """Every kind of job of which one failed and is not done yet."""
    return [Kind(**row) for row in await connection().execute_query_dict(KINDS)]


async def failed_lately() -> list[Kind]:
    """The kinds of which jobs were given up today (UTC) or just before, and how many."""
    return [Kind(**row) for row in await connection().execute_query_dict(LATELY)]


async def failed_job(job_id: int, *, lock: bool = False) -> Job | None:
    """One failed job; with `lock` nobody else tries it again until the command ends."""
    ending = " FOR UPDATE OF j" if lock else ""
    rows = await connection().execute_query_dict(f"{FAILED} AND j.id = $1{ending}", [job_id])
    return _job(rows[0]) if rows else None


async def same_waits(job: Job) -> bool:
    """Whether a job that may wait only once waits already, for the same purpose."""
    if job.queueing_lock is None:
        return False
    return bool(await connection().execute_query_dict(SAME_WAITS, [job.queueing_lock]))


async def born_at() -> datetime:
    """When this database was made."""
    made: datetime = (await connection().execute_query_dict(BORN))[0]["at"]
    return made
