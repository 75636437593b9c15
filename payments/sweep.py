"""Owns finding the news that never reached us. Never applies any: it goes into the inbox, once.

A webhook may be lost: we were down for longer than Stripe retries, or its secret was wrong. Stripe
lists its events for 30 days; what is older shows as a balance transaction without a posting. Payees
whom transfers wait for are looked at once a day, since nothing else would ask again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from payments import inbox, treasury
from payments.config import now
from payments.database import connection, forbid_command, transaction
from payments.gateway import balance, events
from payments.gateway.views import BalanceLine

KEPT: Final = timedelta(days=30)
"""How long Stripe lists events: https://docs.stripe.com/api/events, read 2026-11-23."""
LATE: Final = timedelta(hours=1)
"""Stripe delivers in seconds, and again within the hour where it is not answered at first."""
OVERLAP: Final = timedelta(days=1)
"""Read again before the last sweep: an event may be listed a little after its time."""

_KINDS: Final = {
    "ch_": "charge.swept",
    "py_": "charge.swept",
    "tr_": "transfer.swept",
    "re_": "refund.swept",
    "pyr_": "refund.swept",
    "du_": "charge.dispute.swept",
    "dp_": "charge.dispute.swept",
    "po_": "payout.swept",
    "tu_": "topup.swept",
}
_LAST: Final = "SELECT swept_at FROM stripe_sweep"
_NOTE: Final = """
INSERT INTO stripe_sweep (swept_at) VALUES ($1)
    ON CONFLICT (id) DO UPDATE SET swept_at = excluded.swept_at"""
_BOOKED: Final = """
SELECT t.source, a.currency, sum(e.amount_minor)::bigint AS minor
  FROM ledger_transaction t
  JOIN ledger_entry e ON e.transaction_id = t.id
  JOIN ledger_account a ON a.id = e.account_id
 WHERE t.source = ANY($1::text[]) AND a.code = 'stripe:platform'
 GROUP BY t.source, a.currency"""

_AWAITED: Final = """
SELECT DISTINCT p.account FROM payment_movement m JOIN payment_payee p ON p.id = m.payee
 WHERE m.status = 'waiting_payee' AND p.account IS NOT NULL"""

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Swept:
    """How much was read since when, and how much of it had been missed.

    `late_events`: those of the missed that a webhook should have brought long ago.
    """

    since: datetime
    events_read: int
    lines_read: int
    missed_events: int
    late_events: int
    missed_lines: int
    fees_booked: int


async def sweep(progress: Progress | None = None, *, since: datetime | None = None) -> Swept:
    """Read Stripe's events and our balance's lines since the last sweep; outside a transaction.

    `progress` gets the number read so far. Without an earlier sweep, or with one too long ago, it
    reads all 30 days. Safe to repeat. Raises StripeProblem, and then reads the same next time.
    """
    forbid_command()
    started = now()
    start = since or await _since(started)
    count = 0

    def one() -> None:
        nonlocal count
        count += 1
        if progress is not None:
            progress(count)

    missed = late = events_read = 0
    async for each in events.news(start):
        new = await inbox.store(
            event=each.id, kind=each.type, obj=each.object, account=each.account
        )
        missed += new
        late += new and inbox.awaited(each.type) and each.created < started - LATE
        events_read += 1
        one()
    lines, fees = list[BalanceLine](), 0
    async for line in balance.balance_lines(start):
        if treasury.periodic(line):
            fees += await _book_fee(line)
        lines.append(line)
        one()
    unbooked = await _unbooked(lines)
    for row in await connection().execute_query_dict(_AWAITED):
        event = f"swept:{row['account']}:{started:%Y-%m-%d}"
        await inbox.store(event=event, kind="account.swept", obj=row["account"], account=None)
    await transaction(lambda: _note(started))
    return Swept(start, events_read, len(lines), missed, late, unbooked, fees)


async def _since(moment: datetime) -> datetime:
    rows = await connection().execute_query_dict(_LAST)
    earliest = moment - KEPT
    return max(rows[0]["swept_at"] - OVERLAP, earliest) if rows else earliest


async def _note(moment: datetime) -> None:
    await connection().execute_query(_NOTE, [moment])


async def _book_fee(line: BalanceLine) -> int:
    return int(await transaction(lambda: treasury.book_fee(line)))


async def _unbooked(lines: list[BalanceLine]) -> int:
    """Ask again about every object whose lines and postings do not agree; gives how many.

    Its news may wait in the inbox already: then this changes nothing.
    """
    sums: dict[tuple[str, str], int] = {}
    newest: dict[tuple[str, str], BalanceLine] = {}
    for line in lines:  # the newest come first
        if line.source is None:
            continue
        key = (line.source, line.net.currency)
        sums[key] = sums.get(key, 0) + line.net.minor
        newest.setdefault(key, line)
    rows = await connection().execute_query_dict(_BOOKED, [sorted({each for each, _ in sums})])
    booked = {(row["source"], row["currency"]): row["minor"] for row in rows}
    found = 0
    for key, minor in sums.items():
        source = key[0]
        kind = next((kind for name, kind in _KINDS.items() if source.startswith(name)), None)
        if kind is not None and booked.get(key) != minor:
            event = f"swept:{newest[key].id}"
            found += await inbox.store(event=event, kind=kind, obj=source, account=None)
    return found
