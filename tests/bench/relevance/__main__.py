"""Runs the judged set on a real index and writes the report: `python -m tests.bench.relevance`.

Starts a Meilisearch of its own in a temporary folder, fills it with tests/search/corpus.py, asks
every query as the page does, prints a table and writes an HTML page with the worst queries first.
`--note TEXT` adds the scores and the settings' version to history.json beside this file. Of the unseen
part, by other hands, only the means are shown, here and on the page; `--show-unseen` prints what they
found, for their authors and for reviewers.
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
    parser.add_argument("--show-unseen", action="store_true", help="whoever tunes must not")
    parser.add_argument("--worst", type=int, default=30, help="how many of the worst to print")
    chosen = parser.parse_args()
    rows = _run()
    print(report.table(rows, chosen.worst))
    if chosen.show_unseen:
        print("\n" + report.lines(row for row in rows if row.part == "unseen"))
    history = report.history(rows, clock.today("UTC"), chosen.note)
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    chosen.out.write_text(report.page(rows, history), encoding="utf-8")
    print(f"\nReport: {chosen.out}")


def _run() -> list[Row]:
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
            return asyncio.run(measured(meilisearch.url(port), key))
        finally:
            child.stop()


if __name__ == "__main__":
    main()
