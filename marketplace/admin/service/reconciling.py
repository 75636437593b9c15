"""Owns comparing the books with Stripe as a job, by hand and every night; never repairs anything.

A difference counts when a second look sees the very same: money may move while each one reads.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final
from uuid import UUID

from marketplace.admin.models import ReconciliationLine, ReconciliationRun
from marketplace.admin.rules.runs import (
    TRANSITIONS,
    UNDER_WAY,
    Act,
    RunStatus,
    RunUnderWay,
    Side,
)
from marketplace.admin.schemas.queues import ReasonDraft
from marketplace.admin.service import alerts
from marketplace.admin.service.log import record
from marketplace.core import clock, jobs
from marketplace.core.db import command, connection, lock
from payments import explorer, reconcile
from payments.money import Money

log = logging.getLogger("relais.reconciliation")

ABANDONED_AFTER: Final = timedelta(hours=6)
NOTE_EVERY_SECONDS: Final = 1.0
BATCH: Final = 1000
NAMED_MAX: Final = 20
ONE_AT_A_TIME: Final = "SELECT pg_advisory_xact_lock(hashtext('reconciliation_run'))"
FORGET_LINES: Final = """
DELETE FROM reconciliation_line line USING reconciliation_run run
 WHERE run.id = line.run_id AND run.id <> $1 AND (line.matched OR run.clean IS NOT FALSE)"""


async def _move(run: ReconciliationRun, status: RunStatus, *fields: str) -> None:
    """The only writer of a comparison's status."""
    assert status in TRANSITIONS[run.status], f"{run.status} -> {status}"
    run.status = status
    await run.save(update_fields=["status", *fields])


@command
async def ask_reconciliation(person_id: UUID, draft: ReasonDraft) -> UUID:
    """Queues a comparison for an operator. Raises RunUnderWay."""
    run_id = await _queue(person_id)
    await record(
        person_id, Act.RECONCILE, f"reconciliation:{run_id}",
        before={}, after={"status": RunStatus.QUEUED.value}, draft=draft,
    )  # fmt: skip
    return run_id


async def _queue(person_id: UUID | None) -> UUID:
    await connection().execute_query_dict(ONE_AT_A_TIME)
    moment = clock.now()
    for row in await ReconciliationRun.filter(status__in=UNDER_WAY):
        if row.created_at > moment - ABANDONED_AFTER:
            raise RunUnderWay
        await _failed(row, "Its job was lost.")
    run = await ReconciliationRun.create(
        status=RunStatus.QUEUED, person_id=person_id, created_at=moment
    )
    await jobs.defer("admin.reconcile", run=run.id)
    return run.id


@jobs.periodic("40 2 * * *", "admin.reconcile_nightly")
async def nightly(timestamp: int) -> None:  # noqa: ARG001 - the tick's own time is not needed
    """Compare every night; one that is under way already is as good."""
    try:
        await command(_queue)(None)
    except RunUnderWay:
        log.info("a reconciliation is under way already")


@jobs.task("admin.reconcile")
async def compare(run: str) -> None:
    """Compare, keep the report with its lines, and say so loudly when the sides differ."""
    run_id = UUID(run)
    if not await _start(run_id):
        return
    try:
        async with _progress(run_id) as seen:
            report = await reconcile.twice(lambda: _look(run_id, seen))
    except Exception as error:
        log.exception("reconciliation %s could not be made", run_id)
        await _fail(run_id, f"{type(error).__name__}: {error}"[:500])
        return
    await _finish(run_id, report)


@command
async def _start(run_id: UUID) -> bool:
    run = await lock(ReconciliationRun, run_id)
    if run.status not in UNDER_WAY:
        return False
    run.started_at, run.lines_read = clock.now(), 0
    await _move(run, RunStatus.RUNNING, "started_at", "lines_read")
    return True


class _Seen:
    """How many balance transactions were read so far."""

    count = 0

    def __call__(self, count: int) -> None:
        self.count = count


