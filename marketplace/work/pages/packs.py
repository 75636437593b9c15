"""Owns the forms of a pack: recording and correcting a use, ordering a further pack."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketplace.contracts.rules.terms import PackUnit
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.i18n import _
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render
from marketplace.work import queries
from marketplace.work.pages.units import unit_page
from marketplace.work.schemas import UseChange, UseDraft
from marketplace.work.service import packs

pages = Pages("work")


@pages.post("/units/{unit_id:uuid}/uses", guard=signed_in)
async def record_use(request: Request) -> Response:
    """Record a use of the pack."""
    unit_id = request.path_params["unit_id"]
    draft, form = validate(UseDraft, await read_form(request))
    if draft is None:
        return await unit_page(request, unit_id, use=form)
    try:
        await packs.record(viewer(request), unit_id, draft)
    except Invalid as error:
        return await unit_page(request, unit_id, use=refused(form, error))
    return to(request, f"/units/{unit_id}", _("Recorded."))


@pages.get("/uses/{use_id:uuid}", guard=signed_in)
async def edit_use(request: Request) -> Response:
    """The form to correct a recorded use."""
    return await _use_page(request, None)


async def _use_page(request: Request, form: Form | None) -> Response:
    unit, use = await queries.pack_use(viewer(request), request.path_params["use_id"])
    state = await queries.pack(unit.contract_id)
    if state is None:
        raise NotFound
    kept = blank(
        {
            "used_on": use.used_on,
            "minutes": f"{use.quantity // 60}h{use.quantity % 60:02d}",
            "count": use.quantity,
            "note": use.note,
            "reason": use.reason,
            "outcome": use.outcome,
        }
    )
    return render(
        request,
        "work/use.html",
        status=422 if form else 200,
        unit=unit,
        contract=unit.contract,
        use=use,
        form=form or kept,
        counts=state.unit,
        hours=state.unit is PackUnit.HOURS,
        may_record=packs.may_record(unit)
        and queries.side_of(viewer(request), unit.contract) == "assistant",
    )


@pages.post("/uses/{use_id:uuid}", guard=signed_in)
async def correct_use(request: Request) -> Response:
    """Correct a recorded use."""
    use_id = request.path_params["use_id"]
    draft, form = validate(UseChange, await read_form(request))
    if draft is None:
        return await _use_page(request, form)
    try:
        use = await packs.correct(viewer(request), use_id, draft, draft.seen_at)
    except Invalid as error:
        return await _use_page(request, refused(form, error))
    return to(request, f"/units/{use.unit_id}", _("Corrected."))


@pages.post("/uses/{use_id:uuid}/remove", guard=signed_in)
async def strike_use(request: Request) -> Response:
    """Take a recorded use out."""
    unit, use = await queries.pack_use(viewer(request), request.path_params["use_id"])
    await packs.strike(viewer(request), use.id)
    return to(request, f"/units/{unit.id}", _("Taken out."))


@pages.post("/contracts/{contract_id:uuid}/top-ups", guard=signed_in)
async def order_pack(request: Request) -> Response:
    """Order one more pack and go on to its funding."""
    unit = await packs.order(viewer(request), request.path_params["contract_id"])
    return RedirectResponse(f"/{request.state.locale}/units/{unit.id}/fund", 303)
