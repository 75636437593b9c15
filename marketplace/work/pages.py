"""Owns the pages of work: the contract's room, a unit with its delivery or its hours."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketplace.contracts.rules.terms import HourlyTerms
from marketplace.core import clock
from marketplace.core.errors import Invalid
from marketplace.core.i18n import _, gettext
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.routing import Pages
from marketplace.web.templates import render, set_flash
from marketplace.work import queries, rules
from marketplace.work.schemas import (
    ApprovalDraft,
    ChangesDraft,
    DeliveryDraft,
    EndingDraft,
    EntryDraft,
)
from marketplace.work.service import deliveries, endings, timesheets
from payments.money import Money

pages = Pages("work")


def _back(request: Request, path: str, message: str) -> Response:
    response = RedirectResponse(f"/{request.state.locale}{path}", 303)
    set_flash(response, gettext(message))
    return response


@pages.get("/contracts/{contract_id:uuid}/work", guard=signed_in)
async def room(request: Request) -> Response:
    """What happens next in a contract, and all its parts."""
    found = await queries.room(viewer(request), request.path_params["contract_id"])
    balances = {unit.id: await queries.balance(unit) for unit in found.units}
    return render(
        request,
        "work/room.html",
        room=found,
        contract=found.contract,
        side=found.side,
        balances=balances,
        ending_form=blank(),
        tab="work",
    )


@pages.get("/units/{unit_id:uuid}", guard=signed_in)
async def unit(request: Request) -> Response:
    """One part of a contract: its delivery and review, or its hours."""
    return await _unit_page(request, request.path_params["unit_id"])


async def _unit_page(request: Request, unit_id: UUID, **forms: Form) -> Response:
    who = viewer(request)
    found = await queries.unit(who, unit_id)
    entries = await queries.entries(unit_id)
    minutes = sum(entry.minutes for entry in entries)
    _contract, agreement = await queries.agreed(found.contract_id)
    zone = found.contract.time_zone
    terms = agreement.terms
    hourly = isinstance(terms, HourlyTerms)
    context = {
        "unit": found,
        "contract": found.contract,
        "side": queries.side_of(who, found.contract),
        "balance": await queries.balance(found),
        "deliveries": await queries.deliveries(unit_id),
        "entries": entries,
        "minutes": minutes,
        "cap_minutes": terms.weekly_cap_minutes if isinstance(terms, HourlyTerms) else 0,
        "due": timesheets.payable(agreement, minutes) if hourly else None,
        "edit_until": rules.edit_deadline(found.ends_on, zone),
        "may_edit": found.status == "funded"
        and clock.now() < rules.edit_deadline(found.ends_on, zone),
        "day": min(max(clock.today(zone), found.starts_on), found.ends_on),
        "money_of": lambda minor: Money(minor, found.currency),
        "delivery_form": forms.get("delivery", blank()),
        "changes_form": forms.get("changes", blank()),
        "entry_form": forms.get("entry", blank()),
    }
    bad = any(form.errors for form in forms.values())
    return render(request, "work/unit.html", status=422 if bad else 200, **context)


@pages.post("/units/{unit_id:uuid}/deliver", guard=signed_in)
async def deliver(request: Request) -> Response:
    """Hand in a milestone or a period."""
    unit_id = request.path_params["unit_id"]
    data = await read_form(request)
    draft, form = validate(DeliveryDraft, data)
    if draft is None:
        return await _unit_page(request, unit_id, delivery=form)
    await deliveries.submit(viewer(request), unit_id, draft)
    return _back(request, f"/units/{unit_id}", _("Handed in. The client has been told."))


@pages.post("/units/{unit_id:uuid}/approve", guard=signed_in)
async def approve(request: Request) -> Response:
    """Approve a delivery, or a week's hours."""
    unit_id = request.path_params["unit_id"]
    found = await queries.unit(viewer(request), unit_id)
    if found.kind == "week":
        await timesheets.approve_week(viewer(request), unit_id)
    else:
        draft, _form = validate(ApprovalDraft, await read_form(request))
        await deliveries.approve(viewer(request), unit_id, draft.note if draft else "")
    return _back(
        request, f"/contracts/{found.contract_id}/work", _("Approved. The money is on its way.")
    )


