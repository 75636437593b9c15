"""Owns the page on which an assistant gives money back."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketplace.billing.schemas.giving import GiveBackDraft
from marketplace.billing.service import giving as service
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.i18n import _, gettext
from marketplace.core.ids import new_id
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.routing import Pages
from marketplace.web.templates import render, set_flash
from marketplace.work import queries as work

pages = Pages("billing")


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
