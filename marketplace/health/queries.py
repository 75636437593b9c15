"""Owns the state of each part this instance stands on; never repairs anything."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import asyncpg
from tortoise.exceptions import DBConnectionError, OperationalError

from marketplace.core import clock, held, migrate, once
from marketplace.core.db import connection
from marketplace.core.settings import settings
from marketplace.directory.queries import index
from marketplace.sealing import service as sealing
from payments import treasury
from payments.errors import StripeProblem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

migrate.shipped()  # read now: a deployment may put newer files beside this process
PATIENCE_SECONDS = 3.0
SILENT_SECONDS = 30  # a worker beats every 5 s
AGAIN_SECONDS = 60.0
UNSENT_SECONDS = 600

APPLIED = "SELECT part, version FROM schema_migration"
BEAT = "SELECT extract(epoch FROM now() - max(seen_at))::float8 AS seconds FROM worker_heartbeat"
UNSENT = """
SELECT count(*) AS waiting,
       extract(epoch FROM $1::timestamptz - min(mail.created_at))::float8 AS seconds
  FROM outgoing_mail mail
  JOIN procrastinate_jobs job
    ON job.task_name = 'mail.send' AND job.args ->> 'mail' = mail.id::text
 WHERE mail.sent_at IS NULL AND job.status IN ('todo', 'doing') AND job.attempts > 0
   AND NOT EXISTS (
     SELECT 1 FROM (SELECT sent_at FROM outgoing_mail ORDER BY id DESC LIMIT 50) newest
      WHERE newest.sent_at > $1::timestamptz - interval '10 minutes')
"""
"""Mails that were tried in vain, unless others have left meanwhile: then it is their mailboxes'."""
SETUP = "setup"
"""What only the operator can feel and mend: no part of what people are told."""
DATABASE_ERRORS = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError,
                   DBConnectionError, OperationalError)  # fmt: skip


class Status(StrEnum):
    """How a part or the whole is. Only `unavailable` means that no page can be served."""

    OK = "ok"
    DEGRADED = "degraded"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class Part:
    """One part's state and what an operator may want to know of it."""

    status: Status
    detail: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """For the answer."""
        return {"status": self.status.value, **self.detail}


@dataclass
class _Said:
    """What Stripe said last, and when it is asked again on the machine's own clock."""

    problem: str = ""
    again_at: float = 0.0


_stripe, _payouts = _Said(), _Said()


async def readiness() -> tuple[Status, dict[str, Part]]:
    """Every part's state, asked at once, and the whole's."""
    asked: dict[str, Coroutine[Any, Any, Part]] = {
        "database": _database(),
        "worker": _worker(),
        "mail": _mail(),
        "search": _search(),
        "payments": _payments(),
        SETUP: _setup(),
    }
    parts = dict(zip(asked, await asyncio.gather(*asked.values()), strict=True))
    return worst(parts), parts


def worst(parts: dict[str, Part]) -> Status:
    """The state of the whole that these parts make."""
    if parts["database"].status is Status.UNAVAILABLE:
        return Status.UNAVAILABLE
    fine = all(part.status is Status.OK for part in parts.values())
    return Status.OK if fine else Status.DEGRADED


async def _rows(query: str, *values: object) -> list[dict[str, Any]]:
    async with asyncio.timeout(PATIENCE_SECONDS):
        rows: list[dict[str, Any]] = await connection().execute_query_dict(query, [*values])
        return rows


async def _database() -> Part:
    try:
        rows = await _rows(APPLIED)
    except DATABASE_ERRORS as error:
        return Part(Status.UNAVAILABLE, {"problem": type(error).__name__})
    applied = [(row["part"], row["version"]) for row in rows]
    version = max((number for part, number in applied if part == "marketplace"), default=0)
    detail: dict[str, Any] = {"schema_version": version}
    missing = migrate.lacking(applied)
    if missing:
        return Part(Status.UNAVAILABLE, {**detail, "problem": "migrate", "missing": missing})
    return Part(Status.OK, detail)


