"""Owns the page of what a business pays with: list, add, choose, remove, and its credit."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketplace.billing.queries import methods as queries
from marketplace.billing.queries.methods import Wallet
from marketplace.billing.schemas.methods import MethodDraft
from marketplace.billing.service import methods as service
from marketplace.core.errors import NotFound
from marketplace.core.held import Held
from marketplace.core.i18n import _
from marketplace.parties.models import Party
from marketplace.web.forms import read_form, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render
from payments.errors import StripeProblem

pages = Pages("billing")
AWAY = _("The payment service is away for a moment. Nothing was changed; please try again.")


async def _wallet(request: Request, party: Party) -> Wallet | None:
    """What a business has saved; None while Stripe does not answer: the page still opens."""
    try:
        return await queries.wallet(viewer(request), party.id)
    except StripeProblem:
        return None


def _businesses(request: Request) -> list[Party]:
    return [each.party for each in viewer(request).parties if each.party.kind == "business"]


@pages.get("/payment-methods", guard=signed_in)
async def all_methods(request: Request) -> Response:
    """What each of the viewer's businesses pays with."""
    found = [(party, await _wallet(request, party)) for party in _businesses(request)]
    return render(request, "billing/methods.html", wallets=found, added=False)


@pages.get("/payment-methods/{party_id:uuid}", guard=signed_in)
async def methods(request: Request) -> Response:
    """What one business pays with."""
    party = await queries.business(viewer(request), request.path_params["party_id"])
    added = "added" in request.query_params
    found = [(party, await _wallet(request, party))]
    return render(request, "billing/methods.html", wallets=found, added=added)


def _back(request: Request, party_id: UUID, message: str, kind: str = "success") -> Response:
    return to(request, f"/payment-methods/{party_id}", message, kind)


@pages.post("/payment-methods/{party_id:uuid}/add", guard=signed_in)
async def add_method(request: Request) -> Response:
    """On to the hosted page that saves a card or a mandate."""
    party_id = request.path_params["party_id"]
    try:
        address = await service.add_link(viewer(request), party_id, request.state.locale)
    except (StripeProblem, Held) as problem:
        return _back(request, party_id, _why(problem), "danger")
    return RedirectResponse(address, 303)


@pages.post("/payment-methods/{party_id:uuid}/refunds/{movement:uuid}/send", guard=signed_in)
async def send_refund_again(request: Request) -> Response:
    """Send a refund that the bank returned once more."""
    party_id = request.path_params["party_id"]
    await service.send_again(viewer(request), party_id, request.path_params["movement"])
    return _back(request, party_id, _("The refund is on its way again."))


def _why(problem: StripeProblem | Held) -> str:
    return problem.message if isinstance(problem, Held) else AWAY


async def _chosen(request: Request) -> str:
    draft, _form = validate(MethodDraft, await read_form(request))
    if draft is None:
        raise NotFound
    return draft.method


@pages.post("/payment-methods/{party_id:uuid}/default", guard=signed_in)
async def choose_method(request: Request) -> Response:
    """Have a saved card pay the weeks to come."""
    party_id, method = request.path_params["party_id"], await _chosen(request)
    try:
        await service.choose_default(viewer(request), party_id, method)
    except (StripeProblem, Held) as problem:
        return _back(request, party_id, _why(problem), "danger")
    return _back(request, party_id, _("From now on this card pays the weeks to come."))


@pages.post("/payment-methods/{party_id:uuid}/remove", guard=signed_in)
async def remove_method(request: Request) -> Response:
    """Forget a saved card or mandate."""
    party_id, method = request.path_params["party_id"], await _chosen(request)
    try:
        await service.remove(viewer(request), party_id, method)
    except service.CardNeeded as refusal:
        return _back(request, party_id, refusal.message, "danger")
    except (StripeProblem, Held) as problem:
        return _back(request, party_id, _why(problem), "danger")
    return _back(request, party_id, _("Removed. It can no longer be charged."))
