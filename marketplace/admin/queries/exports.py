"""Owns turning the books into files, a batch in memory at a time. Never writes.

Sources of the French form: see rules/fec.py.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from marketplace.admin.rules import fec
from marketplace.core import tables
from payments import explorer

BOOKS_ZONE: Final = ZoneInfo("Europe/Paris")
FIRST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LAST: Final = datetime(9999, 1, 1, tzinfo=UTC)
CSV_COLUMNS: Final = (
    "transaction", "at", "kind", "key", "contract", "holding", "source", "account", "currency",
    "debit", "credit", "balance_after",
)  # fmt: skip
# Accounts of these families have fixed names, so few that each is looked at before a file begins.
FIXED: Final = ("stripe:", "tax:", "rev:", "exp:", "equity:")


def midnight(day: date) -> datetime:
    """When a day begins in the zone of the books."""
    return datetime(day.year, day.month, day.day, tzinfo=BOOKS_ZONE)


def closing(year: int) -> date:
    """The last day of a calendar year: the books close with it."""
    return date(year, 12, 31)


def span(since: date | None, until: date | None) -> tuple[datetime, datetime]:
    """From the first moment of `since` to the last of `until`; open ends are everything."""
    start = max(midnight(since), FIRST) if since else FIRST
    return start, midnight(until + timedelta(days=1)) if until else LAST


def _csv_rows(each: explorer.Transaction) -> str:
    shared = [
        *(str(each.id), each.at.astimezone(UTC).isoformat(), each.kind, each.key),
        *(each.contract or "", each.holding or "", each.source or ""),
    ]
    return tables.rows(
        *(
            [
                *(*shared, line.code, line.amount.currency),
                line.amount.decimal if line.amount.minor > 0 else "",
                -line.amount.decimal if line.amount.minor < 0 else "",
                line.after.decimal,
            ]
            for line in each.lines
        )
    )


async def ledger_csv(since: date | None, until: date | None) -> AsyncIterator[bytes]:
    """Every leg of a span in the order of time, UTF-8, amounts with a decimal point."""
    yield tables.rows(CSV_COLUMNS).encode()
    async for each in explorer.journal(*span(since, until)):
        yield _csv_rows(each).encode()


async def check_fec(year: int) -> None:
    """Before a file begins: can it be made? Raises FecNeedsEuros, UnmappedAccount."""
    _start, end = span(date(year, 1, 1), closing(year))
    found = set(await explorer.currencies(FIRST, end)) - {fec.CURRENCY}
    if found:
        raise fec.FecNeedsEuros(currencies=", ".join(sorted(found)))
    for family in await explorer.families():
        if f"{family.family}:" not in FIXED:
            fec.general(f"{family.family}:any")
    for prefix in FIXED:
        for account in await explorer.accounts(prefix=prefix):
            fec.general(account.code)


async def fec_lines(year: int) -> AsyncIterator[bytes]:
    """The FEC of a calendar year: columns, balances carried over, then every entry in order."""
    start, end = span(date(year, 1, 1), closing(year))
    yield fec.head().encode(fec.ENCODING)
    standing = [fec.Leg(row.code, row.balance.minor) for row in await explorer.balances(start)]
    opening = fec.carried(date(year, 1, 1), standing)
    yield "".join(opening).encode(fec.ENCODING, "replace")
    number = 1 if opening else 0
    async for each in explorer.journal(start, end):
        number += 1
        moved = any(line.code.startswith("stripe:") for line in each.lines)
        header = fec.Header(
            journal="ST" if moved else "OD",
            number=number,
            day=each.at.astimezone(BOOKS_ZONE).date(),
            piece=each.source or each.key,
            label=fec.LABELS.get(each.kind, each.kind),
        )
        legs = [fec.Leg(line.code, line.amount.minor) for line in each.lines]
        yield "".join(fec.entry(header, legs)).encode(fec.ENCODING, "replace")
