"""Kill -9 at random moments of workers, web and PostgreSQL: each release is paid exactly once.

245 strikes while three workers, a web process and a PostgreSQL of the test's own, durable as in
production, move money: 160 kills of workers, 25 of the web process, 12 of PostgreSQL's postmaster,
13 of one of its backends (which makes it start over), 210 in all; and 35 workers stopped
(SIGSTOP) while the others take over what they had begun, then let loose (SIGCONT). Calls to Stripe
are slow and nobody respects claims, so that what is struck is in the middle of something. Afterwards
Stripe has one transfer for each release and one refund for each refund, and every line agrees.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from stripe import StripeClient

from marketplace.core import db
from marketplace.core.migrate import migrate
from marketplace.runtime import ports, postgres, programs
from marketplace.runtime.failures import CannotStart
from payments import inbox, movements, reconcile
from payments.config import config, configure
from payments.ledger import book, chart
from payments.models import EventStatus, Movement, MovementStatus, StripeEvent
from tests.fixtures.nursery import Nursery
from tests.payments.conftest import Facts, Stripe, advance, eur, settings_for, start_sandbox
from tests.payments.victims import PRICE, SURPRISE

STRIKES = {"worker": 160, "web": 25, "postmaster": 12, "backend": 13, "zombie": 35}
WORKERS = 3
SEED = int(os.environ.get("KILLS_SEED", "0"))
CLICK_SECONDS = 0.1
PAUSE_SECONDS = 0.12
STOPPED_SECONDS = 0.4
HELD = 2_000_000
PATIENCE_SECONDS = 300.0


@dataclass
class Server:
    """A PostgreSQL to be killed, durable: what it said it kept must be there afterwards."""

    data_dir: Path
    binaries: postgres.Binaries
    port: int = field(default_factory=ports.free)
    child: programs.Child | None = None

    @property
    def dsn(self) -> str:
        return postgres.dsn(self.data_dir, self.port, "postgres")

    def start(self) -> None:
        started = postgres.program(self.data_dir, self.port, self.binaries, durable=True)
        limit = time.monotonic() + PATIENCE_SECONDS
        while True:
            self.child = programs.start(started)
            try:
                self.child.wait_ready()
            except CannotStart:  # what it left behind while it recovered has not ended yet
                if time.monotonic() > limit:
                    raise
                time.sleep(0.1)
            else:
                return

    def kill(self) -> None:
        assert self.child is not None
        self.child.process.kill()
        self.child.process.wait()

    async def kill_a_backend(self) -> None:
        """As soon as there is one: it may still recover from the last."""
        limit = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < limit:
            with suppress(psycopg.OperationalError):
                self._kill_a_backend()
                return
            await asyncio.sleep(0.02)
        raise AssertionError("PostgreSQL does not come back")

    def _kill_a_backend(self) -> None:
        query = (
            "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
            " AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1"
        )
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            found = connection.execute(query).fetchone()
            if found is not None:
                os.kill(found[0], signal.SIGKILL)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    binaries = postgres.locate(tmp_path)
    postgres.prepare(tmp_path, binaries)
    made = Server(tmp_path, binaries)
    made.start()
    try:
        yield made
    finally:
        assert made.child is not None
        made.child.stop()


@dataclass
class Yard:
    """Where victims are bred, struck and replaced."""

    server: Server
    stripe: Stripe
    web_port: int
    breeder: asyncio.subprocess.Process
    chance: random.Random
    web: int = 0
    workers: list[int] = field(default_factory=list)
    struck: Counter[str] = field(default_factory=Counter)
    answered: int = 0
    answered_then: int = -1

    async def breed(self, kind: str) -> int:
        assert self.breeder.stdin is not None
        assert self.breeder.stdout is not None
        self.breeder.stdin.write(f"{kind}\n".encode())
        return int(await self.breeder.stdout.readline())

    async def strike(self, what: str) -> None:
        self.struck[what] += 1
        if what in ("web", "postmaster", "backend"):
            await self._somebody_got_through()
        if what == "web":
            os.kill(self.web, signal.SIGKILL)
            while Path(f"/proc/{self.web}").exists():  # its port is not free before
                await asyncio.sleep(0.005)
            self.web = await self.breed("web")
        elif what == "postmaster":
            self.server.kill()
            self.server.start()
        elif what == "backend":
            await self.server.kill_a_backend()
        else:
            worker = self.workers.pop(self.chance.randrange(len(self.workers)))
            if what == "zombie":
                await self._stop(worker)
            else:
                os.kill(worker, signal.SIGKILL)
                self.workers.append(await self.breed("worker"))

    async def _somebody_got_through(self) -> None:
        """Without it the site would be down for good on a slow machine."""
        limit = time.monotonic() + PATIENCE_SECONDS
        while self.answered == self.answered_then:
            assert time.monotonic() < limit, "nobody gets through"
            await asyncio.sleep(0.01)
        self.answered_then = self.answered

    async def _stop(self, worker: int) -> None:
        """It sleeps in the middle of something, and wakes up when that has been done."""
        os.kill(worker, signal.SIGSTOP)
        await asyncio.sleep(STOPPED_SECONDS)
        os.kill(worker, signal.SIGCONT)
        self.workers.append(worker)

    async def clicks(self) -> None:
        """Two releases, a refund, and so on, until all victims are struck."""
        async with httpx.AsyncClient(timeout=60) as person:
            while sum(self.struck.values()) < sum(STRIKES.values()):
                what = "refund" if self.answered % 3 == 2 else "release"
                key = f"{what}{self.answered}"
                await self._click(person, f"http://127.0.0.1:{self.web_port}/{what}/{key}")
                self.answered += 1
                await asyncio.sleep(CLICK_SECONDS)

    async def _click(self, person: httpx.AsyncClient, url: str) -> None:
        """Patiently: again under the same key until there is an answer."""
        limit = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < limit:
            try:
                answer = await person.post(url)
            except httpx.TransportError:
                await asyncio.sleep(0.02)
                continue
            if answer.status_code == 200:
                return
            assert answer.status_code == 503, answer.text
            await asyncio.sleep(0.02)
        raise AssertionError(f"no answer from {url}")


@pytest.fixture
async def yard(
    server: Server, nursery: Nursery, facts: Facts, tmp_path: Path
) -> AsyncIterator[Yard]:
    """A payee who is ready and enough held money, with nobody at work yet."""
    await migrate(server.dsn)
    api, web_port = ports.free(), ports.free()
    target = f"http://127.0.0.1:{web_port}/webhooks/stripe"
    sandbox = start_sandbox(nursery, api, target, tmp_path / "sandbox.log")
    configure(settings_for(f"http://127.0.0.1:{api}"))
    movements.wake_with(None)
    inbox.wake_with(None)
    with (tmp_path / "victims.log").open("wb") as log:
        breeder = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.payments.victims"),
            *(server.dsn, config().api_base, str(web_port)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
        )
    await db.init_db(server.dsn)
    try:
        async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as http:
            stripe = Stripe(f"http://127.0.0.1:{api}", facts, http)
            while not ports.answers(api):
                await asyncio.sleep(0.02)
            made = Yard(server, stripe, web_port, breeder, random.Random(SEED))
            made.web = await made.breed("web")
            await stripe.onboard()
            await stripe.fund(eur(HELD), holding="m1")
            yield made
            assert (await stripe.state())["violations"] == []
            await stripe.controls.close()
    finally:
        await db.close_db()
        breeder.kill()
        await breeder.wait()
        sandbox.stop()


async def test_each_release_is_paid_once_whatever_is_killed(yard: Yard, tmp_path: Path) -> None:
    await db.close_db()
    await yard.stripe.control(
        "faults", kind="slow", path="^/v1/(transfers|refunds)$", times=10_000, seconds=0.1
    )
    yard.workers = [await yard.breed("worker") for _ in range(WORKERS)]
    strikes = [what for what, times in STRIKES.items() for _ in range(times)]
    yard.chance.shuffle(strikes)
    began, person = time.monotonic(), asyncio.create_task(yard.clicks())
    for what in strikes:
        await asyncio.sleep(yard.chance.uniform(0, PAUSE_SECONDS))
        await yard.strike(what)
    await person
    await _quiet(yard)
    seconds = time.monotonic() - began
    print(f"{dict(yard.struck)}, {yard.answered} clicks, {seconds:.0f} s")  # noqa: T201
    assert sum(yard.struck.values()) - yard.struck["zombie"] >= 200
    await _everything_agrees(yard.answered)
    told = (tmp_path / "victims.log").read_text().splitlines()
    assert [line for line in told if line.startswith(SURPRISE)] == []


async def _quiet(yard: Yard) -> None:
    """The workers that are left finish it."""
    await yard.stripe.control("faults", clear=True)
    await db.init_db(yard.server.dsn)
    limit, left = time.monotonic() + PATIENCE_SECONDS, list[str]()
    while time.monotonic() < limit:
        news = StripeEvent.exclude(status__in=[EventStatus.APPLIED, EventStatus.IGNORED])
        left = [row.failure or row.type for row in await news]
        left += [
            f"{row.status}: {row.failure}"
            for row in await Movement.exclude(status=MovementStatus.SENT)
        ]
        if not left and not (await yard.stripe.state())["waiting_deliveries"]:
            return
        await asyncio.sleep(0.1)
        await advance(5)  # what was put off is tried again
    raise AssertionError(left)


async def _everything_agrees(clicks: int) -> None:
    client = StripeClient(config().secret_key, base_addresses={"api": config().api_base})
    transfers = [*client.v1.transfers.list({"limit": 100}).auto_paging_iter()]
    refunds = [*client.v1.refunds.list({"limit": 100}).auto_paging_iter()]
    made: list[Any] = [*transfers, *refunds]
    owed = await Movement.all()
    assert Counter(each.metadata["movement"] for each in made) == Counter(str(m.id) for m in owed)
    assert (len(transfers), len(refunds)) == (clicks - clicks // 3, clicks // 3)
    assert await book.balance(chart.payable("assistant"), "EUR") == eur(0)
    assert await book.balance(chart.held("m1"), "EUR") == eur(clicks * PRICE - HELD)
    report = await reconcile.reconcile()
    assert report.clean, report.differences
