"""Sends every due movement until it is killed: a worker's process for the kill -9 test.

python -m tests.payments.sender DSN API_BASE
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace

from marketplace.core.db import init_db
from payments import movements
from payments.config import configure
from payments.facts import Fact
from tests.payments.conftest import settings_for


async def nothing(fact: Fact) -> None:
    """Nobody listens here."""


async def main(dsn: str, api_base: str) -> None:
    await init_db(dsn, pool=2)
    # No claim protects anybody here: only the keys and the books do.
    configure(replace(settings_for(api_base), claim_seconds=0))
    print("ready", flush=True)  # noqa: T201
    while True:
        for movement in await movements.due(5):
            await movements.send(movement, nothing)
        await asyncio.sleep(0.01)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
