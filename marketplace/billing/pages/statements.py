"""Owns the page of a contract's money, and its file."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from marketplace.billing.queries import recorded
from marketplace.billing.queries import statements as reads
from marketplace.contracts.rules.states import Rail
from marketplace.web.guards import signed_in, viewer
from marketplace.web.routing import Pages
from marketplace.web.templates import render
from marketplace.work import queries as work
from payments import explorer
from payments.money import Money

pages = Pages("billing")


@pages.get("/contracts/{contract_id:uuid}/statement", guard=signed_in)
async def statement(request: Request) -> Response:
    """Every movement of a contract's money, equal to the ledger; or what was paid outside."""
    who = viewer(request)
    contract, found = await reads.contract_statement(who, request.path_params["contract_id"])
    room = await work.room(who, contract.id)
    outside = contract.rail is Rail.RECORDED
    records = await recorded.of_contract(who, contract.id) if outside else []
    back = await reads.came_back(contract) if room.side == "business" else None
    names = ("owed", "confirmed", "waiting", "disputed", "left")
    return render(
        request, "billing/statement.html", contract=contract, statement=found,
        units={str(unit.id): unit for unit in room.units}, side=room.side, next=room.current,
        balance=await work.balance(room.current) if room.current else None,
        payments=await reads.payments(who, contract.id), records=records,
        hold_days=await work.hold_days(contract), came_back=back,
        disputes=await explorer.disputes(contract=str(contract.id)),
        sums={
            name: Money.sum((getattr(each.tally, name) for each in records), contract.currency)
            for name in names
        },
    )  # fmt: skip


@pages.get("/contracts/{contract_id:uuid}/statement.csv", guard=signed_in)
async def statement_csv(request: Request) -> Response:
    """The same as a table for a spreadsheet."""
    text = await reads.as_csv(viewer(request), request.path_params["contract_id"])
    name = {"content-disposition": 'attachment; filename="statement.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=name)