@asynccontextmanager
async def _progress(run_id: UUID) -> AsyncIterator[_Seen]:
    """Writes the count down now and then, for whoever watches the page."""
    seen = _Seen()

    async def note() -> None:
        while True:
            await asyncio.sleep(NOTE_EVERY_SECONDS)
            await ReconciliationRun.filter(pk=run_id).update(lines_read=seen.count)

    noting = asyncio.create_task(note())
    try:
        yield seen
    finally:
        noting.cancel()
    await ReconciliationRun.filter(pk=run_id).update(lines_read=seen.count)


async def _look(run_id: UUID, seen: _Seen) -> reconcile.Report:
    """One reading of both sides; its lines are kept as they come."""
    await ReconciliationLine.filter(run_id=run_id).delete()  # of an earlier look or a killed try
    lines = _Lines(run_id)
    report = await reconcile.reconcile(seen, lambda move: lines.add(Side.STRIPE, move))
    async for move in explorer.ledger_moves():
        await lines.add(Side.BOOKS, move)
    await lines.store()
    return report


class _Lines:
    """The lines of a report, a batch in memory at a time."""

    def __init__(self, run_id: UUID) -> None:
        self.run_id = run_id
        self.batch: list[ReconciliationLine] = []

    async def add(self, side: Side, move: explorer.BalanceMove) -> None:
        """Keep one; a line is matched until the comparison says otherwise."""
        self.batch.append(
            ReconciliationLine(
                run_id=self.run_id,
                side=side,
                reference=move.reference,
                source=move.source,
                kind=move.kind,
                amount_minor=move.amount.minor,
                currency=move.amount.currency,
                happened_at=move.at,
                matched=True,
            )
        )
        if len(self.batch) == BATCH:
            await self.store()

    async def store(self) -> None:
        """Write what is in memory."""
        if self.batch:
            await ReconciliationLine.bulk_create(self.batch)
        self.batch = []


@command
async def _finish(run_id: UUID, report: reconcile.Report) -> None:
    run = await lock(ReconciliationRun, run_id)
    if run.status is not RunStatus.RUNNING:
        return
    run.clean, run.sources_count = report.clean, report.sources_count
    run.lines_read, run.finished_at = report.lines_count, clock.now()
    for each in report.differences:
        differing = {"source": each.source, "currency": each.stripe.currency}
        await ReconciliationLine.filter(run_id=run_id, **differing).update(matched=False)
    run.differences = [
        [each.source, each.stripe.currency, each.stripe.minor, each.books.minor]
        for each in report.differences
    ]
    currencies = sorted(report.stripe_totals.keys() | report.books_totals.keys())
    run.totals = [
        [name, *(side[name].minor if name in side else 0 for side in _sides(report))]
        for name in currencies
    ]
    await _move(
        run, RunStatus.DONE, "clean", "sources_count", "lines_read", "finished_at", "differences",
        "totals",
    )  # fmt: skip
    await _tell(run_id, report)
    # What agreed in the past agrees today, or today's report names it; what differed is kept.
    await connection().execute_query(FORGET_LINES, [run_id])


def _sides(report: reconcile.Report) -> tuple[dict[str, Money], ...]:
    return report.stripe_totals, report.books_totals


@command
async def _fail(run_id: UUID, failure: str) -> None:
    run = await lock(ReconciliationRun, run_id)
    if run.status is RunStatus.RUNNING:
        await _failed(run, failure)


async def _failed(run: ReconciliationRun, why: str) -> None:
    run.failure, run.finished_at = why, clock.now()
    await _move(run, RunStatus.FAILED, "failure", "finished_at")
    await alerts.books_not_compared(run.id, why)


async def _tell(run_id: UUID, report: reconcile.Report) -> None:
    """In the command that ends a comparison: an alert that names every line, in log and mail."""
    if report.clean:
        log.info("reconciliation %s: %s lines, no difference", run_id, report.lines_count)
        return
    for each in report.differences:
        log.error(
            "ALERT reconciliation %s differs: %s Stripe %s books %s",
            run_id, each.source, each.stripe, each.books,
        )  # fmt: skip
    named = [(each.source, each.stripe - each.books) for each in report.differences[:NAMED_MAX]]
    await alerts.books_differ(run_id, named)
