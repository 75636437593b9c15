"""Owns the pages on which a business pays for its units."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketplace.billing.queries import funding as bills
from marketplace.billing.service import funding as service
from marketplace.contracts.rules.signing import TaxToSign
from marketplace.core.errors import NotFound
from marketplace.core.held import Held
from marketplace.core.i18n import _
from marketplace.vigilance.rules import DocumentMissing
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render
from marketplace.work import queries as work
from marketplace.work.rules import CurrencyNotHeld, HeldTooLong
from payments import escrow
from payments.errors import AmountRefused, CardDeclined, PaymentProcessing, StripeProblem
from payments.facts import CONVERTED
from payments.money import Money

pages = Pages("billing")
REFUSED = (Held, HeldTooLong, CurrencyNotHeld, DocumentMissing, TaxToSign)
RETURNED = _(
    "Your payment was converted on its way, so it cannot be held. All of it goes back to you "
    "within days. Please write to us: trying again does not help yet."
)
AWAY = _("The payment page is away for a moment. Nothing was charged; please try again.")


@pages.get("/units/{unit_id:uuid}/fund", guard=signed_in)
async def fund(request: Request) -> Response:
    """What funding a unit costs, line by line, before the payment page."""
    bill = await bills.bill(viewer(request), request.path_params["unit_id"])
    return render(
        request, "billing/fund.html", unit=bill.unit, contract=bill.unit.contract,
        bill=bill, quote=bill.quote, side="business",
    )  # fmt: skip


@pages.post("/units/{unit_id:uuid}/fund", guard=signed_in)
async def pay(request: Request) -> Response:
    """On to the payment page."""
    unit_id = request.path_params["unit_id"]
    try:
        address = await service.start_funding(viewer(request), unit_id, request.state.locale)
    except (StripeProblem, PaymentProcessing, *REFUSED) as problem:
        params: dict[str, object] = {}
        message = AWAY
        if isinstance(problem, REFUSED):
            message, params = problem.message, problem.params
        elif isinstance(problem, AmountRefused):
            message = problem.message
        elif isinstance(problem, PaymentProcessing):
            message = _("Your payment is being confirmed. We will write to you.")
        return to(request, f"/units/{unit_id}/fund", message, "danger", **params)
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
    if await escrow.failure_of(funding_id) == CONVERTED:
        kind, message = "danger", RETURNED
    return to(request, f"/contracts/{unit.contract_id}/work", message, kind)


@pages.get("/contracts/{contract_id:uuid}/fund", guard=signed_in)
async def fund_parts(request: Request) -> Response:
    """Everything that can be funded now, with what each part costs; one payment a part."""
    who = viewer(request)
    room = await work.room(who, request.path_params["contract_id"])
    if room.side != "business":
        raise NotFound
    waiting = [unit for unit in room.units if unit.status in ("planned", "funding")]
    found = [await bills.bill(who, unit.id) for unit in waiting]
    payable = [bill for bill in found if not bill.processing]
    total = Money.sum((bill.quote.client_total for bill in payable), room.contract.currency)
    return render(
        request, "billing/fund_parts.html", contract=room.contract, bills=found, payable=payable,
        total=total,
        side="business",
    )  # fmt: skip
