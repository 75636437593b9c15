"""Owns the page on which a higher weekly cap is proposed and answered; signing has its own page."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from marketplace.contracts import queries
from marketplace.contracts.models import Contract
from marketplace.contracts.pages.agreements import trace_of
from marketplace.contracts.rules import words
from marketplace.contracts.rules.access import side_of
from marketplace.contracts.rules.changes import ChangeOpen, ChangeStatus, NoChange
from marketplace.contracts.rules.states import IllegalStep, Kind, Status
from marketplace.contracts.rules.terms import HourlyTerms
from marketplace.contracts.schemas import CapDraft, ChangeRefusal
from marketplace.contracts.service import amending, changes
from marketplace.core import clock
from marketplace.core.errors import Invalid
from marketplace.core.i18n import _
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render

pages = Pages("contracts")


@pages.get("/contracts/{contract_id:uuid}/cap", guard=signed_in)
async def cap_form(request: Request) -> Response:
    """Propose more hours a week, or see what is proposed."""
    return await _page(request, await _changeable(request), blank())


async def _changeable(request: Request) -> Contract:
    """The running contract of this address. Raises NotFound, IllegalStep for every other."""
    contract = await queries.get(viewer(request), request.path_params["contract_id"])
    if contract.kind is not Kind.HOURLY or contract.status is not Status.ACTIVE:
        raise IllegalStep
    return contract


async def _page(request: Request, contract: Contract, form: Form, status: int = 0) -> Response:
    terms = queries.agreement(contract).terms
    assert isinstance(terms, HourlyTerms)
    monday = queries.monday_of(clock.today(contract.time_zone))
    return render(
        request,
        "contracts/cap.html",
        status=status or (422 if form.errors else 200),
        contract=contract,
        side=side_of(viewer(request), contract),
        terms=terms,
        now_minutes=terms.cap_of(monday),
        monday=monday,
        change=await queries.change_shown(contract),
        form=form,
        words=words,
    )


@pages.post("/contracts/{contract_id:uuid}/cap", guard=signed_in)
async def propose_cap(request: Request) -> Response:
    """Put a higher cap before both sides; then the proposer signs."""
    contract_id: UUID = request.path_params["contract_id"]
    contract = await _changeable(request)
    draft, form = validate(CapDraft, await read_form(request))
    if draft is None:
        return await _page(request, contract, form)
    try:
        await amending.propose_cap(viewer(request), contract_id, draft, trace=trace_of(request))
    except Invalid as error:
        return await _page(request, contract, refused(form, error))
    except ChangeOpen as error:
        return await _page(request, contract, form, error.status)
    said = _("Proposed. Sign it now; it counts once the other side has signed too.")
    return to(request, f"/contracts/{contract_id}/sign", said)


@pages.post("/contracts/{contract_id:uuid}/change/close", guard=signed_in)
async def close_change(request: Request) -> Response:
    """Withdraw the own proposal, or decline the other side's."""
    contract_id: UUID = request.path_params["contract_id"]
    draft, form = validate(ChangeRefusal, await read_form(request))
    if draft is None:
        raise (
            NoChange if "version" in form.errors else Invalid({**form.errors})
        )  # an old page, or not
    found = await changes.answer(
        viewer(request), contract_id, draft.reason, version=draft.version, trace=trace_of(request)
    )
    withdrawn = found.status is ChangeStatus.WITHDRAWN
    said = _("You withdrew your proposal.") if withdrawn else _("You declined the change.")
    return to(request, f"/contracts/{contract_id}", said)
