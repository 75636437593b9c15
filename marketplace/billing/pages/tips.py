"""Owns the page of tips and bonuses."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketplace.billing.pages.funding import RETURNED
from marketplace.billing.queries import tips as queries
from marketplace.billing.schemas.tips import TipDraft
from marketplace.billing.service import tips as service
from marketplace.core.held import Held
from marketplace.core.i18n import _
from marketplace.core.ids import new_id
from marketplace.core.settings import settings
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render
from payments import cards, escrow
from payments.errors import AlreadyFunded, CardDeclined, PaymentProcessing, StripeProblem
from payments.facts import CONVERTED

pages = Pages("billing")
SAID = {
    "funded": ("success", _("Thank you. The tip is on its way to your assistant.")),
    "failed": ("danger", _("The payment was refused. Nothing was charged; please try again.")),
}
AWAY = _("The payment page is away for a moment. Nothing was charged; please try again.")
PENDING = _("Your payment is being confirmed. We will write to you.")


@pages.get("/contracts/{contract_id:uuid}/tips", guard=signed_in)
async def tips(request: Request) -> Response:
    """What was given on this contract, and the form to give a tip (business)."""
    return await _page(request, blank())


async def _page(request: Request, form: Form, status: int = 200) -> Response:
    found = await queries.tips(viewer(request), request.path_params["contract_id"])
    card = None
    if found.side == "business" and found.possible:
        try:
            card = await cards.saved_card(str(found.contract.business_id))
        except StripeProblem:
            card = None  # the payment page remains
    return render(
        request, "billing/tips.html", status=status, found=found,
        contract=found.contract, side=found.side, card=card, form=form, new_id=new_id(),
        fee_bps=settings().tip_fee_bps,
    )  # fmt: skip


def _back(request: Request, contract_id: UUID, message: str, kind: str = "success") -> Response:
    return to(request, f"/contracts/{contract_id}/tips", message, kind)


@pages.post("/contracts/{contract_id:uuid}/tips", guard=signed_in)
async def give_tip(request: Request) -> Response:
    """On to the payment page, or paid by the saved card at once."""
    contract_id = request.path_params["contract_id"]
    draft, form = validate(TipDraft, await read_form(request))
    if draft is None:
        return await _page(request, form, 422)
    who = viewer(request)
    try:
        tip = await service.ask(who, contract_id, draft)
    except Held as held:
        return await _page(request, refused(form, held), held.status)
    if tip.paid_at:
        return _back(request, contract_id, SAID["funded"][1])
    try:
        url = await service.pay(who, tip, request.state.locale, saved_card=draft.saved_card)
    except StripeProblem:
        return _back(request, contract_id, AWAY, "danger")
    except (AlreadyFunded, PaymentProcessing):  # paid in another tab; its news is on the way
        return _back(request, contract_id, PENDING, "info")
    if url is None:
        paid = (await queries.tip(who, tip.id)).paid_at
        return _back(request, contract_id, SAID["funded"][1] if paid else PENDING)
    return RedirectResponse(url, 303)


@pages.get("/contracts/{contract_id:uuid}/tips/{tip_id:uuid}/paid", guard=signed_in)
async def tip_paid(request: Request) -> Response:
    """Where the payment page sends people back to."""
    tip = await queries.tip(viewer(request), request.path_params["tip_id"])
    try:
        status = await service.finish(tip)
    except (StripeProblem, CardDeclined):
        status = "processing"  # the event will tell; nothing is lost
    kind, message = SAID.get(status, ("info", PENDING))
    if await escrow.failure_of(tip.funding_id) == CONVERTED:
        kind, message = "danger", RETURNED
    return _back(request, tip.contract_id, message, kind)
