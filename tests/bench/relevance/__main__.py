"""Runs the judged set on a real index and writes the report: `python -m tests.bench.relevance`.

Starts a Meilisearch of its own in a temporary folder, fills it with tests/search/corpus.py, asks
every query as the page does, prints a table and writes an HTML page with the worst queries first.
`--note TEXT` adds the scores and the settings' version to history.json beside this file. The held-out
part is asked only with `--held-out`, before and after a round of tuning. The unseen part, by another
hand, is asked every time. Of both only the means are shown, here and on the page; `--show-unseen` prints
what the unseen ones found, for their author and for reviewers.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path

from marketplace.core import clock
from marketplace.runtime import keys, meilisearch, ports, programs
from tests.bench.relevance import report
from tests.bench.relevance.scores import Row, measured


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.relevance")
    parser.add_argument("--out", type=Path, default=Path("var/bench/relevance.html"))
    parser.add_argument("--note", default="", help="what changed: adds the scores to history.json")
    parser.add_argument("--held-out", action="store_true", help="ask the held-out part, too")
    parser.add_argument("--show-unseen", action="store_true", help="whoever tunes must not")
    parser.add_argument("--worst", type=int, default=30, help="how many of the worst to print")
    chosen = parser.parse_args()
    rows = _run(apart=chosen.held_out)
    print(report.table(rows, chosen.worst))
    if chosen.show_unseen:
        print("\n" + report.lines(row for row in rows if row.part == "unseen"))
    history = report.history(rows, clock.today("UTC"), chosen.note)
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    chosen.out.write_text(report.page(rows, history), encoding="utf-8")
    print(f"\nReport: {chosen.out}")


def _run(*, apart: bool) -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="relevance-") as folder:
        data = Path(folder)
        binary = meilisearch.locate(data)
        if binary is None:
            raise SystemExit(meilisearch.MISSING)
        port = ports.free()
        child = programs.start(meilisearch.program(data, port, binary))
        try:
            child.wait_ready()
            key = keys.secret(data, "meilisearch")
            return asyncio.run(measured(meilisearch.url(port), key, apart=apart))
        finally:
            child.stop()


if __name__ == "__main__":
    main()
