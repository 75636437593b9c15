"""Owns the page of what an assistant is paid."""

from __future__ import annotations

from contextlib import suppress

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketplace.billing.queries import payouts as payees
from marketplace.billing.rules.payees import failure, needs
from marketplace.billing.service import payouts as service
from marketplace.core.held import Held
from marketplace.core.i18n import _
from marketplace.parties.rules import OwnersOnly
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render
from payments.errors import StripeProblem

pages = Pages("billing")


@pages.get("/payouts", guard=signed_in)
async def payouts(request: Request) -> Response:
    """How each of the viewer's assistants is paid."""
    who = viewer(request)
    mine = [each.party for each in who.parties if each.party.kind == "assistant"]
    found = [await payees.payee_page(who, party.id) for party in mine]
    return _page(request, found)


@pages.get("/payouts/{party_id:uuid}", guard=signed_in)
async def payout(request: Request) -> Response:
    """One party's payout state and everything it was paid."""
    who = viewer(request)
    party_id = request.path_params["party_id"]
    if "back" in request.query_params:
        with suppress(StripeProblem):  # the event will tell; the page shows what is known
            await service.refresh_payee(who, party_id)
    return _page(request, [await payees.payee_page(who, party_id)])


def _page(request: Request, found: list[payees.PayeePage]) -> Response:
    return render(
        request, "billing/payouts.html", payees=found, needs=needs, failure=failure,
        owners_only=OwnersOnly.message,
    )  # fmt: skip


@pages.post("/payouts/{party_id:uuid}/set-up", guard=signed_in)
async def set_up(request: Request) -> Response:
    """On to Stripe's own pages for identity and bank details."""
    party_id = request.path_params["party_id"]
    try:
        address = await service.payout_link(viewer(request), party_id, request.state.locale)
    except Held as held:
        return to(request, f"/payouts/{party_id}", held.message, "danger")
    except StripeProblem:
        away = _("Payout set-up is away for a moment. Try again.")
        return to(request, f"/payouts/{party_id}", away, "danger")
    return RedirectResponse(address, 303)
