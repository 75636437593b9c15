"""Owns writing to and reading from the ledger.

Never decides which accounts a flow touches (postings.py does).
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg
from tortoise.exceptions import BaseORMException

from payments.config import now
from payments.database import connection, require_command, sqlstate
from payments.errors import KeyReused, LedgerRefused, Overdraft
from payments.ledger import chart
from payments.ledger.balanced import Kind, Posting
from payments.money import Money

_POST: Final = """
SELECT transaction_id, created
  FROM ledger_post($1, $2, $3::jsonb, $4, $5, $6, $7::jsonb, $8)
"""
_LINES: Final = """
SELECT t.id, t.key, t.kind, t.contract, t.holding, t.source, t.ref, t.created_at,
       e.code, e.currency, e.amount_minor, e.balance_after_minor
  FROM ledger_transaction t
  JOIN ledger_line e ON e.transaction_id = t.id
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One leg as it stands in the book.

    `after` is the account's balance after it, both debit positive.
    """

    code: str
    amount: Money
    after: Money


@dataclass(frozen=True, slots=True)
class Booked:
    """A transaction as it stands in the book."""

    id: int
    key: str
    kind: Kind
    contract: str | None
    holding: str | None
    source: str | None
    ref: dict[str, str]
    at: datetime
    entries: tuple[Entry, ...]

    def amount(self, code: str) -> int:
        """What it did to one account, minor units, debit positive (one currency per contract)."""
        return sum(entry.amount.minor for entry in self.entries if entry.code == code)


async def post(
    posting: Posting,
    *,
    key: str,
    contract: str | None = None,
    holding: str | None = None,
    source: str | None = None,
    ref: dict[str, str] | None = None,
) -> bool:
    """Posts once per key, inside a command.

    True when this call did it, False when it was done before.

    `source` is the Stripe object that moved our balance, if one did: reconciliation matches on it.
    Raises Overdraft, KeyReused or LedgerRefused; the surrounding transaction is then lost.
    """
    require_command()
    lines = [
        {"code": line.code, "currency": line.amount.currency, "amount": line.amount.minor}
        for line in posting.lines
    ]
    values = [
        key,
        posting.kind,
        json.dumps(lines),
        contract,
        holding,
        source,
        json.dumps(ref or {}),
        now(),
    ]
    try:
        rows = await connection().execute_query_dict(_POST, values)
    except (asyncpg.PostgresError, BaseORMException) as error:
        raise _named(error) from error
    return bool(rows[0]["created"])


def _named(error: Exception) -> Exception:
    code = sqlstate(error)
    if code == "22023":
        return KeyReused(str(error))
    if code == "23514" and "ledger_account_overdraft" in str(error):
        return Overdraft(str(error))
    return LedgerRefused(str(error)) if code.startswith(("22", "23")) else error


async def is_posted(key: str) -> bool:
    """Whether something was posted under this key."""
    found = "SELECT 1 AS one FROM ledger_transaction WHERE key = $1"
    return bool(await connection().execute_query_dict(found, [key]))


async def find(key: str) -> Booked | None:
    """The transaction posted under a key, if any."""
    found = await _booked("WHERE t.key = $1 ORDER BY e.id", key)
    return found[0] if found else None


async def balance(code: str, currency: str) -> Money:
    """Debit positive; zero for an account that was never used."""
    query = "SELECT balance_minor FROM ledger_balance WHERE code = $1 AND currency = $2"
    rows = await connection().execute_query_dict(query, [code, currency])
    return Money(rows[0]["balance_minor"] if rows else 0, currency)


async def brought(charge: str, currency: str) -> Money:
    """What a payment that Stripe converted brought in this currency, before its fee."""
    query = """
SELECT coalesce(-sum(e.amount_minor), 0)::bigint AS minor
  FROM ledger_transaction t JOIN ledger_line e ON e.transaction_id = t.id
 WHERE t.source = $1 AND e.code = $2 AND e.currency = $3
"""
    values = [charge, chart.conversion(currency), currency]
    rows = await connection().execute_query_dict(query, values)
    return Money(rows[0]["minor"], currency)


async def total(codes: Collection[str], currency: str) -> Money:
    """The sum of several accounts' balances, debit positive."""
    query = """
SELECT coalesce(sum(balance_minor), 0)::bigint AS minor
  FROM ledger_account WHERE code = ANY($1) AND currency = $2
"""
    rows = await connection().execute_query_dict(query, [list(codes), currency])
    return Money(rows[0]["minor"], currency)


async def sums_by_kind(codes: Collection[str]) -> dict[str, dict[Kind, int]]:
    """What each kind of transaction did to each of these accounts, credit positive, minor units."""
    query = """
SELECT e.code, t.kind, -sum(e.amount_minor)::bigint AS minor
  FROM ledger_line e JOIN ledger_transaction t ON t.id = e.transaction_id
 WHERE e.code = ANY($1) GROUP BY 1, 2
"""
    found: dict[str, dict[Kind, int]] = {}
    for row in await connection().execute_query_dict(query, [list(codes)]):
        found.setdefault(row["code"], {})[Kind(row["kind"])] = row["minor"]
    return found


async def of_contract(contract: str) -> list[Booked]:
    """Every transaction of a contract in the order of the book."""
    return await _booked("WHERE t.contract = $1 ORDER BY t.id, e.id", contract)


async def of_account(code: str) -> list[Booked]:
    """Every transaction that touched an account, in the order of the book."""
    touched = (
        "WHERE t.id IN (SELECT transaction_id FROM ledger_line WHERE code = $1) ORDER BY t.id, e.id"
    )
    return await _booked(touched, code)


async def _booked(where: str, value: str) -> list[Booked]:
    rows = await connection().execute_query_dict(_LINES + where, [value])
    found: dict[int, list[dict[str, object]]] = {}
    for row in rows:
        found.setdefault(row["id"], []).append(row)
    return [_read(group) for group in found.values()]


def _read(rows: list[dict[str, object]]) -> Booked:
    first = rows[0]
    entries = tuple(
        Entry(
            str(row["code"]),
            Money(_int(row["amount_minor"]), str(row["currency"])),
            Money(_int(row["balance_after_minor"]), str(row["currency"])),
        )
        for row in rows
    )
    at = first["created_at"]
    assert isinstance(at, datetime)
    return Booked(
        id=_int(first["id"]),
        key=str(first["key"]),
        kind=Kind(str(first["kind"])),
        contract=_text(first["contract"]),
        holding=_text(first["holding"]),
        source=_text(first["source"]),
        ref=json.loads(str(first["ref"])),
        at=at,
        entries=entries,
    )


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value


def _text(value: object) -> str | None:
    return None if value is None else str(value)


async def sums_by_source() -> AsyncIterator[tuple[str, str, int]]:
    """(Stripe object, currency, minor units) of everything that moved our balance at Stripe."""
    query = """
SELECT coalesce(t.source, '') AS source, e.currency, sum(e.amount_minor)::bigint AS minor
  FROM ledger_line e
  JOIN ledger_transaction t ON t.id = e.transaction_id
 WHERE e.code = 'stripe:platform'
 GROUP BY 1, 2 ORDER BY 1, 2
"""
    for row in await connection().execute_query_dict(query):
        yield row["source"], row["currency"], row["minor"]
