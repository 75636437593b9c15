"""Owns the page of a contract's money."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from marketplace.billing.queries import statements as reads
from marketplace.web.guards import signed_in, viewer
from marketplace.web.routing import Pages
from marketplace.web.templates import render
from marketplace.work import queries as work

pages = Pages("billing")


@pages.get("/contracts/{contract_id:uuid}/statement", guard=signed_in)
async def statement(request: Request) -> Response:
    """Every movement of a contract's money, equal to the ledger."""
    who = viewer(request)
    contract, found = await reads.contract_statement(who, request.path_params["contract_id"])
    units = {str(unit.id): unit for unit in (await work.room(who, contract.id)).units}
    return render(
        request, "billing/statement.html", contract=contract, statement=found, units=units,
        side=work.side_of(who, contract),
    )  # fmt: skip
