"""Owns what a monitor reads of the money: Stripe's calls, what waits. Never changes any of it.

Text in Prometheus' exposition format, version 0.0.4
(https://prometheus.io/docs/instrumenting/exposition_formats/).
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate
from typing import Any, Final

from payments.config import config, now
from payments.database import connection, transaction
from payments.gateway import meter
from payments.gateway.breaker import breaker

_KEEP: Final = """
INSERT INTO stripe_call AS c (operation, outcome, total_ms, buckets)
VALUES ($1, $2, $3, $4::bigint[])
    ON CONFLICT (operation, outcome) DO UPDATE
   SET total_ms = c.total_ms + excluded.total_ms,
       buckets = ARRAY(SELECT a + b FROM unnest(c.buckets, excluded.buckets) AS each (a, b))
"""
_CALLS: Final = """
SELECT operation, outcome, total_ms, buckets FROM stripe_call ORDER BY operation, outcome"""
_MOVEMENTS: Final = """
SELECT status, count(*) AS count FROM payment_movement GROUP BY status ORDER BY status"""
_NEWS: Final = "SELECT status, count(*) AS count FROM stripe_event GROUP BY status ORDER BY status"
_OLDEST: Final = """
SELECT extract(epoch FROM $1 - min(first_sent_at))::bigint AS seconds FROM payment_movement
 WHERE status IN ('sending', 'queued') AND first_sent_at IS NOT NULL"""
_DISPUTES: Final = "SELECT count(*) AS count FROM payment_dispute WHERE status = 'open'"


async def flush() -> None:
    """Add this process's counts to everybody's. Outside a transaction."""
    calls = meter.take()

    async def keep() -> None:
        for (operation, outcome), timing in sorted(calls.items()):
            values = [operation, outcome, timing.total_ms, timing.buckets]
            await connection().execute_query(_KEEP, values)

    if calls:
        try:
            await transaction(keep)
        except BaseException:
            meter.give_back(calls)
            raise


async def render() -> str:
    """Everything a monitor may want to know, as text."""
    await flush()
    lines = list[str]()
    lines += _histogram(await _rows(_CALLS))
    opened = int(breaker(config().api_base).open)
    lines += _gauge(
        "relais_stripe_circuit_open",
        "1 while this process leaves a silent Stripe alone",
        {"": opened},
    )
    for name, text, query in (
        ("relais_movements", "Movements of money by status", _MOVEMENTS),
        ("relais_stripe_news", "News from Stripe by status", _NEWS),
    ):
        found = {f'{{status="{row["status"]}"}}': row["count"] for row in await _rows(query)}
        lines += _gauge(name, text, found)
    oldest = (await _rows(_OLDEST, now()))[0]["seconds"] or 0
    lines += _gauge(
        "relais_movement_unconfirmed_seconds",
        "Age of the oldest movement that left for Stripe and is not confirmed",
        {"": oldest},
    )
    disputes = (await _rows(_DISPUTES))[0]["count"]
    lines += _gauge("relais_disputes_open", "Bank disputes that are not decided", {"": disputes})
    return "\n".join(lines) + "\n"


async def _rows(query: str, *values: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await connection().execute_query_dict(query, list(values))
    return found


def _gauge(name: str, text: str, values: dict[str, int]) -> list[str]:
    head = [f"# HELP {name} {text}", f"# TYPE {name} gauge"]
    return head + [f"{name}{labels} {value}" for labels, value in values.items()]


def _histogram(rows: Iterable[dict[str, Any]]) -> list[str]:
    name = "relais_stripe_call_seconds"
    lines = [f"# HELP {name} Calls to Stripe by operation and outcome", f"# TYPE {name} histogram"]
    ends = [*(str(bound / 1_000) for bound in meter.BOUNDS_MS), "+Inf"]
    for row in rows:
        labels = f'operation="{row["operation"]}",outcome="{row["outcome"]}"'
        counts = list(accumulate(row["buckets"]))
        lines += [
            f'{name}_bucket{{{labels},le="{end}"}} {count}'
            for end, count in zip(ends, counts, strict=True)
        ]
        lines.append(f"{name}_sum{{{labels}}} {row['total_ms'] / 1_000}")
        lines.append(f"{name}_count{{{labels}}} {counts[-1]}")
    return lines
