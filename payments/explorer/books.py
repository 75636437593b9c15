"""Owns reading the books: accounts, transactions, the journal. Never posts."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any, Final

from payments.explorer.reading import Where, rows
from payments.explorer.views import Account, BalanceMove, Entry, Family, Line, Transaction
from payments.ledger import chart
from payments.money import Money

_BATCH: Final = 500

_ACCOUNTS: Final = "SELECT code, currency, kind, balance_minor, entries_count FROM ledger_balance"
_FAMILIES: Final = """
SELECT split_part(code, ':', 1) AS family, kind, currency, count(*) AS accounts_count,
       sum(balance_minor)::bigint AS balance_minor
  FROM ledger_balance GROUP BY 1, 2, 3 ORDER BY 3, 1
"""
_ENTRIES: Final = """
SELECT e.id, e.transaction_id, t.kind, t.key, t.contract, t.created_at,
       e.amount_minor, e.balance_after_minor, e.currency
  FROM ledger_line e
  JOIN ledger_transaction t ON t.id = e.transaction_id
 WHERE e.code = $1 AND e.currency = $2 AND ($3::bigint IS NULL OR e.id < $3)
 ORDER BY e.id DESC LIMIT $4
"""
_TRANSACTIONS: Final = """
SELECT t.id, t.key, t.kind, t.contract, t.holding, t.source, t.ref, t.created_at
  FROM ledger_transaction t
"""
_TOUCHES: Final = "t.id IN (SELECT e.transaction_id FROM ledger_line e WHERE e.code = "
_LINES: Final = """
SELECT e.transaction_id, e.code, e.currency, e.amount_minor, e.balance_after_minor
  FROM ledger_line e
 WHERE e.transaction_id = ANY($1::bigint[]) ORDER BY e.id
"""
_CURRENCIES: Final = """
SELECT DISTINCT e.currency
  FROM ledger_transaction t JOIN ledger_line e ON e.transaction_id = t.id
 WHERE t.created_at >= $1 AND t.created_at < $2 ORDER BY 1
"""
_BALANCES: Final = """
SELECT e.code, e.currency, e.kind, sum(e.amount_minor)::bigint AS balance_minor,
       count(*) AS entries_count
  FROM ledger_line e
  JOIN ledger_transaction t ON t.id = e.transaction_id
 WHERE t.created_at < $1 GROUP BY 1, 2, 3 ORDER BY 1, 2
"""
_PLATFORM: Final = """
SELECT t.id, t.kind, coalesce(t.source, '') AS source, t.created_at, e.currency,
       sum(e.amount_minor)::bigint AS minor
  FROM ledger_line e
  JOIN ledger_transaction t ON t.id = e.transaction_id
 WHERE e.code = $1 AND t.id > $2
 GROUP BY t.id, e.currency ORDER BY t.id LIMIT $3
