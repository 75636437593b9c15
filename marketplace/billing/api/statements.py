"""Owns the JSON operations of a contract's statement."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.billing.api.paging import page_of
from marketplace.billing.queries import statements as reads
from marketplace.billing.schemas.statements import StatementView
from marketplace.web.guards import signed_in, viewer
from marketplace.web.paging import PageQuery
from marketplace.web.routing import Api

api = Api("billing")
READ, WRITE = "money:read", "money:write"


@api.get("/contracts/{contract_id:uuid}/statement", guard=signed_in, scope=READ)
async def statement(request: Request, contract_id: UUID, query: PageQuery) -> StatementView:
    """Every movement of a contract's money, equal to the ledger; totals over all pages."""
    _contract, found = await reads.contract_statement(viewer(request), contract_id)
    lines, after = page_of(found.lines if found else (), query)
    return StatementView.of(contract_id, found, lines, after)
