"""Owns how a list is asked for with some of its conditions. Never knows a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from payments.database import connection


async def rows(query: str, values: Sequence[object] = ()) -> list[dict[str, Any]]:
    """What the database answers, column by name."""
    found: list[dict[str, Any]] = await connection().execute_query_dict(query, list(values))
    return found


class Where:
    """Conditions joined by AND, with their values."""

    def __init__(self) -> None:
        self.clauses: list[str] = []
        self.values: list[object] = []

    def add(self, clause: str, value: object, after: str = "") -> None:
        """One condition on the next value, unless the value is None."""
        if value is not None:
            self.values.append(value)
            self.clauses.append(f"{clause}${len(self.values)}{after}")

    def sql(self, order: str, limit: int) -> str:
        """The rest of the query."""
        self.values.append(limit)
        where = f" WHERE {' AND '.join(self.clauses)}" if self.clauses else ""
        return f"{where} ORDER BY {order} LIMIT ${len(self.values)}"
