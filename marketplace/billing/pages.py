"""Owns the pages of money: funding a unit, the way back, statements, payout set-up."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketplace.billing import queries, service
from marketplace.core.errors import NotFound
from marketplace.core.i18n import _, gettext
from marketplace.web.guards import signed_in, viewer
from marketplace.web.routing import Pages
from marketplace.web.templates import render, set_flash
from marketplace.work import queries as work
from payments.errors import CardDeclined, StripeProblem

pages = Pages("billing")


@pages.get("/units/{unit_id:uuid}/fund", guard=signed_in)
async def fund(request: Request) -> Response:
    """What funding a unit costs, line by line, before the payment page."""
    bill = await queries.bill(viewer(request), request.path_params["unit_id"])
    return render(
        request, "billing/fund.html", unit=bill.unit, contract=bill.unit.contract,
        carried=bill.carried, quote=bill.quote, side="business",
    )  # fmt: skip


@pages.post("/units/{unit_id:uuid}/fund", guard=signed_in)
async def pay(request: Request) -> Response:
    """On to the payment page."""
    unit_id = request.path_params["unit_id"]
    try:
        address = await service.start_funding(viewer(request), unit_id, request.state.locale)
    except StripeProblem:
        response = RedirectResponse(f"/{request.state.locale}/units/{unit_id}/fund", 303)
        message = _("The payment page is away for a moment. Nothing was charged; please try again.")
        set_flash(response, gettext(message), "danger")
        return response
    return RedirectResponse(address, 303)


@pages.get("/units/{unit_id:uuid}/funded", guard=signed_in)
async def funded(request: Request) -> Response:
    """Where the payment page sends people back to."""
    try:
        funding_id = UUID(request.query_params.get("funding", ""))
    except ValueError:
        raise NotFound from None
    unit_id = request.path_params["unit_id"]
    unit = await work.unit(viewer(request), unit_id)
    try:
        status = await service.finish_funding(viewer(request), unit_id, funding_id)
    except (StripeProblem, CardDeclined):
        status = "processing"  # the event will tell; nothing is lost
    kind, message = {
        "funded": ("success", _("The money is held. Your assistant can start.")),
        "failed": ("danger", _("The payment was refused. Nothing was charged; please try again.")),
    }.get(status, ("info", _("Your payment is being confirmed. We will write to you.")))
    target = f"/{request.state.locale}/contracts/{unit.contract_id}/work"
    response = RedirectResponse(target, 303)
    set_flash(response, gettext(message), kind)
    return response


@pages.get("/contracts/{contract_id:uuid}/statement", guard=signed_in)
async def statement(request: Request) -> Response:
    """Every movement of a contract's money, equal to the ledger."""
    who = viewer(request)
    contract, found = await queries.contract_statement(who, request.path_params["contract_id"])
    units = {str(unit.id): unit for unit in (await work.room(who, contract.id)).units}
    return render(
        request, "billing/statement.html", contract=contract, statement=found, units=units,
        side=work.side_of(who, contract),
    )  # fmt: skip


@pages.get("/payouts", guard=signed_in)
async def payouts(request: Request) -> Response:
    """How each of the viewer's assistants is paid."""
    who = viewer(request)
    mine = [each.party for each in who.parties if each.party.kind == "assistant"]
    found = [await queries.payee_page(who, party.id) for party in mine]
    return render(request, "billing/payouts.html", payees=found)


@pages.get("/payouts/{party_id:uuid}", guard=signed_in)
async def payout(request: Request) -> Response:
    """One party's payout state and everything it was paid."""
    who = viewer(request)
    party_id = request.path_params["party_id"]
    if "back" in request.query_params:
        await service.refresh_payee(who, party_id)
    return render(request, "billing/payouts.html", payees=[await queries.payee_page(who, party_id)])


@pages.post("/payouts/{party_id:uuid}/set-up", guard=signed_in)
async def set_up(request: Request) -> Response:
    """On to Stripe's own pages for identity and bank details."""
    party_id = request.path_params["party_id"]
    try:
        address = await service.payout_link(viewer(request), party_id, request.state.locale)
    except StripeProblem:
        response = RedirectResponse(f"/{request.state.locale}/payouts/{party_id}", 303)
        set_flash(response, gettext("Payout set-up is away for a moment. Try again."), "danger")
        return response
    return RedirectResponse(address, 303)
