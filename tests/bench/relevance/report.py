"""Owns the report of a relevance run: a table, a page with the worst queries first, a history."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from search import index_settings, taxonomy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from tests.bench.relevance.scores import Row

PARTS = ("tuning", "held_out", "unseen")
PAST = ("tuning nDCG", "zero", "held out nDCG", "zero", "unseen nDCG", "zero")
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
    """The parts that were asked, "all" of the vocabulary's author if so; then the first's families."""
    by = {name: [row for row in rows if row.part == name] for name in PARTS}
    if by["held_out"]:
        by = {"all": by["tuning"] + by["held_out"], **by}
    by = {name: some for name, some in by.items() if some}
    for row in sorted(by["tuning"], key=lambda one: one.family):
        by.setdefault(row.family, []).append(row)
    return by


def worst(rows: Sequence[Row]) -> list[Row]:
    """The rows tuned by, the worst first; the others are counted and never shown."""
    return sorted((row for row in rows if row.part == "tuning"), key=lambda one: one.ndcg)


def table(rows: Sequence[Row], shown: int) -> str:
    """The means as text, and the worst of the part tuned by."""
    means_of = [f"{'':16}{'queries':>8}{'nDCG@10':>9}{'MRR':>8}{'recall':>8}{'zero':>6}"]
    for name, some in groups(rows).items():
        means = summary(some)
        means_of.append(
            f"{name:16}{means['queries']:>8}{means['ndcg']:>9.3f}{means['mrr']:>8.3f}"
            f"{means['recall']:>8.3f}{means['zero']:>6}"
        )
    return "\n".join((*means_of, "", lines(worst(rows)[:shown])))


def lines(rows: Iterable[Row]) -> str:
    """One line a query, the worst first: its nDCG, its first grades, its text and what was understood."""
    return "\n".join(
        f"{row.ndcg:.3f} {''.join(map(str, row.grades)):10} {row.text} {' '.join(row.filters)}"
        for row in sorted(rows, key=lambda one: one.ndcg)
    )


def history(rows: Sequence[Row], day: date, note: str) -> list[dict[str, Any]]:
    """Every kept run and this one, the last first; kept when it has a note."""
    runs: list[dict[str, Any]] = json.loads(HISTORY.read_text()) if HISTORY.exists() else []
    some = groups(rows)
    this: dict[str, Any] = {
        "day": day.isoformat(),
        "note": note,
        "settings": index_settings.version(),
        "vocabulary": taxonomy.taxonomy().version,
        **{name: summary(some[name]) for name in ("all", *PARTS) if name in some},
    }
    runs = [this, *runs]
    if note:
        HISTORY.write_text(json.dumps(runs, indent=1, ensure_ascii=False) + "\n")
    return runs


def page(rows: Sequence[Row], runs: Sequence[dict[str, Any]]) -> str:
    """The report; those apart are counted, not shown, so that nobody tunes by them."""
    means = [(name, *summary(some).values()) for name, some in groups(rows).items()]
    past = [
        (run["day"], run["settings"], *_past(run, "tuning"), *_past(run, "held_out"),
         *_past(run, "unseen"), run["note"])
        for run in runs
    ]  # fmt: skip
    shown = [
        (
            *(row.text, row.family, f"{row.ndcg:.3f}", f"{row.rank:.2f}", f"{row.recall:.2f}"),
            *(row.found, " ".join(map(str, row.grades)), ", ".join(row.filters)),
        )
        for row in worst(rows)
    ]
    numbers = ("queries", "nDCG@10", "MRR", "recall@50", "zero")
    columns = ("query", "family", *numbers[1:4], "found", "grades", "understood")
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>Relevance</title>"
        f"<style>{STYLE}</style><h1>Relevance on judged queries</h1>"
        f"<h2>Means</h2>{_html(('group', *numbers), means)}"
        f"<h2>Worst first, of the part tuned by</h2>{_html(columns, shown)}"
        f"<h2>History</h2>{_html(('day', 'settings', *PAST, 'note'), past)}</html>\n"
    )


def _past(run: dict[str, Any], name: str) -> tuple[Any, Any]:
    """NDCG and queries at zero of a part; dashes if not asked."""
    part = run.get(name)
    return (part["ndcg"], part["zero"]) if part else ("–", "–")


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
