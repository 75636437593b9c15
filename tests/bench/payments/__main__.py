"""Measures the money; prints a table, keeps JSON.

python -m tests.bench.payments [SECONDS]                       postings, webhooks, approvals
python -m tests.bench.payments weekly [CONTRACTS] [WORKERS]    the weekly close
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import sys
import time
from pathlib import Path
from typing import Any

from tests.bench.payments import clicks, flows, ledger, server

RESULTS = Path("var/bench")


async def main(arguments: list[str]) -> None:
    weekly = arguments[:1] == ["weekly"]
    numbers = [int(argument) for argument in arguments[weekly:]]
    async with server.running() as running:
        load = os.getloadavg()[0]
        figures: dict[str, Any] = {
            "at": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
            "machine": f"{os.cpu_count()} cores, {platform.machine()}, PostgreSQL "
            f"{running.binaries.major}, load {load:.1f} at the start",
        }
        if weekly:
            from tests.bench.payments.weekly import measure

            count, workers = (numbers + [10_000, 1][len(numbers) :])[:2]
            figures |= await measure(running, count, workers)
        else:
            seconds = numbers[0] if numbers else 10
            figures["clients"] = ledger.CLIENTS
            figures |= ledger.measure(running, seconds)
            figures |= await flows.intake(running, seconds)
            figures |= await flows.approval(running, 100)
            figures |= await clicks.approvals(running, 60)
    for name, value in figures.items():
        print(f"{name:32} {value}")
    RESULTS.mkdir(parents=True, exist_ok=True)
    name = "weekly" if weekly else "payments"
    (RESULTS / f"{name}.json").write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    os.environ.setdefault("RELAIS_ENV", "test")
    asyncio.run(main(sys.argv[1:]))
