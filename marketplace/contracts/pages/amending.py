"""Owns the page on which a change of a signed contract is proposed; signing has its own page."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from marketplace.contracts import queries
from marketplace.contracts.models import Contract
from marketplace.contracts.pages import fields, schedules, stale
from marketplace.contracts.pages.agreements import trace_of
from marketplace.contracts.rules import words
from marketplace.contracts.rules.access import side_of
from marketplace.contracts.rules.amendment_words import Line
from marketplace.contracts.rules.amendments import first_period, first_week
from marketplace.contracts.rules.changes import CHANGEABLE_IN, ChangeOpen
from marketplace.contracts.rules.instalments import instalments
from marketplace.contracts.rules.states import IllegalStep, StaleContract, Status
from marketplace.contracts.rules.terms import Agreement, FlatFeeTerms, HourlyTerms
from marketplace.contracts.schemas import ChangeDraft
from marketplace.contracts.service import amending
from marketplace.core import clock
from marketplace.core.errors import Invalid
from marketplace.core.i18n import _
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render

pages = Pages("contracts")
ROW = re.compile(r"^milestones-(\d{1,3})-")
WEEKS_OFFERED = 12


@pages.get("/contracts/{contract_id:uuid}/change", guard=signed_in)
async def change_form(request: Request) -> Response:
    """Propose a change of a signed contract, or see what is proposed."""
    contract = await _changeable(request)
    return await _page(request, contract, blank(_values(contract, request.state.locale)))


async def _changeable(request: Request) -> Contract:
    contract = await queries.get(viewer(request), request.path_params["contract_id"])
    if contract.status not in CHANGEABLE_IN:
        raise IllegalStep
    return contract


def _values(contract: Contract, locale: str) -> dict[str, Any]:
    """What the contract says now, as people type it; of a price what would count next."""
    agreed, today = queries.agreement(contract), clock.today(contract.time_zone)
    values = fields.agreed_values(contract, locale) | {"version": contract.version}
    terms, begun = agreed.terms, _begun(contract)
    if isinstance(terms, HourlyTerms):
        monday = first_week(agreed, today, begun=begun)
        values["rate"] = fields.amount_text(terms.rate_of(monday), agreed.currency, locale)
        values["cap_hours"] = fields.hours_text(terms.lasting_cap_of(monday), locale)
    elif isinstance(terms, FlatFeeTerms):
        first = first_period(agreed, today, begun=begun)
        values["price"] = fields.amount_text(terms.price_of(first), agreed.currency, locale)
        values["pack_size"] = terms.size_of(first) or None
    else:
        parts = enumerate(terms.numbered)
        values |= {f"milestones-{index}-part": part for index, part in parts}
    return values


async def _page(
    request: Request,
    contract: Contract,
    form: Form,
    status: int = 0,
    meanwhile: tuple[Line, ...] = (),
) -> Response:
    agreed, today = queries.agreement(contract), clock.today(contract.time_zone)
    return render(
        request,
        "contracts/change.html",
        status=status or (422 if form.errors else 200),
        meanwhile=meanwhile,
        stale=status == StaleContract.status,
        contract=contract,
        side=side_of(viewer(request), contract),
        change=await queries.change_shown(contract),
        form=form,
        freedom=await amending.freedom(contract),
        periods=_periods(agreed),
        first_period=first_period(agreed, today, begun=_begun(contract)),
        kpi_bounds=schedules.bounds(),
        notice_place=fields.place_name(contract.rhythm.country),
        weeks=_weeks(agreed, begun=_begun(contract)),
        words=words,
    )


def _begun(contract: Contract) -> bool:
    return contract.status is Status.ACTIVE


def _weeks(agreed: Agreement, *, begun: bool) -> list[Any]:
    """The Mondays from which another rate or cap can count."""
    if not isinstance(agreed.terms, HourlyTerms):
        return []
    first = first_week(agreed, clock.today(agreed.time_zone), begun=begun)
    return [first + timedelta(days=7 * n) for n in range(WEEKS_OFFERED)]


def _periods(agreed: Agreement) -> list[Any]:
    """The periods from which another price can count."""
    return list(instalments(agreed)) if isinstance(agreed.terms, FlatFeeTerms) else []


@pages.post("/contracts/{contract_id:uuid}/change", guard=signed_in)
async def propose_change(request: Request) -> Response:
    """Put the change before both sides; then the proposer signs."""
    contract = await _changeable(request)
    data = await read_form(request)
    if "add" in data:
        form = Form(data, {}, {}, submitted=True)
        return await _page(request, contract, fields.with_row(form))
    draft, form = _read(contract, data)
    if draft is None:
        return await _page(request, contract, form)
    try:
        await amending.propose(viewer(request), contract.id, draft, trace=trace_of(request))
    except Invalid as error:
        wrong = refused(form, error)
        wrong.errors = {fields.shown(name): text for name, text in wrong.errors.items()}
        return await _page(request, contract, wrong)
    except StaleContract:
        return await _brought_up(request, contract.id, data)
    except ChangeOpen as error:
        return await _page(request, contract, form, error.status)
    said = _("Proposed. Sign it now; it counts once the other side has signed too.")
    return to(request, f"/contracts/{contract.id}/sign", said)


async def _brought_up(request: Request, contract_id: UUID, data: FormData) -> Response:
    """The contract changed in another tab or by the other side: what was typed is kept."""
    contract = await queries.get(viewer(request), contract_id)
    locale = request.state.locale
    kept, meanwhile = await stale.merged(contract, data, lambda each: _values(each, locale))
    form = Form(kept, {}, {}, submitted=True)
    return await _page(request, contract, form, StaleContract.status, meanwhile)


def _read(contract: Contract, data: FormData) -> tuple[ChangeDraft | None, Form]:
    """The form as a draft. An emptied end means that the contract has none any more."""
    converted, wrong = fields.in_minor_units(_kept_rows(data), contract.currency)
    draft, form = validate(ChangeDraft, converted)
    fields.as_typed(form, data, wrong)
    kpis, found = schedules.read_kpis(data)
    form.errors |= found
    if draft is None or form.errors:
        return None, form
    open_ended = contract.ends_on is not None and data.get("ends_on") == ""
    return draft.model_copy(update={"kpis": kpis, "open_ended": open_ended}), form


def _kept_rows(data: FormData) -> FormData:
    """Without the milestones that are dropped or were added and left empty."""
    filled = {
        match[1]
        for name, value in data.multi_items()
        if (match := ROW.match(name)) and value and not name.endswith(("-part", "-drop"))
    }
    dropped = {m[1] for name in data if (m := ROW.match(name)) and name.endswith("-drop")}
    pairs = [
        (name, value)
        for name, value in data.multi_items()
        if not (match := ROW.match(name)) or match[1] in filled - dropped
    ]
    return FormData(pairs)
