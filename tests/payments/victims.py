"""Processes to be killed: workers that send and apply, and a web process that takes clicks and news.

python -m tests.payments.victims DSN API_BASE WEB_PORT

It imports everything once and forks a victim for each line it reads, `worker` or `web`; it answers
with the process id. A fork costs milliseconds where a start would cost a second.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
import signal
import sys
from dataclasses import replace

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from tortoise.apps import Apps
from tortoise.transactions import in_transaction

from marketplace.core.db import close_db, init_db, is_away
from payments import escrow, inbox, movements, webhooks
from payments.config import configure
from payments.facts import Fact
from tests.fixtures.application import PREPARATION
from tests.payments.conftest import eur, settings_for

PR_SET_PDEATHSIG = 1
PRICE = 1_000
SURPRISE = "surprise:"


def surprised(error: Exception) -> None:
    """What a kill does not explain."""
    sys.stderr.write(f"{SURPRISE} {error!r}\n")
    sys.stderr.flush()


async def nothing(fact: Fact) -> None:
    """Nobody listens here."""


async def work(dsn: str) -> None:
    """Applies and sends what is due until it is killed; only a lost database is no surprise."""
    await init_db(dsn, pool=2)
    while True:
        try:
            # A task of its own, as every job is: a transaction that lost its database leaves the
            # task it ran in believing that it is still open.
            await asyncio.create_task(_round())
        except Exception as error:
            if not is_away(error):
                surprised(error)
                raise
        await asyncio.sleep(0.03)


async def _round() -> None:
    for news in await inbox.pending(5):
        await inbox.apply(news, nothing)
    for movement in await movements.due(5):
        await movements.send(movement, nothing)


async def click(request: Request) -> Response:
    """What a person asks for: one command under one key, as a page's form would."""
    what, key = request.path_params["what"], request.path_params["key"]
    try:
        async with in_transaction():
            if what == "release":
                await escrow.release(key=key, holding="m1", payee="assistant", price=eur(PRICE))
            else:
                await escrow.refund(key=key, holding="m1", price=eur(PRICE))
    except Exception as error:
        if not is_away(error):
            surprised(error)
            raise
        return PlainTextResponse("try again", 503)
    return PlainTextResponse("done")


async def news(request: Request) -> Response:
    """Our webhook; without a database it says so, and Stripe comes again."""
    try:
        return await webhooks.receive(request)
    except Exception as error:
        if not is_away(error):
            surprised(error)
            raise
        return PlainTextResponse("try again", 503)


async def serve(dsn: str, port: int) -> None:
    await init_db(dsn, pool=4)
    routes = [
        Route("/webhooks/stripe", news, methods=["POST"]),
        Route("/{what}/{key}", click, methods=["POST"]),
    ]
    options = uvicorn.Config(
        Starlette(routes=routes), port=port, log_level="critical", lifespan="off"
    )
    await uvicorn.Server(options).serve()


async def prepare(dsn: str) -> None:
    """The ORM's queries, made once for all victims; each opens connections of its own."""
    await init_db(dsn)
    await close_db()
    # Opening a pool would make them again: a third of what a victim's start costs.
    setattr(Apps, PREPARATION, lambda _apps: None)
    gc.collect()
    gc.freeze()  # or each victim's collector would copy all of it


def main(dsn: str, api_base: str, port: str) -> None:
    # No claim protects anybody here: only the keys and the books do.
    configure(replace(settings_for(api_base), claim_seconds=0))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    libc = ctypes.CDLL(None)
    asyncio.run(prepare(dsn))
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
            asyncio.run(work(dsn) if line.strip() == "worker" else serve(dsn, int(port)))
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
