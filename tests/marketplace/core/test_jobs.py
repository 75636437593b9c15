"""A job is tried again until its cause may be gone: two days where it is somebody else's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import asyncpg
import pytest
from procrastinate import utils
from procrastinate.jobs import Job
from procrastinate.periodic import PeriodicDeferrer

from marketplace import worker
from marketplace.core import db, jobs, mail
from marketplace.core.db import command, connection
from marketplace.core.models import OutgoingMail
from marketplace.core.settings import settings
from marketplace.health import queries as health
from marketplace.runtime import ports

if TYPE_CHECKING:
    from tests.fixtures.application import RunJobs

HOUR = 3600


def waits(name: str) -> list[int]:
    """Seconds before each further try of a job that always fails."""
    strategy, found = jobs.app.tasks[name].retry_strategy, list[int]()
    assert strategy is not None
    for attempts in range(200):
        job = Job(id=1, queue="q", lock=None, queueing_lock=None, task_name=name, attempts=attempts)
        decision = strategy.get_retry_decision(exception=ValueError(), job=job)
        if decision is None:
            return found
        assert decision.retry_at is not None
        found.append(round((decision.retry_at - utils.utcnow()).total_seconds()))
    pytest.fail("it never ends")


@pytest.mark.usefixtures("run_jobs")
def test_what_rests_on_others_is_tried_for_two_days() -> None:
    lasts = {name: sum(waits(name)) for name, each in jobs.TASKS.items() if each.queue != "ticks"}
    for name in ("mail.send", "contracts.finalise", "invoicing.hand_over", "directory.sync"):
        assert 47 * HOUR < lasts[name] < 49 * HOUR, name
    for name in ("events.deliver", "admin.pay_out", "admin.send_answer"):
        # Stripe forgets the key of a write after a day: by itself nothing is sent after that.
        assert 12 * HOUR < lasts[name] < 23 * HOUR, name
    assert lasts["invoicing.issue"] < HOUR
    grown = waits("mail.send")
    assert (grown[0], grown[-1], grown) == (2, HOUR, sorted(grown))


@asynccontextmanager
async def mail_server(port: int) -> AsyncIterator[list[str]]:
    """A mail server that knows no recipient called nobody; gives the addresses it took mail for."""
    taken: list[str] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"RCPT":
                known = b"<nobody" not in line
                writer.write(b"250 ok\r\n" if known else b"550 5.1.1 no such mailbox\r\n")
                if known:
                    taken.append(line.decode().partition("<")[2].partition(">")[0])
            elif verb == b"DATA":
                writer.write(b"354 go on\r\n")
                while (await reader.readline()) not in {b".\r\n", b""}:
                    pass
                writer.write(b"250 ok\r\n")
            else:
                writer.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 ok\r\n")
        writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", port)
    try:
        yield taken
    finally:
        server.close()


@command
async def write_to(address: str) -> None:
    await mail.send(
        "accounts_already_here", to=address, locale="fr", name="", log_in_link="", reset_link=""
    )


async def delivery() -> str:
    """How an operator's monitor is told that mails leave."""
    return str((await health.readiness())[1]["mail"].status)


@pytest.mark.usefixtures("application")
async def test_a_mail_server_may_be_away_for_a_while(
    run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = ports.free()
    monkeypatch.setenv("SMTP_URL", f"smtp://127.0.0.1:{port}")
    settings.cache_clear()
    await write_to("camille@example.org")
    assert await delivery() == "ok"
    for _ in range(12):  # two hours
        await run_jobs()  # fails the test when a job is given up
        await connection().execute_query("UPDATE procrastinate_jobs SET scheduled_at = now()")
    assert (await OutgoingMail.get()).sent_at is None
    assert await delivery() == "ok"  # not yet ten minutes
    await connection().execute_query("UPDATE outgoing_mail SET created_at = now() - interval '1h'")
    assert await delivery() == "degraded"
    async with mail_server(port) as taken:
        await run_jobs()
        assert await delivery() == "ok"
        assert taken == ["camille@example.org"]
        assert (await OutgoingMail.get()).sent_at is not None
        await write_to("nobody@example.org")
        await run_jobs()
    [refused] = await OutgoingMail.filter(sent_at=None)
    assert refused.recipient == "nobody@example.org"
    left = "SELECT 1 FROM procrastinate_jobs WHERE status <> 'succeeded'"
    # An address that does not exist is neither tried for two days nor an operator's work.
    assert await connection().execute_query_dict(left) == []


@pytest.mark.usefixtures("application")
async def test_an_accented_domain_is_written_as_every_mail_server_takes_it(
    run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = ports.free()
    monkeypatch.setenv("SMTP_URL", f"smtp://127.0.0.1:{port}")
    settings.cache_clear()
    await write_to("contact@caf\u00e9.example")
    async with mail_server(port) as taken:  # it knows no SMTPUTF8
        await run_jobs()
    assert taken == ["contact@xn--caf-dma.example"]
    assert (await OutgoingMail.get()).sent_at is not None


@pytest.mark.parametrize(
    ("said", "nobody"),
    [("5.1.1 no such mailbox", True), ("5.1.10 null MX", True), ("5.7.1 relaying denied", False),
     ("5.1.8 bad sender", False), ("no", False), ("4.2.1 later", False)],
)  # fmt: skip
def test_only_an_address_that_is_nobodys_is_given_up(said: str, nobody: bool) -> None:
    assert bool(mail.NO_MAILBOX.match(said)) is nobody


async def test_a_night_without_a_worker_is_made_up_for_in_the_morning(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nightly() -> bool:
        """Whether a worker that starts at nine does what was due between two and four."""
        deferrer = PeriodicDeferrer(jobs.app.periodic_registry, **jobs.app.periodic_defaults)
        nine = datetime(2026, 11, 30, 9, tzinfo=UTC).timestamp()
        return "core.upkeep" in {each.task.name for each, _ in deferrer.get_previous_tasks(nine)}

    async def begun(**_: object) -> None:
        """A worker that has begun, and ends."""

    monkeypatch.setattr(jobs.app, "run_worker_async", begun)
    monkeypatch.setattr(jobs.app, "periodic_defaults", {})
    await db.close_db()
    await worker.run()
    assert not await nightly()  # of a new instance nothing was due
    owner = await asyncpg.connect(database)
    await owner.execute("UPDATE schema_migration SET applied_at = now() - interval '3 days'")
    await owner.close()
    await worker.run()
    assert await nightly()
    await db.init_db()