async def _worker() -> Part:
    try:
        rows = await _rows(BEAT)
        restored = await held.since()
    except DATABASE_ERRORS:
        return Part(Status.DEGRADED, {"problem": "unknown while the database is away"})
    seconds = rows[0]["seconds"]
    if restored is not None:
        return Part(Status.DEGRADED, {"problem": "held since a backup was restored: see resume"})
    if seconds is None:
        return Part(Status.DEGRADED, {"problem": "never seen"})
    status = Status.OK if seconds < SILENT_SECONDS else Status.DEGRADED
    return Part(status, {"seen_seconds_ago": round(max(seconds, 0.0), 1)})


async def _mail() -> Part:
    try:
        tried = (await _rows(UNSENT, clock.now()))[0]
    except DATABASE_ERRORS:
        return Part(Status.DEGRADED, {"problem": "unknown while the database is away"})
    if not tried["waiting"] or tried["seconds"] < UNSENT_SECONDS:
        return Part(Status.OK, {})
    told = {"waiting": tried["waiting"], "oldest_seconds": round(tried["seconds"])}
    return Part(Status.DEGRADED, {"problem": "mails do not leave: see the job mail.send", **told})


async def _search() -> Part:
    """Asked with the key of the web processes: a server that refuses it is of no use to them."""
    state = (await index.state()).state
    if state == "off":
        return Part(Status.OK, {"mode": "plain listing: MEILI_URL is not set"})
    if state == "unknown":
        keys = "MEILI_MASTER_KEY, or MEILI_SEARCH_KEY without search and stats.get"
        return Part(Status.DEGRADED, {"problem": f"Meilisearch refuses the key: see {keys}"})
    if state == "away":
        return Part(Status.DEGRADED, {"problem": "Meilisearch or its index is away"})
    return Part(Status.OK, {})


async def _payments() -> Part:
    known = settings()
    if not known.stripe_secret_key:
        return Part(Status.DEGRADED, {"problem": "STRIPE_SECRET_KEY is not set"})
    sandbox = known.stripe_api_base
    problem = await (_of_sandbox(sandbox) if sandbox else _of_stripe())
    detail: dict[str, Any] = {"provider": "sandbox" if sandbox else "stripe"}
    if not known.real_money:
        detail["mode"] = "test"
    if problem:
        return Part(Status.DEGRADED, {**detail, "problem": problem})
    return Part(Status.OK, detail)


async def _of_sandbox(address: str) -> str:
    parts = urlsplit(address)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            _, writer = await asyncio.open_connection(parts.hostname, parts.port or 80)
            writer.close()
            await writer.wait_closed()
    except (OSError, TimeoutError) as error:
        return type(error).__name__
    return await _asked()


async def _of_stripe() -> str:
    return await _kept(_stripe, _asked)


async def _kept(said: _Said, ask: Callable[[], Awaitable[str]]) -> str:
    """A probe every few seconds is not worth an outside call: what it said is kept for a while."""
    if time.monotonic() >= said.again_at:
        said.again_at = time.monotonic() + AGAIN_SECONDS  # before the answer: one asks, not all
        said.problem = await ask()
    return said.problem


async def _asked() -> str:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await treasury.trouble()
    except TimeoutError as error:
        return type(error).__name__


async def _setup() -> Part:
    """How our account at Stripe is set; while it is silent, `payments` says so."""
    known = settings()
    if not known.stripe_secret_key:
        return Part(Status.OK, {})
    interval = await (_interval() if known.stripe_api_base else _kept(_payouts, _interval))
    if interval:
        problem = f"Stripe pays out held money to your bank ({interval}): set payouts to manual"
        return Part(Status.DEGRADED, {"problem": problem})
    try:
        refused = await once.is_done(once.today(once.NEWS_REFUSED))
    except DATABASE_ERRORS:
        refused = False
    if refused:
        problem = "an event destination at Stripe sends snapshots: make it thin"
        return Part(Status.DEGRADED, {"problem": problem})
    seal = await asyncio.to_thread(sealing.watch.trouble)
    return Part(Status.DEGRADED, {"problem": seal.value}) if seal else Part(Status.OK, {})


async def _interval() -> str:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await treasury.automatic_payouts()
    except (TimeoutError, StripeProblem):
        return ""