"""


def _account(row: dict[str, Any]) -> Account:
    balance = Money(row["balance_minor"], row["currency"])
    return Account(row["code"], row["currency"], row["kind"], balance, row["entries_count"])


async def accounts(
    *,
    prefix: str | None = None,
    currency: str | None = None,
    after: tuple[str, str] | None = None,
    limit: int = 100,
) -> list[Account]:
    """Accounts whose code begins with `prefix`; `after` is the last (code, currency) seen."""
    where = Where()
    where.add("starts_with(code, ", prefix or None, ")")
    where.add("currency = ", currency or None)
    if after is not None:
        where.values += after
        last = len(where.values)
        where.clauses.append(f"(code, currency) > (${last - 1}, ${last}::char(3))")
    found = await rows(_ACCOUNTS + where.sql("code, currency", limit), where.values)
    return [_account(row) for row in found]


async def account(code: str, currency: str) -> Account | None:
    """One account, if anything was ever posted to it."""
    found = await rows(_ACCOUNTS + " WHERE code = $1 AND currency = $2", [code, currency])
    return _account(found[0]) if found else None


async def families() -> list[Family]:
    """The trial balance: every family of accounts by currency; each currency sums to zero."""
    return [
        Family(
            row["family"],
            row["kind"],
            row["currency"],
            row["accounts_count"],
            Money(row["balance_minor"], row["currency"]),
        )
        for row in await rows(_FAMILIES)
    ]


async def entries(
    code: str, currency: str, *, before: int | None = None, limit: int = 100
) -> list[Entry]:
    """What was posted to an account, newest first, each with the running balance."""
    return [
        Entry(
            id=row["id"],
            transaction_id=row["transaction_id"],
            kind=row["kind"],
            key=row["key"],
            contract=row["contract"],
            at=row["created_at"],
            amount=Money(row["amount_minor"], row["currency"]),
            after=Money(row["balance_after_minor"], row["currency"]),
        )
        for row in await rows(_ENTRIES, [code, currency, before, limit])
    ]


async def _with_lines(found: list[dict[str, Any]]) -> list[Transaction]:
    lines: dict[int, list[Line]] = {row["id"]: [] for row in found}
    for row in await rows(_LINES, [list(lines)]):
        currency = row["currency"]
        amount = Money(row["amount_minor"], currency)
        after = Money(row["balance_after_minor"], currency)
        lines[row["transaction_id"]].append(Line(row["code"], amount, after))
    return [
        Transaction(
            id=row["id"],
            key=row["key"],
            kind=row["kind"],
            contract=row["contract"],
            holding=row["holding"],
            source=row["source"],
            ref=json.loads(row["ref"]),
            at=row["created_at"],
            lines=tuple(lines[row["id"]]),
        )
        for row in found
    ]


async def transactions(
    *,
    account: str | None = None,
    contract: str | None = None,
    kind: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int = 100,
) -> list[Transaction]:
    """Transactions that match everything given, newest first; `until` is excluded."""
    where = Where()
    where.add(_TOUCHES, account or None, ")")
    where.add("t.contract = ", contract or None)
    where.add("t.kind = ", kind or None)
    where.add("t.created_at >= ", since)
    where.add("t.created_at < ", until)
    where.add("t.id < ", before)
    return await _with_lines(
        await rows(_TRANSACTIONS + where.sql("t.id DESC", limit), where.values)
    )


async def transaction(transaction_id: int) -> Transaction | None:
    """One transaction with its lines."""
    if not 0 < transaction_id < 2**63:
        return None
    found = await rows(_TRANSACTIONS + " WHERE t.id = $1", [transaction_id])
    return (await _with_lines(found))[0] if found else None


async def journal(since: datetime, until: datetime) -> AsyncIterator[Transaction]:
    """Every transaction of a span in the order of time, a batch in memory at a time."""
    place: tuple[datetime, int] = (since, 0)
    query = _TRANSACTIONS + (
        " WHERE (t.created_at, t.id) > ($1, $2) AND t.created_at < $3"
        " ORDER BY t.created_at, t.id LIMIT $4"
    )
    while True:
        found = await _with_lines(await rows(query, [*place, until, _BATCH]))
        for each in found:
            yield each
        if len(found) < _BATCH:
            return
        place = (found[-1].at, found[-1].id)


async def balances(moment: datetime) -> list[Account]:
    """Every account as it stood just before a moment."""
    return [_account(row) for row in await rows(_BALANCES, [moment])]


async def currencies(since: datetime, until: datetime) -> list[str]:
    """The currencies in which something was posted in a span."""
    return [row["currency"] for row in await rows(_CURRENCIES, [since, until])]


async def ledger_moves() -> AsyncIterator[BalanceMove]:
    """Every transaction of ours that moved our balance at Stripe, oldest first."""
    place = 0
    while True:
        found = await rows(_PLATFORM, [chart.PLATFORM, place, _BATCH])
        for row in found:
            amount = Money(row["minor"], row["currency"])
            name = str(row["id"])
            yield BalanceMove(name, row["source"], row["kind"], amount, row["created_at"])
        if len(found) < _BATCH:
            return
        place = found[-1]["id"]
