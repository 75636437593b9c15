"""Measures invoices: one with all of its checks, and issuing thousands of them.

python -m tests.bench.invoices [NUMBER]     10,000 by default

The documents are rows of their own database, as the ledger's releases would leave them, of 200
assistants and the platform; issued as the worker does, eight at once in one process, with the
schematrons in the one process beside it. Prints a table; keeps JSON under var/bench.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from marketplace.core import batches, clock, db
from marketplace.core.ids import new_id
from marketplace.invoicing.models import Invoice
from marketplace.invoicing.rules.papers import Kind, Paper
from marketplace.invoicing.rules.states import Status
from marketplace.invoicing.service import files, gate, issuing
from tests.bench.payments import server
from tests.factories import work
from tests.factories.invoicing import Side, mandated, paper

RESULTS = Path("var/bench/invoices.json")
PAIRS = 200
ROUNDS = 60


async def one() -> dict[str, Any]:
    """Medians in milliseconds of making one French invoice, step by step, warm."""
    document, _ = paper(
        Side("FR", "vat_registered", "FR44732829320", "732829320"),
        Side("FR", "vat_registered", "FR85552081317", "552081317"),
    )
    rules = gate.rules_for(document)
    xml = files.cii(document)
    began = time.perf_counter()
    await gate.check(xml, rules)
    first = time.perf_counter() - began
    steps: dict[str, Callable[[], Any]] = {
        "xml_and_xsd_ms": lambda: files.cii(document),
        "both_schematrons_ms": lambda: gate.check(xml, rules),
        "pdf_a3_ms": lambda: files.pdf(document, xml, 1_795_000_000),
    }
    taken: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(ROUNDS):
        for name, step in steps.items():
            began = time.perf_counter()
            made = step()
            if asyncio.iscoroutine(made):
                await made
            taken[name].append(time.perf_counter() - began)
    wholes = [sum(each) for each in zip(*taken.values(), strict=True)]
    found = {name: round(1000 * statistics.median(each), 1) for name, each in taken.items()}
    return found | {
        "whole_invoice_ms": round(1000 * statistics.median(wholes), 1),
        "first_call_of_the_checker_ms": round(1000 * first),
    }


async def many(number: int) -> dict[str, Any]:
    """Issues that many; how many per second, and that no series has a gap."""
    people = [await work.pair() for _ in range(PAIRS)]
    contracts = []
    for pair in people:
        await mandated(pair)
        contracts.append(await work.signed(pair, work.project(20_000)))
    rows = []
    for place in range(number):
        pair, contract = people[place % PAIRS], contracts[place % PAIRS]
        kind = list(Kind)[place // PAIRS % 3]
        rows.append(
            Invoice(
                id=new_id(), cause=f"release:{place}", kind=kind, paper=Paper.INVOICE,
                contract_id=contract.id, holding="-", currency="EUR", net_minor=10_000 + place,
                vat_minor=0 if kind is Kind.WORK else (10_000 + place) // 5,
                seller_id=pair.assistant_id if kind is Kind.WORK else None,
                buyer_id=pair.assistant_id if kind is Kind.ASSISTANT_FEE else pair.business_id,
                earned_at=clock.now(), created_at=clock.now(),
            )
        )  # fmt: skip
    await Invoice.bulk_create(rows, batch_size=500)
    before, began = os.times(), time.monotonic()
    await batches.each("bench", [row.id for row in rows], lambda each: issuing.issue(str(each)))
    seconds, after = time.monotonic() - began, os.times()
    issued = await Invoice.filter(status=Status.ISSUED).order_by("series_id", "serial")
    series: dict[int, int] = {}
    for row in issued:
        assert row.series_id is not None
        series[row.series_id] = series.get(row.series_id, 0) + 1
        assert row.serial == series[row.series_id], "a gap"
    return {
        "issued": len(issued),
        "of": number,
        "seconds": round(seconds, 1),
        "per_second": round(len(issued) / seconds, 1),
        "own_processor_ms_each": round(1000 * (after.user - before.user) / max(len(issued), 1), 1),
        "load_at_the_end": round(os.getloadavg()[0], 1),
    }


async def main(arguments: list[str]) -> None:
    number = int(arguments[0]) if arguments else 10_000
    from marketplace import app, worker
    from marketplace.web import templates

    figures: dict[str, Any] = {"at": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime())}
    figures["load_at_the_start"] = round(os.getloadavg()[0], 1)
    figures |= await one()
    if number:
        async with server.running():
            worker.load_tasks()
            app.connect_features()
            templates.warm()
            await db.init_db()
            figures |= await many(number)
            await db.close_db()
    gate.close()
    for name, value in figures.items():
        print(f"{name:32} {value}")
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    os.environ.setdefault("RELAIS_ENV", "test")
    asyncio.run(main(sys.argv[1:]))
