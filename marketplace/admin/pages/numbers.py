"""Owns the operator's page of numbers that a register does not confirm."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import Response

from marketplace.admin.pages.router import pages, show
from marketplace.admin.queries import numbers as queries
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.web.guards import operator


@pages.get("/operator/numbers", guard=operator)
async def numbers(request: Request) -> Response:
    """Refused and closed numbers with the register's words, and which registers are asked."""
    rows = await queries.troubles()
    said = {
        row.answer.id: json.dumps(row.answer.said, indent=1, ensure_ascii=False) for row in rows
    }
    return show(
        request, "numbers", tab="numbers", rows=rows, said=said,
        asked=[(each.value, jurisdictions.asks(each)) for each in jurisdictions.Register],
    )  # fmt: skip
