"""Owns the JSON operation on numbers that a register does not confirm."""

from __future__ import annotations

from starlette.requests import Request

from marketplace.admin.api.router import read
from marketplace.admin.queries import numbers as queries
from marketplace.admin.schemas.numbers import NumberView


@read("/operator/numbers")
async def numbers(_request: Request) -> list[NumberView]:
    """Numbers that VIES or Sirene refused, closed or could not tell, newest first."""
    return [NumberView.of(row) for row in await queries.troubles()]
