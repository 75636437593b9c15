"""The weekly close of thousands of hourly contracts, by the product's own processes.

Monday noon: a worker finds the weeks over and hands them in. Friday: silence approves, money is
released, transfers leave for a Stripe that takes product.LATENCY_MS to answer; its news come back through a
web process. Time, processor time and memory by process, and a reconciliation that must be clean.
"""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import asyncpg

from marketplace.runtime import application, programs
from payments import reconcile
from tests.bench.payments import product
from tests.bench.payments.server import Server

LOOK_SECONDS: Final = 2.0
_COUNTS: Final = """
SELECT (SELECT count(*) FROM unit WHERE status = 'funded') AS funded,
       (SELECT count(*) FROM unit WHERE status = 'submitted') AS submitted,
       (SELECT count(*) FROM payment_movement WHERE status = 'sent') AS sent,
       (SELECT count(*) FROM payment_movement WHERE status <> 'sent') AS waiting,
       (SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')
           AND (scheduled_at IS NULL OR scheduled_at <= now())) AS jobs,
       (SELECT count(*) FROM stripe_event WHERE status IN ('received', 'waiting')) AS news
"""
_SPENT = os.sysconf("SC_CLK_TCK")


def _children(pid: int) -> list[int]:
    found = [pid]
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in path.read_text().split():
            found += _children(int(child))
    return found


def _cpu(pid: int) -> float:
    """Seconds of processor time of a process, its living and its ended children."""
    total = 0
    for each in _children(pid):
        try:
            parts = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += sum(int(part) for part in parts[11:15])
    return total / _SPENT


def _mb(pid: int) -> float:
    """Memory of a process and its children, shared pages divided among those who share them."""
    total = 0
    for each in _children(pid):
        try:
            text = Path(f"/proc/{each}/smaps_rollup").read_text()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        total += sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total / 1024


@dataclass
class Watch:
    """What each process spent and held at most."""

    pids: dict[str, int]
    began: dict[str, float] = field(default_factory=dict)
    peak: dict[str, float] = field(default_factory=dict)

    def start(self) -> None:
        self.began = {name: _cpu(pid) for name, pid in self.pids.items()}

    def look(self) -> None:
        for name, pid in self.pids.items():
            self.peak[name] = max(self.peak.get(name, 0.0), _mb(pid))

    def spent(self) -> float:
        """Processor seconds of all of them since `start`."""
        return round(sum(_cpu(pid) - self.began[name] for name, pid in self.pids.items()), 1)

    def figures(self) -> dict[str, float]:
        spent = {name: round(_cpu(pid) - self.began[name], 1) for name, pid in self.pids.items()}
        return {f"{name}_cpu_s": value for name, value in spent.items()} | {
            f"{name}_peak_mb": round(value) for name, value in self.peak.items()
        }


async def measure(server: Server, contracts: int, workers: int) -> dict[str, Any]:
    """Make the crowd, run the week's end, compare with Stripe."""
    monday = product.this_monday()
    async with product.stripe(server, monday, contracts) as ready:
        figures = await _run(server, monday, ready, contracts, workers)
        report = await reconcile.reconcile()
        assert report.clean, report.differences[:3]
        figures["reconciled_lines"] = report.lines_count
    return figures


async def _run(
    server: Server, monday: datetime, ready: product.Ready, contracts: int, workers: int
) -> dict[str, Any]:
    figures: dict[str, Any] = {"weekly_contracts": contracts, "weekly_workers": workers}
    connection = await asyncpg.connect(server.dsn)
    async with product.web(server, ready) as web:
        helpers = [application.worker(server.data_dir, dict(os.environ)) for _ in range(workers)]
        children = [programs.start(helper) for helper in helpers]
        pids = {"postgres": server.pid, "web": web.process.pid, "stripe": ready.child.process.pid}
        pids |= {f"worker{n}": child.process.pid for n, child in enumerate(children, 1)}
        watch = Watch(pids)
        try:
            await asyncio.sleep(5)
            watch.start()
            load = os.getloadavg()[0]
            product.travel(monday + timedelta(days=7), 12, 1)
            figures["weekly_closed_s"] = await _until(
                connection, watch, lambda row: row["funded"] == 0
            )
            await _until(connection, watch, lambda row: row["jobs"] == 0)
            product.travel(monday + timedelta(days=11), 0, 1)
            began = time.monotonic()
            figures["weekly_approved_s"] = await _until(
                connection, watch, lambda row: row["submitted"] == 0
            )
            await _until(connection, watch, lambda row: row["sent"] >= contracts)
            figures["weekly_sent_s"] = round(time.monotonic() - began, 1)
            figures["weekly_cpu_until_sent_s"] = watch.spent()
            await _until(connection, watch, lambda row: row["jobs"] == 0 and row["news"] == 0)
            figures["weekly_all_news_s"] = round(time.monotonic() - began, 1)
            whole = figures["weekly_closed_s"] + figures["weekly_sent_s"]
            figures |= watch.figures()
            figures["weekly_total_s"] = round(whole, 1)
            figures["weekly_per_s"] = round(contracts / whole, 1)
            figures["weekly_load"] = f"{load:.1f} before, {os.getloadavg()[0]:.1f} after"
        finally:
            for child in children:
                child.stop()
            await connection.close()
    return figures


async def _until(connection: Any, watch: Watch, done: Any) -> float:
    """Wait for a state of the rows, telling how it goes; gives the seconds."""
    began = time.monotonic()
    while True:
        row = await connection.fetchrow(_COUNTS)
        watch.look()
        told = " ".join(f"{name} {value}" for name, value in row.items())
        print(f"  {time.monotonic() - began:6.0f} s  {told}", flush=True)
        if done(row):
            return round(time.monotonic() - began, 1)
        await asyncio.sleep(LOOK_SECONDS)