@pages.post("/units/{unit_id:uuid}/changes", guard=signed_in)
async def request_changes(request: Request) -> Response:
    """Send a delivery back, naming the criteria that are not met."""
    unit_id = request.path_params["unit_id"]
    draft, form = validate(ChangesDraft, await read_form(request))
    if draft is None:
        return await _unit_page(request, unit_id, changes=form)
    try:
        await deliveries.request_changes(viewer(request), unit_id, draft)
    except Invalid as error:
        return await _unit_page(request, unit_id, changes=refused(form, error))
    return _back(request, f"/units/{unit_id}", _("Sent. Your assistant knows what is missing."))


@pages.post("/units/{unit_id:uuid}/entries", guard=signed_in)
async def add_entry(request: Request) -> Response:
    """Enter hours."""
    unit_id = request.path_params["unit_id"]
    draft, form = validate(EntryDraft, await read_form(request))
    if draft is None:
        return await _unit_page(request, unit_id, entry=form)
    try:
        await timesheets.add_entry(viewer(request), unit_id, draft)
    except Invalid as error:
        return await _unit_page(request, unit_id, entry=refused(form, error))
    return _back(request, f"/units/{unit_id}", _("Hours added."))


@pages.get("/entries/{entry_id:uuid}", guard=signed_in)
async def edit_entry(request: Request) -> Response:
    """The form to correct hours."""
    return await _entry_page(request, None)


async def _entry_page(request: Request, form: Form | None) -> Response:
    found, entry = await queries.entry(viewer(request), request.path_params["entry_id"])
    kept = blank(
        {
            "worked_on": entry.worked_on,
            "minutes": f"{entry.minutes // 60}h{entry.minutes % 60:02d}",
            "task": entry.task,
            "note": entry.note,
        }
    )
    return render(
        request,
        "work/entry.html",
        status=422 if form else 200,
        entry=entry,
        unit=found,
        contract=found.contract,
        form=form or kept,
    )


@pages.post("/entries/{entry_id:uuid}", guard=signed_in)
async def change_entry(request: Request) -> Response:
    """Correct hours."""
    draft, form = validate(EntryDraft, await read_form(request))
    if draft is None:
        return await _entry_page(request, form)
    try:
        entry = await timesheets.change_entry(
            viewer(request), request.path_params["entry_id"], draft
        )
    except Invalid as error:
        return await _entry_page(request, refused(form, error))
    return _back(request, f"/units/{entry.unit_id}", _("Hours changed."))


@pages.post("/entries/{entry_id:uuid}/remove", guard=signed_in)
async def remove_entry(request: Request) -> Response:
    """Take hours out."""
    found, entry = await queries.entry(viewer(request), request.path_params["entry_id"])
    await timesheets.remove_entry(viewer(request), entry.id)
    return _back(request, f"/units/{found.id}", _("Hours removed."))


@pages.post("/units/{unit_id:uuid}/submit", guard=signed_in)
async def submit_week(request: Request) -> Response:
    """Hand in the week's hours."""
    unit_id = request.path_params["unit_id"]
    await timesheets.submit_week(viewer(request), unit_id)
    return _back(request, f"/units/{unit_id}", _("Week sent. The client has been told."))


@pages.post("/contracts/{contract_id:uuid}/ending", guard=signed_in)
async def propose_ending(request: Request) -> Response:
    """Ask to end the contract early."""
    contract_id = request.path_params["contract_id"]
    draft, _form = validate(EndingDraft, await read_form(request))
    ending = await endings.propose(viewer(request), contract_id, draft or EndingDraft())
    said = _("The contract has ended.") if ending.done_at else _("The other side has been told.")
    return _back(request, f"/contracts/{contract_id}/work", said)


@pages.post("/contracts/{contract_id:uuid}/ending/agree", guard=signed_in)
async def agree_ending(request: Request) -> Response:
    """Agree that the contract ends now."""
    contract_id = request.path_params["contract_id"]
    await endings.agree(viewer(request), contract_id)
    return _back(request, f"/contracts/{contract_id}/work", _("The contract has ended."))


@pages.post("/contracts/{contract_id:uuid}/ending/withdraw", guard=signed_in)
async def withdraw_ending(request: Request) -> Response:
    """Go on with the contract after all."""
    contract_id = request.path_params["contract_id"]
    await endings.withdraw(viewer(request), contract_id)
    return _back(request, f"/contracts/{contract_id}/work", _("The contract goes on."))
