"""Measures the search; prints tables, keeps JSON under var/bench. See tests/bench/README.md.

python -m tests.bench.search [SIZE] [--data FOLDER] [--parts speed,light,fresh,beside,rebuild]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvloop

from tests.bench.search import beside, fresh, report, speed, stand

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from tests.bench.search.stand import Stand

RESULTS = Path("var/bench")
Part = "Callable[[Stand, argparse.Namespace], Awaitable[dict[str, Any]]]"


async def _speed(on: Stand, chosen: argparse.Namespace) -> dict[str, Any]:
    return await speed.measured(
        on, facets=True, lines=chosen.lines, rounds=chosen.rounds, seconds=chosen.seconds
    )


async def _light(on: Stand, chosen: argparse.Namespace) -> dict[str, Any]:
    return await speed.measured(
        on, facets=False, lines=chosen.lines, rounds=chosen.rounds, seconds=chosen.seconds
    )


async def _fresh(on: Stand, chosen: argparse.Namespace) -> dict[str, Any]:
    return await fresh.measured(on, seconds=chosen.fresh)


async def _beside(on: Stand, chosen: argparse.Namespace) -> dict[str, Any]:
    return await asyncio.to_thread(beside.measured, on, chosen.rounds)


async def _rebuild(on: Stand, chosen: argparse.Namespace) -> dict[str, Any]:
    return await fresh.rebuilt(on)


PARTS: dict[str, Callable[[Stand, argparse.Namespace], Awaitable[dict[str, Any]]]] = {
    "speed": _speed,
    "light": _light,
    "fresh": _fresh,
    "beside": _beside,
    "rebuild": _rebuild,
}


def main() -> None:
    """Stand the product up, measure the chosen parts, print and keep."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.search")
    parser.add_argument("size", nargs="?", type=int, default=5000, help="generated profiles (5000)")
    parser.add_argument(
        "--data", type=Path, default=RESULTS / "search", help="kept from run to run"
    )
    parser.add_argument("--parts", default=",".join(PARTS), help=",".join(PARTS))
    parser.add_argument("--lines", type=int, default=32, help="connections that ask at once (32)")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds (5)")
    parser.add_argument("--seconds", type=float, default=5.0, help="length of a round (5)")
    parser.add_argument("--fresh", type=float, default=30.0, help="seconds of edits (30)")
    chosen = parser.parse_args()
    with stand.standing(chosen.data, chosen.size) as on:
        figures: dict[str, Any] = {
            "at": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
            "machine": f"{os.cpu_count()} cores, {platform.machine()}",
            "load at the start": round(os.getloadavg()[0], 1),
            "lines": chosen.lines,
            "filled": on.figures,
        }
        print(report.filled(figures), flush=True)
        for name in chosen.parts.split(","):
            print(f"\n{name}", flush=True)
            figures[name] = uvloop.run(PARTS[name](on, chosen))  # type: ignore[arg-type]
            print(report.table(name, figures[name]), flush=True)
            _keep(chosen.size, chosen.lines, figures)


def _keep(size: int, lines: int, figures: dict[str, Any]) -> None:
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"search-{size}-{lines}.json"
    kept = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps({**kept, **figures}, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
