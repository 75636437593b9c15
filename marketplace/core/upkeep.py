"""Owns how long the kernel keeps what is done: jobs, events, mails, files nobody needs.

Nothing here is evidence but the mails that say what they are `about` (see mail.sent_about). A job
that ended well is deleted as it ends (worker.py). deploy/README.md tells operators these terms.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

from marketplace.core import batches, clock, files, jobs
from marketplace.core.db import command, connection
from marketplace.core.settings import settings

AT_ONCE: Final = 10_000  # rows a statement: locks stay short
FAILED_KEPT: Final = timedelta(days=90)  # for an operator to try again
ADDRESSED_KEPT: Final = timedelta(days=7)  # a failed job whose arguments hold an e-mail address
EVENTS_KEPT: Final = timedelta(days=90)
MAILS_KEPT: Final = timedelta(days=90)  # of which nothing but recipient and day is left
UNSENT_KEPT: Final = timedelta(days=30)  # a letter so late helps nobody
PROOFS_KEPT: Final = timedelta(days=5 * 366)  # art. 2224 Code civil: claims last five years

# $1 is how many at once, $2 the moment before which a row is too old. What failed of the money says
# nothing of a person, and waits for ever.
LEFT_OVER: Final = """DELETE FROM procrastinate_jobs WHERE id IN (
  SELECT id FROM procrastinate_jobs
   WHERE status IN ('succeeded', 'cancelled', 'aborted') LIMIT $1)"""
FAILED: Final = """DELETE FROM procrastinate_jobs WHERE id IN (
  SELECT j.id FROM procrastinate_jobs j
   WHERE j.status = 'failed' AND j.queue_name <> 'money' AND j.args::text LIKE $3
     AND (SELECT max(e.at) FROM procrastinate_events e WHERE e.job_id = j.id) < $2 LIMIT $1)"""
EVENTS: Final = """DELETE FROM domain_event WHERE id IN (
  SELECT e.id FROM domain_event e WHERE e.created_at < $2 AND NOT EXISTS (
    SELECT FROM procrastinate_jobs j
     WHERE j.task_name = 'events.deliver' AND j.args ->> 'event' = e.id::text) LIMIT $1)"""
MAILS: Final = """DELETE FROM outgoing_mail WHERE id IN (
  SELECT id FROM outgoing_mail WHERE sent_at < $2 AND about = '' LIMIT $1)"""
PROOFS: Final = """DELETE FROM outgoing_mail WHERE id IN (
  SELECT id FROM outgoing_mail WHERE sent_at < $2 LIMIT $1)"""
UNSENT: Final = """DELETE FROM outgoing_mail WHERE id IN (
  SELECT id FROM outgoing_mail WHERE sent_at IS NULL AND created_at < $2 LIMIT $1)"""
BEATS: Final = """DELETE FROM worker_heartbeat WHERE name IN (
  SELECT name FROM worker_heartbeat WHERE seen_at < now() - interval '1 day' LIMIT $1)"""
FORGET_SENT: Final = """
UPDATE outgoing_mail SET recipient = '' WHERE recipient = $1 AND sent_at IS NOT NULL
   AND template LIKE $2 || '%'"""
FORGET_UNSENT: Final = """
DELETE FROM outgoing_mail WHERE recipient = $1 AND sent_at IS NULL AND template LIKE $2 || '%'"""
FORGET_FAILED: Final = """
DELETE FROM procrastinate_jobs
 WHERE status = 'failed' AND args ->> 'email' = $1 AND task_name LIKE $2 || '%'"""

STEPS: Final = (
    (LEFT_OVER, None, ()),
    (FAILED, ADDRESSED_KEPT, ("%@%",)),
    (FAILED, FAILED_KEPT, ("%",)),
    (EVENTS, EVENTS_KEPT, ()),
    (MAILS, MAILS_KEPT, ()),
    (PROOFS, PROOFS_KEPT, ()),
    (UNSENT, UNSENT_KEPT, ()),
    (BEATS, None, ()),
)


@jobs.periodic("27 3 * * *", "core.upkeep")
async def upkeep(timestamp: int) -> None:
    """Every night: delete what has been kept long enough."""
    del timestamp
    await clear()
    await asyncio.to_thread(files.clear, settings().data_dir)


async def clear() -> None:
    """The same now."""
    await batches.each("kept long enough", STEPS, _clear, at_once=1)


async def _clear(step: tuple[str, timedelta | None, tuple[str, ...]]) -> None:
    statement, kept, more = step
    before = () if kept is None else (clock.now() - kept,)
    while (await connection().execute_query(statement, [AT_ONCE, *before, *more]))[0] == AT_ONCE:
        pass


@command
async def forget(address: str, of: str = "") -> None:
    """What is done no longer says this address: its person is erased.

    `of`: only mails and jobs whose names begin so.
    """
    for statement in (FORGET_SENT, FORGET_UNSENT, FORGET_FAILED):
        await connection().execute_query(statement, [address, of])
