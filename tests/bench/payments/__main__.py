"""Measures the money: python -m tests.bench.payments [SECONDS]. Prints a table, keeps JSON."""

from __future__ import annotations

import asyncio
import json
import os
import platform
import sys
import time
from pathlib import Path
from typing import Any

from tests.bench.payments import flows, ledger, server

RESULTS = Path("var/bench")


async def main(seconds: int) -> None:
    async with server.running() as running:
        load = os.getloadavg()[0]
        figures: dict[str, Any] = {
            "at": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
            "machine": f"{os.cpu_count()} cores, {platform.machine()}, PostgreSQL "
            f"{running.binaries.major}, load {load:.1f} at the start",
            "clients": ledger.CLIENTS,
        }
        figures |= ledger.measure(running, seconds)
        figures |= await flows.intake(running, seconds)
        figures |= await flows.approval(running, 100)
    for name, value in figures.items():
        print(f"{name:32} {value}")
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "payments.json").write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    os.environ.setdefault("RELAIS_ENV", "test")
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10))
