"""The job worker: `python -m marketplace.worker`. Which tasks exist, which ticks run."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from contextlib import AsyncExitStack
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from procrastinate import JobContext, PsycopgConnector
from procrastinate.middleware import AsyncCallNext
from procrastinate.worker import Worker
from psycopg_pool import AsyncConnectionPool

from marketplace.app import FEATURES, connect_features
from marketplace.core import clock, held, jobs, lifeline
from marketplace.core.db import close_db, connection, init_db
from marketplace.core.settings import settings

log = logging.getLogger("relais.worker")
CONCURRENCY = 10  # most of a job is waiting: for PostgreSQL, for Stripe
POLL_SECONDS = 0.25  # procrastinate forgets a word of a new job that comes while it looks for one
BEAT_SECONDS = 5
RESCUE_SECONDS = 10
TICK_SECONDS, DAY_SECONDS = 600, 86_400
AGE = "SELECT extract(epoch FROM now() - min(applied_at)) AS age FROM schema_migration"


async def beat(name: str) -> None:
    """Say "alive" until cancelled, so that /health/ready can tell."""
    while True:
        await connection().execute_query(
            "INSERT INTO worker_heartbeat (name, seen_at) VALUES ($1, now()) "
            "ON CONFLICT (name) DO UPDATE SET seen_at = now()",
            [name],
        )
        await asyncio.sleep(BEAT_SECONDS)


async def rescue() -> None:
    """Requeue the jobs of workers that died: procrastinate itself leaves them "doing" for ever."""
    while True:
        await asyncio.sleep(RESCUE_SECONDS)
        await lifeline.rescue()


async def made_up_for() -> float:
    """How many seconds a tick that was missed while no worker ran is still run after: a day.

    A machine that is off at night does its nightly work in the morning. Not what fell due before
    there was this database.
    """
    [row] = await connection().execute_query_dict(AGE)
    return max(TICK_SECONDS, min(DAY_SECONDS, float(row["age"])))


def end_at_once() -> None:
    """The database was lost, and with it the proof that we live: others may take our jobs now.

    Every job bears being killed anywhere; whoever watches us starts us again.
    """
    log.warning("the database was lost; the worker ends, to be started again")
    logging.shutdown()
    os._exit(1)


async def forever(name: str, work: object) -> None:
    """Keep a background loop alive through a database that comes and goes."""
    while True:
        try:
            await work()  # type: ignore[operator]
        except Exception:
            log.exception("%s", name)
            await asyncio.sleep(1)


def load_tasks() -> None:
    """Import every module that registers tasks."""
    import_module("marketplace.core.upkeep")
    for feature in FEATURES:
        for part in ("service", "queries"):
            name = f"marketplace.{feature}.{part}"
            if find_spec(f"marketplace.{feature}") and find_spec(name):
                import_module(name)


def _pool(**wanted: Any) -> AsyncConnectionPool:
    """Connections for jobs, not asked whether they live before each use: see `end_at_once`."""
    return AsyncConnectionPool(**{**wanted, "check": None})


async def run(*, wait: bool = True) -> None:
    """Work until a signal; with `wait=False` until no job is due (tests, scripts)."""
    load_tasks()
    connect_features()
    async with AsyncExitStack() as stack:
        await init_db()
        stack.push_async_callback(close_db)
        for feature in FEATURES:
            name = f"marketplace.{feature}.service"
            module = (
                import_module(name)
                if find_spec(f"marketplace.{feature}") and find_spec(name)
                else None
            )
            if hasattr(module, "opened"):
                await stack.enter_async_context(module.opened())  # type: ignore[union-attr]
        if wait:
            jobs.app.periodic_defaults = {"max_delay": await made_up_for()}
        connector = PsycopgConnector(conninfo=settings().database_url, pool_factory=_pool)
        with jobs.app.replace_connector(connector) as app:
            async with app.open_async():
                me = f"{socket.gethostname()}:{os.getpid()}"
                life = lifeline.Lifeline(end_at_once)

                async def alive(work: AsyncCallNext, _: JobContext, worker: Worker) -> object:
                    assert worker.worker_id is not None
                    await life.hold(worker.worker_id)
                    return await work()

                await lifeline.rescue()  # before there are jobs of our own
                loops = [
                    asyncio.create_task(forever("beat", lambda: beat(me))),
                    asyncio.create_task(forever("rescue", rescue)),
                ]
                try:
                    await held.until_resumed()
                    await app.run_worker_async(
                        wait=wait,
                        concurrency=CONCURRENCY,
                        fetch_job_polling_interval=POLL_SECONDS,
                        name=me,
                        install_signal_handlers=wait,
                        update_heartbeat_interval=5,
                        worker_middleware=[alive],
                        delete_jobs="successful",
                    )
                finally:
                    for loop in loops:
                        loop.cancel()
                    await life.release()


def main() -> None:
    """Start the worker process."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for noisy in ("httpx", "procrastinate"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    log.info("worker starts at %s", clock.now().isoformat())
    asyncio.run(run())


if __name__ == "__main__":
    main()
