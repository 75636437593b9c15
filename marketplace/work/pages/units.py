"""Owns the page of one part of a contract and the answers to a delivery; never the hours' forms."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256
from uuid import UUID

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from marketplace.contracts.rules import words
from marketplace.contracts.rules.terms import HourlyTerms
from marketplace.core import clock
from marketplace.core.errors import Conflict, Invalid
from marketplace.core.i18n import _, gettext
from marketplace.core.ids import new_id
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render
from marketplace.work import queries, rules
from marketplace.work.models import TimeEntry, Unit
from marketplace.work.rules import NoPart, OtherDelivery
from marketplace.work.rules.packs import record_until
from marketplace.work.schemas import (
    ApprovalDraft,
    ChangesDraft,
    DeliveryDraft,
    PartAnswer,
    PartDraft,
)
from marketplace.work.service import deliveries, holds, packs, parts, timers, timesheets
from payments.money import Money

pages = Pages("work")


def row_key(task: str) -> str:
    """The name of a task's row in the grid's fields."""
    return sha256(task.encode()).hexdigest()[:10]


def week_days(unit: Unit) -> list[date]:
    """The days of a unit, of which a cut week has fewer than seven."""
    return [
        unit.starts_on + timedelta(days=n) for n in range((unit.ends_on - unit.starts_on).days + 1)
    ]


def _grid(
    unit: Unit, lines: list[TimeEntry], form: Form | None, *, new: bool
) -> list[tuple[str, str, list[str]]]:
    """The rows of the grid: a task a row, a day a cell; an empty row for a new task.

    A task whose hours were taken out elsewhere keeps its row while `form` has hours typed for it.
    """
    days = week_days(unit)
    sums: dict[str, dict[date, int]] = {}
    for line in lines:
        row = sums.setdefault(line.task, {})
        row[line.worked_on] = row.get(line.worked_on, 0) + line.counting
    given = form.data if form else FormData()
    for name, task in given.items():
        if name.startswith("t-") and any(given.get(f"h-{name[2:]}-{day}") for day in days):
            sums.setdefault(str(task), {})
    rows = [
        (row_key(task), task, [rules.typed(row.get(day, 0)) for day in days])
        for task, row in sums.items()
    ]
    return [*rows, ("new", gettext("New task"), [""] * len(days))] if new else rows


@pages.get("/units/{unit_id:uuid}", guard=signed_in)
async def unit(request: Request) -> Response:
    """One part of a contract: its delivery and review, or its hours."""
    return await unit_page(request, request.path_params["unit_id"])


async def unit_page(
    request: Request,
    unit_id: UUID,
    stale: Conflict | None = None,
    kept: tuple[str, ...] = (),
    **forms: Form,
) -> Response:
    """The page of a unit, with what was typed in one of its forms.

    `stale` says why an answer to what it showed before came to nothing, `kept` what was written in
    a form that may not stand there any more.
    """
    who = viewer(request)
    found = await queries.unit(who, unit_id)
    entries = await queries.entries(unit_id)
    _contract, agreement = await queries.agreed(found.contract_id)
    contract, zone = found.contract, found.contract.time_zone
    balance = await queries.balance(found)
    terms = agreement.terms
    unpaid = found.status in rules.UNPAID
    timer = await timers.running(who)
    started = found.status in rules.WORKABLE or (unpaid and found.contract.status == "active")
    may_edit = started and clock.now() < rules.edit_deadline(found.ends_on, zone, contract.rhythm)
    context = {
        "unit": found,
        "contract": contract,
        "hold_days": await queries.hold_days(contract),
        "side": queries.side_of(who, found.contract),
        "balance": balance,
        "age": queries.ageing(balance),
        "payments": await queries.payments(found),
        "paid": await _paid(found),
        "deliveries": await queries.deliveries(unit_id),
        "entries": entries,
        "cap_minutes": queries.cap_minutes(found, agreement) if found.kind == "week" else 0,
        "sheet": queries.weigh(found, agreement, entries) if found.kind == "week" else None,
        "phase": queries.phase(contract),
        "raise_missing": queries.missing(found, agreement, balance.price),
        "may_raise": contract.status == "active" and not found.trial,
        "edit_until": rules.edit_deadline(found.ends_on, zone, contract.rhythm),
        "may_edit": may_edit,
        "parts": await parts.of_unit(unit_id),
        "part_form": forms.get("part", blank()),
        "part_id": new_id(),
        "unpaid": unpaid,
        "grace_until": rules.grace_deadline(found.ends_on, zone, contract.rhythm),
        "days": week_days(found) if found.kind == "week" else [],
        "grid": _grid(found, entries, forms.get("grid"), new=may_edit),
        "rate_minor": queries.rate_minor(found, terms) if isinstance(terms, HourlyTerms) else None,
        "timer": timer,
        "timer_minutes": timers.measured(timer) if timer else 0,
        "timer_stops": timer and (may_edit or timers.last_day(timer, zone) > found.ends_on),
        "grid_form": forms.get("grid"),
        "timer_form": forms.get("timer", blank()),
        "day": min(max(clock.today(zone), found.starts_on), found.ends_on),
        "money_of": lambda minor: Money(minor, found.currency),
        "delivery_form": forms.get("delivery", blank()),
        "too_early": found.kind != "week" and deliveries.too_early(found),
        "changes_form": forms.get("changes", blank()),
        "entry_form": forms.get("entry", blank()),
    }
    context |= await _pack(found, str(context["side"]), forms.get("use", blank()))
    bad = any(form.errors for form in forms.values())
    status = stale.status if stale else 422 if bad else 200
    return render(request, "work/unit.html", status=status, stale=stale, kept=kept, **context)


async def _pack(unit: Unit, side: str, form: Form) -> dict[str, object]:
    """What the page of a pack's period or further pack shows beside; `pack` None for others."""
    found = await queries.pack(unit.contract_id)
    if found is None:
        return {"pack": None}
    return {
        "pack": found,
        "counts": found.unit,
        "uses": [use for use in found.uses if use.unit_id == unit.id],
        "may_record": side == "assistant" and packs.may_record(unit),
        "record_until": record_until(unit.ends_on, unit.contract.time_zone),
        "use_form": form,
        "words": words,
    }


