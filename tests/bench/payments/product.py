"""The product's own processes for the benches: a local Stripe as slow as a distant one, web, workers."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import httpx

from marketplace.app import connect_features
from marketplace.core import clock
from marketplace.core.db import close_db, init_db
from marketplace.core.settings import settings
from marketplace.runtime import application, ports, programs, sandbox
from tests.bench.payments.crowd import ZONE, Crowd
from tests.bench.payments.server import Server

LATENCY_MS: Final = 50


@dataclass(frozen=True)
class Ready:
    """A slow Stripe that holds the crowd's money, and the port where our web process is expected."""

    child: programs.Child
    port: int
    crowd: Crowd

    @property
    def url(self) -> str:
        """Our web process."""
        return f"http://127.0.0.1:{self.port}"


@asynccontextmanager
async def child(program: programs.Program) -> AsyncIterator[programs.Child]:
    """A program that serves, ended at the end."""
    started = programs.start(replace(program, env=dict(os.environ)))
    try:
        await asyncio.to_thread(started.wait_ready)
        yield started
    finally:
        started.stop()


def travel(day: datetime, hour: int, minute: int = 0) -> None:
    """Go to a time of a day in the contracts' zone."""
    there = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(ZONE))
    clock.advance((there - clock.now()).total_seconds())


def this_monday() -> datetime:
    """The first day of the week that is worked."""
    today = clock.today(ZONE)
    return datetime.combine(today - timedelta(days=today.weekday()), datetime.min.time())


@asynccontextmanager
async def stripe(server: Server, monday: datetime, contracts: int) -> AsyncIterator[Ready]:
    """Make the crowd on a Friday evening with a quick and silent Stripe, then make it slow."""
    data = server.data_dir
    stripe_port, web_port = ports.free(), ports.free()
    os.environ |= {
        "STRIPE_API_BASE": sandbox.url(stripe_port),
        "STRIPE_SECRET_KEY": sandbox.api_key(data),
        "STRIPE_WEBHOOK_SECRETS": sandbox.webhook_secret(data),
        "RELAIS_BASE_URL": f"http://127.0.0.1:{web_port}",
    }
    settings.cache_clear()
    travel(monday + timedelta(days=4), 18)
    connect_features()
    await init_db(server.dsn, pool=8)
    local = sandbox.program(data, stripe_port, f"http://127.0.0.1:{web_port}/webhooks/stripe")
    quiet = list(local.command)
    for option in ("--webhook", "--webhook-secret"):
        place = quiet.index(option)
        del quiet[place : place + 2]
    slow = (*local.command, "--latency-ms", str(LATENCY_MS))
    try:
        async with (
            child(replace(local, command=tuple(quiet))),
            httpx.AsyncClient(base_url=sandbox.url(stripe_port), timeout=60) as http,
        ):
            crowd = Crowd(server.dsn, http, monday.date())
            await crowd.contracts(contracts)
        async with child(replace(local, command=slow)) as running:
            yield Ready(running, web_port, crowd)
    finally:
        await close_db()


@asynccontextmanager
async def web(server: Server, ready: Ready) -> AsyncIterator[programs.Child]:
    """One web process where Stripe sends its news."""
    listening = ports.listen("127.0.0.1", ready.port)
    try:
        made = application.web(server.data_dir, 1, listening, ready.url, dict(os.environ))
        async with child(made) as running:
            yield running
    finally:
        listening.close()
