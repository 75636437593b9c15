"""Owns the pages of money: funding a unit, the way back, statements, payout set-up."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketplace.billing import queries, service
from marketplace.billing.schemas import GiveBackDraft
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.i18n import _, gettext
from marketplace.core.ids import new_id
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.routing import Pages
from marketplace.web.templates import render, set_flash
from marketplace.work import queries as work
from payments.errors import CardDeclined, StripeProblem
from payments.money import Money

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


@pages.get("/units/{unit_id:uuid}/give-back", guard=signed_in)
async def ask_back(request: Request) -> Response:
    """The form to return money after it was released (assistant)."""
    return await _back_page(request, blank())


async def _back_page(request: Request, form: Form) -> Response:
    who = viewer(request)
    unit = await work.unit(who, request.path_params["unit_id"])
    if not who.acts_for(unit.contract.assistant_id):
        raise NotFound
    return render(
        request, "billing/give_back.html", status=422 if form.errors else 200, unit=unit,
        contract=unit.contract, balance=await work.balance(unit), form=form, new_id=new_id(),
    )  # fmt: skip


@pages.post("/units/{unit_id:uuid}/give-back", guard=signed_in)
async def give_back(request: Request) -> Response:
    """Return a part of what was released to the client."""
    unit_id = request.path_params["unit_id"]
    draft, form = validate(GiveBackDraft, await read_form(request))
    if draft is None:
        return await _back_page(request, form)
    try:
        await service.give_back(viewer(request), unit_id, draft)
    except Invalid as error:
        return await _back_page(request, refused(form, error))
    response = RedirectResponse(f"/{request.state.locale}/units/{unit_id}", 303)
    set_flash(response, gettext(_("Given back. The client gets it on the card within days.")))
    return response


@pages.get("/contracts/{contract_id:uuid}/fund", guard=signed_in)
async def fund_parts(request: Request) -> Response:
    """Everything that can be funded now, with what each part costs; one payment a part."""
    who = viewer(request)
    room = await work.room(who, request.path_params["contract_id"])
    if room.side != "business":
        raise NotFound
    waiting = [unit for unit in room.units if unit.status in ("planned", "funding")]
    bills = [await queries.bill(who, unit.id) for unit in waiting]
    total = Money.sum((bill.quote.client_total for bill in bills), room.contract.currency)
    return render(
        request, "billing/fund_parts.html", contract=room.contract, bills=bills, total=total,
        side="business",
    )  # fmt: skip


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