async def _paid(unit: Unit) -> list[queries.Paid]:
    """The client's payments for this unit, and those of which the rest counts for it."""
    rows = await queries.paid(await queries.of_contract(unit.contract_id))
    return [each for each in rows if unit.id in {each.unit.id, *(u.id for u in each.carried_to)}]


@pages.post("/units/{unit_id:uuid}/deliver", guard=signed_in)
async def deliver(request: Request) -> Response:
    """Hand in a milestone or a period."""
    unit_id = request.path_params["unit_id"]
    data = await read_form(request)
    draft, form = validate(DeliveryDraft, data)
    if draft is None:
        return await unit_page(request, unit_id, delivery=form)
    try:
        await deliveries.submit(viewer(request), unit_id, draft)
    except Conflict as error:
        return await unit_page(request, unit_id, error, (draft.note, *map(str, draft.links)))
    except Invalid as error:
        return await unit_page(request, unit_id, delivery=refused(form, error))
    return to(request, f"/units/{unit_id}", _("Handed in. The client has been told."))


@pages.post("/units/{unit_id:uuid}/approve", guard=signed_in)
async def approve(request: Request) -> Response:
    """Approve a delivery, or a week's hours."""
    unit_id = request.path_params["unit_id"]
    found = await queries.unit(viewer(request), unit_id)
    if found.kind == "week":
        await timesheets.approve_week(viewer(request), unit_id)
    else:
        draft, _form = validate(ApprovalDraft, await read_form(request))
        note, seen = (draft.note, draft.delivery) if draft else ("", None)
        try:
            await deliveries.approve(viewer(request), unit_id, note, delivery=seen or 0)
        except OtherDelivery as error:
            return await unit_page(request, unit_id, error)
    return to(
        request, f"/contracts/{found.contract_id}/work", _("Approved. The money is on its way.")
    )


@pages.post("/units/{unit_id:uuid}/renew", guard=signed_in)
async def renew(request: Request) -> Response:
    """Send money back that was held for too long, to be paid anew."""
    unit_id = request.path_params["unit_id"]
    await holds.renew(viewer(request), unit_id)
    return to(request, f"/units/{unit_id}/fund", _("It goes back to you. Please pay anew below."))


@pages.post("/units/{unit_id:uuid}/parts", guard=signed_in)
async def ask_part(request: Request) -> Response:
    """Pay a part before the approval, or ask for it."""
    unit_id = request.path_params["unit_id"]
    draft, form = validate(PartDraft, await read_form(request))
    if draft is None:
        return await unit_page(request, unit_id, part=form)
    try:
        part = await parts.ask(viewer(request), unit_id, draft)
    except Invalid as error:
        return await unit_page(request, unit_id, part=refused(form, error))
    said = _("Paid. The rest stays held.") if part.paid_at else _("The other side has been told.")
    return to(request, f"/units/{unit_id}", said)


@pages.post("/units/{unit_id:uuid}/parts/pay", guard=signed_in)
async def pay_part(request: Request) -> Response:
    """Pay the part that was asked for."""
    return await _answer_part(request, pay=True)


async def _answer_part(request: Request, *, pay: bool) -> Response:
    unit_id = request.path_params["unit_id"]
    draft, _form = validate(PartAnswer, await read_form(request))
    seen = draft.part_id if draft else UUID(int=0)
    try:
        await parts.answer(viewer(request), unit_id, seen, pay=pay)
    except NoPart as error:
        return await unit_page(request, unit_id, error)
    said = _("Paid. The rest stays held.") if pay else _("Refused. The money stays held.")
    return to(request, f"/units/{unit_id}", said)


@pages.post("/units/{unit_id:uuid}/parts/refuse", guard=signed_in)
async def refuse_part(request: Request) -> Response:
    """Refuse the part that was asked for."""
    return await _answer_part(request, pay=False)


@pages.post("/units/{unit_id:uuid}/changes", guard=signed_in)
async def request_changes(request: Request) -> Response:
    """Send a delivery back, naming the criteria that are not met."""
    unit_id = request.path_params["unit_id"]
    draft, form = validate(ChangesDraft, await read_form(request))
    if draft is None:
        return await unit_page(request, unit_id, changes=form)
    try:
        await deliveries.request_changes(viewer(request), unit_id, draft)
    except Invalid as error:
        return await unit_page(request, unit_id, changes=refused(form, error))
    except OtherDelivery as error:
        return await unit_page(request, unit_id, error, changes=form)
    return to(request, f"/units/{unit_id}", _("Sent. Your assistant knows what is missing."))
