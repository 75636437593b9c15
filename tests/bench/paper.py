"""Time of signed paper: python -m tests.bench.paper [ROUNDS]; medians in milliseconds.

Everything in one process, warm, with a throw-away seal in a folder of its own.
"""

from __future__ import annotations

import itertools
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path("var/bench/paper.json")
ROUNDS = 40


def timed(rounds: int, work: Callable[[], Any]) -> tuple[float, float]:
    """The medians of a step, in milliseconds: of the clock, and of the processor."""
    work()
    clock, processor = [], []
    for _round in range(rounds):
        began, before = time.perf_counter(), time.process_time()
        work()
        clock.append((time.perf_counter() - began) * 1000)
        processor.append((time.process_time() - before) * 1000)
    return round(statistics.median(clock), 1), round(statistics.median(processor), 1)


def measure(rounds: int) -> dict[str, tuple[float, float]]:
    """Every step of a contract's paper."""
    from marketplace.contracts.rules import annex, paper
    from marketplace.contracts.service import documents
    from marketplace.sealing.rules.inspection import EVIDENCE, inspect
    from marketplace.sealing.service import keys
    from marketplace.sealing.service.assembly import Attachment, Box, assembled
    from marketplace.sealing.service.seal import sealed
    from tests.factories import sealed as make
    from tests.marketplace.contracts.test_paper import KINDS, draft

    data, moment = paper.compose(draft(KINDS["flat_fee"], "fr")), 1_800_000_000
    both, at = make.signed(), datetime.fromtimestamp(moment, UTC)

    titles = (f"Accueil et factures {number}" for number in itertools.count())  # typst remembers

    def contract() -> bytes:
        return documents.render(data | {"title": next(titles)}, moment)

    def extra() -> bytes:
        composed = annex.compose(both.annex, both.boxes) | {"heading": next(titles)}
        return documents.render(composed, moment, template=annex.TEMPLATE)

    attached = Attachment(EVIDENCE, annex.evidence_file(both.annex), "application/json", "x", at)
    boxes = [Box(b["page"], b["x"], b["y"], b["width"], b["height"]) for b in both.boxes]
    added = extra()
    final = assembled(both.original, added, boxes, (attached,))
    content, trust = sealed(final, at=at, reason="bench"), keys.trust(at)
    assert inspect(content, trust).ok
    return {
        "contract rendered": timed(rounds, contract),
        "signature boxes found": timed(rounds, lambda: documents.signature_boxes(data)),
        "stamps and evidence page rendered": timed(rounds, extra),
        "final file put together": timed(
            rounds, lambda: assembled(both.original, added, boxes, (attached,))
        ),
        "sealed (P-256, B-B)": timed(rounds, lambda: sealed(final, at=at, reason="bench")),
        "verified": timed(rounds, lambda: inspect(content, trust)),
        "the whole job without its database": timed(rounds, both.sealed),
    }


def main(arguments: list[str]) -> None:
    rounds = int(arguments[0]) if arguments else ROUNDS
    with tempfile.TemporaryDirectory() as folder:
        os.environ["RELAIS_DATA_DIR"] = folder
        found = measure(rounds)
    load = os.getloadavg()[0]
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps({"load": load, "milliseconds": found}, indent=1) + "\n")
    for step, (clock, processor) in found.items():
        print(f"{step:<40}{clock:>8.1f} ms, of the processor {processor:>6.1f} ms")
    print(f"medians of {rounds}, load {load:.1f}")


if __name__ == "__main__":
    main(sys.argv[1:])
