"""Owns the pages on which an assistant gives money back: of a part of the work, or a tip."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from marketplace.billing.queries import tips
from marketplace.billing.schemas.giving import GiveBackDraft
from marketplace.billing.service import giving as service
from marketplace.core.errors import Conflict, Invalid, NotFound
from marketplace.core.i18n import _
from marketplace.core.ids import new_id
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render
from marketplace.work import queries as work
from payments import escrow

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract

pages = Pages("billing")
UNIT = "/units/{unit_id:uuid}/give-back"
TIP = "/contracts/{contract_id:uuid}/tips/{tip_id:uuid}/give-back"


@pages.get(UNIT, guard=signed_in)
async def ask_back(request: Request) -> Response:
    """The form to return money after it was released (assistant)."""
    return await _unit(request, blank())


async def _unit(request: Request, form: Form) -> Response:
    who = viewer(request)
    unit = await work.unit(who, request.path_params["unit_id"])
    if not who.acts_for(unit.contract.assistant_id):
        raise NotFound
    return await _page(request, form, unit.id, unit.contract, unit=unit)


@pages.post(UNIT, guard=signed_in)
async def give_back(request: Request) -> Response:
    """Return a part of what was released to the client."""
    unit_id = request.path_params["unit_id"]
    return await _given(
        request,
        lambda draft: service.give_back(viewer(request), unit_id, draft),
        lambda form: _unit(request, form),
        f"/units/{unit_id}",
    )


@pages.get(TIP, guard=signed_in)
async def ask_tip_back(request: Request) -> Response:
    """The form to return a tip (assistant)."""
    return await _tip(request, blank())


async def _tip(request: Request, form: Form) -> Response:
    given = request.path_params
    tip = await tips.received(viewer(request), given["contract_id"], given["tip_id"])
    return await _page(request, form, tip.id, tip.contract, tip=tip)


@pages.post(TIP, guard=signed_in)
async def give_tip_back(request: Request) -> Response:
    """Return a tip, or a part of it, to the client."""
    contract_id, tip_id = request.path_params["contract_id"], request.path_params["tip_id"]
    return await _given(
        request,
        lambda draft: service.give_tip_back(viewer(request), contract_id, tip_id, draft),
        lambda form: _tip(request, form),
        f"/contracts/{contract_id}/tips",
    )


async def _page(
    request: Request, form: Form, holding: UUID, contract: Contract, **more: object
) -> Response:
    return render(
        request, "billing/give_back.html", status=422 if form.errors else 200, contract=contract,
        kept=await escrow.kept(str(holding), contract.currency), form=form, new_id=new_id(), **more,
    )  # fmt: skip


async def _given(
    request: Request,
    give: Callable[[GiveBackDraft], Awaitable[None]],
    again: Callable[[Form], Awaitable[Response]],
    then: str,
) -> Response:
    """Give it back and go on, or show the form again with what is wrong."""
    draft, form = validate(GiveBackDraft, await read_form(request))
    if draft is None:
        return await again(form)
    try:
        await give(draft)
    except (Invalid, Conflict) as error:
        return await again(refused(form, error))
    return to(request, then, _("Given back. The client gets it on the card within days."))
