"""Our webhook endpoint in a process of its own: python -m tests.bench.payments.web PORT DSN."""

from __future__ import annotations

import asyncio
import sys

import uvicorn
from starlette.applications import Starlette

from marketplace.core.db import close_db, init_db
from payments import webhooks
from payments.config import PaymentsConfig, configure

SECRET = "whsec_bench"


async def main(port: int, dsn: str) -> None:
    await init_db(dsn, pool=8)
    configure(PaymentsConfig("sk_test_bench", (SECRET,), "http://127.0.0.1:9"))
    app = Starlette(routes=webhooks.routes)
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", lifespan="off")
    await uvicorn.Server(config).serve()
    await close_db()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
