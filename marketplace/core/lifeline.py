"""Owns the proof that a worker lives: a lock held by its own database session; runs no job.

PostgreSQL drops the lock with the session, so whoever sees it missing knows at once that the
worker is gone, however it died, and needs no heartbeat to grow old. The same holds when the
database itself was lost: the worker then ends, because others may take its jobs.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import asyncpg
from procrastinate import utils
from procrastinate.exceptions import ConnectorException, UniqueViolation
from procrastinate.jobs import Status

from marketplace.core import jobs
from marketplace.core.db import connection
from marketplace.core.settings import settings

log = logging.getLogger("relais.worker")
LOCKS: Final = 0x52454C41  # the class of our advisory locks; the object is the worker's number
SURE_SECONDS: Final = 0.5  # a new worker begins its first job just before it holds its lock

# A worker cut off from the network keeps its session for hours: its heartbeat tells.
ORPHANS: Final = """
SELECT job.id, job.task_name, job.attempts, job.queueing_lock FROM procrastinate_jobs job
  LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
 WHERE job.status = 'doing'
   AND (worker.id IS NULL
        OR worker.last_heartbeat < now() - make_interval(secs => $2)
        OR NOT EXISTS (
            SELECT 1 FROM pg_locks held
             WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 2
               AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
               AND held.classid::bigint = $1 AND held.objid::bigint = worker.id % 2147483648))
 ORDER BY job.id
"""


class Lifeline:
    """One worker's lock. `lost` is called when its session ends before `release`."""

    def __init__(self, lost: Callable[[], None]) -> None:
        self._lost = lost
        self._session: asyncpg.Connection[Any] | None = None
        self._taking = asyncio.Lock()

    async def hold(self, worker_id: int) -> None:
        """Take the lock, once."""
        async with self._taking:
            if self._session is not None:
                return
            session = await asyncpg.connect(settings().database_url)
            await session.execute(
                "SELECT pg_advisory_lock($1, ($2 % 2147483648)::int)", LOCKS, worker_id
            )
            session.add_termination_listener(lambda _: self._lost())
            self._session = session

    async def release(self) -> None:
        """Give it back: the worker ends by its own wish."""
        self._lost = lambda: None
        if self._session is not None:
            await self._session.close()


@dataclass(frozen=True)
class _Orphan:
    id: int
    task_name: str
    attempts: int
    queueing_lock: str | None


async def _orphans() -> set[_Orphan]:
    rows = await connection().execute_query_dict(ORPHANS, [LOCKS, float(jobs.STALLED_SECONDS)])
    return {_Orphan(**row) for row in rows}


async def rescue() -> int:
    """Queue again, or park, the jobs of workers that are gone; how many."""
    found = await _orphans()
    if not found:
        return 0
    await asyncio.sleep(SURE_SECONDS)
    rescued = sorted(found & await _orphans(), key=lambda job: job.id)
    for job in rescued:
        await _requeue(job)
    return len(rescued)


async def _requeue(job: _Orphan) -> None:
    """Queue a job again, or park it as failed: one that ends its worker each time must not go on.

    A lost worker is a failed try. After the first one the job is due at once, as most die of
    something else; then it waits longer each time, so that the others get done in between. A tick
    never waits: its next one could not be queued.
    """
    manager, failed = jobs.app.job_manager, job.attempts + 1
    wait = jobs.wait_after(job.task_name, failed)
    due = utils.utcnow() + timedelta(seconds=0 if failed == 1 or job.queueing_lock else wait or 0)
    try:
        if wait is None:
            await manager.finish_job_by_id_async(
                job_id=job.id, status=Status.FAILED, delete_job=False
            )
        else:
            await manager.retry_job_by_id_async(job_id=job.id, retry_at=due)
    except UniqueViolation:  # a tick, and its next one is waiting already
        await manager.finish_job_by_id_async(job_id=job.id, status=Status.ABORTED, delete_job=True)
    except ConnectorException as error:
        log.info("job %s was not requeued: %s", job.id, error)  # it has just ended after all
    else:
        what = "parked" if wait is None else "requeued"
        log.warning("%s job %s of a worker that is gone", what, job.id)
