"""Owns the pages on which an offer is written, one decision a page; never stores by itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from marketplace.contracts import queries
from marketplace.contracts.models import Contract
from marketplace.contracts.pages import fields, schedules
from marketplace.contracts.pages.agreements import trace_of
from marketplace.contracts.rules import words
from marketplace.contracts.rules.access import side_of
from marketplace.contracts.rules.independence import signs
from marketplace.contracts.rules.offers import OfferIncomplete
from marketplace.contracts.rules.states import Actor, IllegalStep, Rail, Status
from marketplace.contracts.rules.terms import CURRENCIES, Agreement
from marketplace.contracts.schemas import ConditionsStep, OfferStart, ScopeStep
from marketplace.contracts.service import documents, drafting, offers
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.i18n import _, gettext
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.parties.queries import PartyKind
from marketplace.profiles import queries as profiles
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render
from payments.fees import Quote

pages = Pages("contracts")
STEPS = ("scope", "price", "conditions")


@pages.get("/contracts/new", guard=signed_in)
async def new(request: Request) -> Response:
    """The first question of an offer to an assistant."""
    slug = request.query_params.get("assistant", "")
    return await _new(request, blank({"assistant": slug}), slug)


async def _new(request: Request, form: Form, slug: str, status: int = 200) -> Response:
    businesses = [m.party for m in viewer(request).parties if m.party.kind == PartyKind.BUSINESS]
    profile = await profiles.by_slug(slug)
    return render(
        request,
        "contracts/new.html",
        status=status,
        form=form,
        profile=profile,
        businesses=businesses,
        recorded=documents.rail_of(profile.party) is Rail.RECORDED,
    )


@pages.post("/contracts/new", guard=signed_in)
async def begin(request: Request) -> Response:
    """Keep a draft of the chosen kind and go on."""
    data = await read_form(request)
    draft, form = validate(OfferStart, data)
    if draft is None:
        return await _new(request, form, str(data.get("assistant", "")), 422)
    try:
        contract = await drafting.begin(viewer(request), draft)
    except Invalid as error:
        return await _new(request, refused(form, error), draft.assistant, 422)
    return to(request, f"/contracts/{contract.id}/edit/scope")


async def _own_draft(request: Request) -> Contract:
    """The viewer's draft of this address. Raises NotFound, IllegalStep once it is sent."""
    contract = await queries.get(viewer(request), request.path_params["contract_id"])
    if side_of(viewer(request), contract) is not Actor.BUSINESS:
        raise NotFound
    if contract.status is not Status.DRAFT:
        raise IllegalStep
    return contract


@pages.get("/contracts/{contract_id:uuid}/edit/{step}", guard=signed_in)
async def edit(request: Request) -> Response:
    """One step of a draft."""
    contract, step = await _own_draft(request), request.path_params["step"]
    if step == "check":
        return await _check(request, contract)
    if step not in STEPS:
        raise NotFound
    locale = request.state.locale
    form = blank(fields.agreed_values(contract, locale))
    return _step(request, contract, step, form)


def _step(
    request: Request, contract: Contract, step: str, form: Form, status: int = 200
) -> Response:
    return render(
        request,
        "contracts/edit.html",
        status=status,
        contract=contract,
        form=form,
        step=step,
        **fields.choices(contract),
    )


@pages.post("/contracts/{contract_id:uuid}/edit/{step}", guard=signed_in)
async def save(request: Request) -> Response:
    """Keep one step and go to the next."""
    contract, step = await _own_draft(request), request.path_params["step"]
    if step not in STEPS:
        raise NotFound
    data = await read_form(request)
    changes, form = _read_step(contract, step, data)
    if step == "price" and "add" in data:
        return _step(request, contract, step, fields.with_row(form))
    if changes is None:
        return _step(request, contract, step, form, 422)
    try:
        await drafting.edit(viewer(request), contract.id, changes)
    except Invalid as error:
        return _step(request, contract, step, refused(form, error), 422)
    return to(request, f"/contracts/{contract.id}/edit/{(*STEPS, 'check')[STEPS.index(step) + 1]}")


def _read_step(contract: Contract, step: str, data: FormData) -> tuple[dict[str, Any] | None, Form]:
    if step == "price":
        currency = str(data.get("currency", contract.currency))
        terms, form = fields.read_price(contract.kind, data, currency)
        if currency not in CURRENCIES:
            form.refuse({"currency": gettext("Please choose one of the options.")})
        return (None if form.errors else {"terms": terms, "currency": currency}), form
    if step == "scope":
        scope, form = validate(ScopeStep, data)
        return (None if scope is None else scope.model_dump()), form
    draft, form = validate(ConditionsStep, data)
    declared = schedules.declared(contract, form, data)
    return (None if draft is None or form.errors else {**draft.model_dump(), **declared}), form


async def _check(request: Request, contract: Contract, extra: Invalid | None = None) -> Response:
    found: dict[str, Any] = {}
    agreed: Agreement | None = None
    parts: tuple[queries.QuotedPart, ...] = ()
    total: Quote | None = None
    decided = await documents.fix_today(contract)
    try:
        agreed = queries.agreement(contract)
        found = drafting.problems_of(agreed)
        parts = await queries.planned(agreed, contract.assistant_id)
        total = queries.summed(parts, agreed)
    except OfferIncomplete as error:
        found = dict(error.errors)
    form = blank()
    form.refuse(found)
    if extra is not None:
        form.refuse(extra.errors)
    return render(
        request,
        "contracts/check.html",
        status=422 if extra else 200,
        contract=contract,
        agreed=agreed,
        parts=parts,
        total=total,
        form=form,
        independence=signs(agreed) if agreed else (),
        step="check",
        words=words,
        taxes=decided,
        sentences=lambda codes: jurisdictions.sentences(codes, request.state.locale),
        tax_name=jurisdictions.tax_name,
    )


@pages.post("/contracts/{contract_id:uuid}/send", guard=signed_in)
async def send(request: Request) -> Response:
    """Put the offer before the assistant."""
    contract_id: UUID = request.path_params["contract_id"]
    data = await read_form(request)
    try:
        await offers.send(
            viewer(request),
            contract_id,
            lock_version=fields.lock_version(data),
            trace=trace_of(request),
        )
    except Invalid as error:
        return await _check(request, await _own_draft(request), error)
    return to(request, f"/contracts/{contract_id}", _("Your offer is on its way."))
