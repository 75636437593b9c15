"""Owns the speed of searching: raw Meilisearch, our API and our page in turns, in one run."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from marketplace.core.settings import settings
from search.keys import search_key
from tests.bench.search import load, queries

if TYPE_CHECKING:
    from tests.bench.search.load import Round
    from tests.bench.search.stand import Stand

WARM_SECONDS = 3.0


@dataclass(frozen=True)
class Target:
    """Something that answers searches: where, with which requests, and whose processor time."""

    port: int
    requests: dict[str, bytes]
    pids: dict[str, int]


async def measured(
    stand: Stand, *, facets: bool, lines: int, rounds: int, seconds: float
) -> dict[str, Any]:
    """Every way asked in turns, `rounds` times; medians of the rounds, ratios of neighbours."""
    with ExitStack() as stack:
        targets = _targets(stand, stack, facets=facets)
        results: dict[str, list[Round]] = {name: [] for name in targets}
        for target in targets.values():
            await load.round_of(target.requests, target.port, WARM_SECONDS, 2, target.pids)
        for number in range(rounds):
            for name, target in targets.items():
                results[name].append(await _round(target, seconds, lines))
            told = ", ".join(f"{n} {rows[-1].rate:.0f}/s" for n, rows in results.items())
            print(f"  round {number + 1}: {told}", flush=True)
    return {name: _summary(rows, results["raw"]) for name, rows in results.items()}


def _targets(stand: Stand, stack: ExitStack, *, facets: bool) -> dict[str, Target]:
    kinds = queries.kinds(facets=facets)
    search = {"meilisearch": stand.pid("meilisearch")}
    index, port = settings().meili_index, stand.meilisearch
    key = search_key(settings().meili_master_key, index)
    raw = {name: queries.raw(query, index, port, key) for name, query in kinds.items()}
    found = {"raw": Target(port, raw, search)}
    bare, bare_pid = stack.enter_context(stand.web())
    cards, cards_pid = stack.enter_context(stand.web("cards"))
    found["api"] = Target(
        bare, {n: queries.api(q, bare) for n, q in kinds.items()}, {**search, "web": bare_pid}
    )
    for name, where, pid in (("page, nothing kept", bare, bare_pid), ("page", cards, cards_pid)):
        asked = {n: queries.page(q, where) for n, q in kinds.items()}
        found[name] = Target(where, asked, {**search, "web": pid})
    if facets:
        counts, pid = stack.enter_context(stand.web("cards", "counts"))
        for name, written in (("api", queries.api), ("page", queries.page)):
            asked = {n: written(q, counts) for n, q in kinds.items()}
            found[f"{name}, counts kept"] = Target(counts, asked, {**search, "web": pid})
    return found


async def _round(target: Target, seconds: float, lines: int) -> Round:
    result = await load.round_of(target.requests, target.port, seconds, lines, target.pids)
    assert set(result.statuses) == {200}, result.statuses
    return result


def _summary(rows: list[Round], raw: list[Round]) -> dict[str, Any]:
    everything = [one for row in rows for one in row.times]
    spent = {
        name: round(sum(row.cpu[name] for row in rows) / len(everything) * 1000, 3)
        for name in rows[0].cpu
    }
    return {
        "per second": round(median(row.rate for row in rows), 1),
        "ratio": round(median(row.rate / one.rate for row, one in zip(rows, raw, strict=True)), 3),
        "p50 ms": load.quantile(everything, 0.5),
        "p90 ms": load.quantile(everything, 0.9),
        "p99 ms": load.quantile(everything, 0.99),
        "p50 ratio": round(
            median(row.at(0.5) / one.at(0.5) for row, one in zip(rows, raw, strict=True)), 3
        ),
        "cpu ms a request": spent,
        "kinds p50 ms": {
            name: load.quantile([t for row in rows for t in row.by_name.get(name, [])], 0.5)
            for name in rows[0].by_name
        },
    }
