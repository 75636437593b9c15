"""Owns the report of a relevance run: a table, a page with the worst queries first, a history."""

from __future__ import annotations

import json
from collections import defaultdict
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search import index_settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from tests.bench.relevance.scores import Row

HISTORY = Path(__file__).parent / "history.json"
STYLE = (
    "body{font:16px/1.5 system-ui;margin:2rem auto;max-width:70rem;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}th,td{padding:.3rem .6rem;text-align:left;"
    "border-bottom:1px solid #8884}td.n{text-align:right;font-variant-numeric:tabular-nums}"
    ":root{color-scheme:light dark}"
)


def summary(rows: Sequence[Row]) -> dict[str, float]:
    """The means of some rows, and how many found nobody or nobody right."""
    n = max(len(rows), 1)
    return {
        "queries": len(rows),
        "ndcg": round(sum(row.ndcg for row in rows) / n, 4),
        "mrr": round(sum(row.rank for row in rows) / n, 4),
        "recall": round(sum(row.recall for row in rows) / n, 4),
        "zero": sum(not row.ndcg for row in rows),
    }


def groups(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """All, seen, unseen, then each family."""
    by: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by["all"].append(row)
        by["unseen" if row.unseen else "seen"].append(row)
    for row in sorted(rows, key=lambda one: one.family):
        by[row.family].append(row)
    return by


def table(rows: Sequence[Row]) -> str:
    """The means as text."""
    lines = [f"{'':16}{'queries':>8}{'nDCG@10':>9}{'MRR':>8}{'recall':>8}{'zero':>6}"]
    for name, some in groups(rows).items():
        means = summary(some)
        lines.append(
            f"{name:16}{means['queries']:>8}{means['ndcg']:>9.3f}{means['mrr']:>8.3f}"
            f"{means['recall']:>8.3f}{means['zero']:>6}"
        )
    return "\n".join(lines)


def history(rows: Sequence[Row], day: date, *, keep: bool) -> list[dict[str, Any]]:
    """Every kept run and this one, the last first."""
    runs: list[dict[str, Any]] = json.loads(HISTORY.read_text()) if HISTORY.exists() else []
    some = groups(rows)
    this = {
        "day": day.isoformat(),
        "note": "",
        "settings": index_settings.version(),
        **{name: summary(some[name]) for name in ("all", "seen", "unseen")},
    }
    runs = [this, *(run for run in runs if run != this)]
    if keep:
        HISTORY.write_text(json.dumps(runs, indent=1) + "\n")
    return runs


def page(rows: Sequence[Row], runs: Sequence[dict[str, Any]]) -> str:
    """The report; unseen queries are counted, not shown, so that nobody tunes by them."""
    means = [(name, *summary(some).values()) for name, some in groups(rows).items()]
    past = [(run["day"], run["settings"], *run["all"].values(), run["note"]) for run in runs]
    worst = [
        (
            *(row.text, row.family, f"{row.ndcg:.3f}", f"{row.rank:.2f}", f"{row.recall:.2f}"),
            *(row.found, " ".join(map(str, row.grades)), ", ".join(row.filters)),
        )
        for row in sorted(rows, key=lambda one: one.ndcg)
        if not row.unseen
    ]
    numbers = ("queries", "nDCG@10", "MRR", "recall@50", "zero")
    columns = ("query", "family", *numbers[1:4], "found", "grades", "understood")
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>Relevance</title>"
        f"<style>{STYLE}</style><h1>Relevance on judged queries</h1>"
        f"<h2>Means</h2>{_html(('group', *numbers), means)}"
        f"<h2>Worst first (the seen two thirds)</h2>{_html(columns, worst)}"
        f"<h2>History</h2>{_html(('day', 'settings', *numbers, 'note'), past)}</html>\n"
    )


def _html(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    top = "".join(f"<th scope=col>{escape(one)}</th>" for one in head)
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{' class=n' if isinstance(cell, int | float) else ''}>{escape(str(cell))}</td>"
            for cell in row
        )
        + "</tr>"
        for row in rows
    )
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
