"""Owns the page of a contract's work and its early end; never the page of one part."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules import words
from marketplace.contracts.rules.states import Rail
from marketplace.core import clock
from marketplace.core.errors import Conflict, Invalid
from marketplace.core.i18n import _
from marketplace.vigilance import queries as vigilance
from marketplace.vigilance.rules import RUNNING
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render
from marketplace.work import queries, rules
from marketplace.work.rules import AlreadyEnding, NotProposed, PhaseTurned
from marketplace.work.schemas import AgreementDraft, EndingDraft
from marketplace.work.service import endings, weeks
from payments import explorer

pages = Pages("work")


@pages.get("/contracts/{contract_id:uuid}/work", guard=signed_in)
async def room(request: Request) -> Response:
    """What happens next in a contract, and all its parts."""
    return await _room(request, blank())


async def _room(request: Request, form: Form, stale: Conflict | None = None) -> Response:
    """The page; `stale` says why an answer to what it showed before came to nothing."""
    found = await queries.room(viewer(request), request.path_params["contract_id"])
    contract = found.contract
    balances = await queries.balances(contract.id, found.units)
    pack = await queries.pack(contract.id)
    current = found.current
    return render(
        request,
        "work/room.html",
        payments=await queries.payments(current) if current else (),
        ages={unit_id: queries.ageing(held) for unit_id, held in balances.items()},
        room=found,
        contract=found.contract,
        side=found.side,
        balances=balances,
        sums=await queries.sums(found, balances),
        ending_form=form,
        held=[
            unit for unit in found.units if unit.status in rules.HELD and contract.rail is Rail.HELD
        ],
        hold_days=await queries.hold_days(contract),
        phase=queries.phase(contract),
        notice_until=contracts.notice_end(contract, clock.now()),
        ends_with={
            unit.id: endings.worked(unit, contract)
            for unit in found.units
            if unit.status in rules.BEGUN and unit.kind != "week" and not pack
        },
        status=stale.status if stale else 422 if form.errors else 200,
        stale=stale,
        tab="work",
        disputes=await explorer.disputes(contract=str(contract.id)),
        signs=await vigilance.signs(viewer(request), contract.id),
        papers=await vigilance.papers(contract) if contract.status in RUNNING else (),
        pack=pack,
        words=words,
    )


@pages.post("/contracts/{contract_id:uuid}/resume", guard=signed_in)
async def resume(request: Request) -> Response:
    """Go on with a contract that paused itself."""
    contract_id = request.path_params["contract_id"]
    await weeks.resume(viewer(request), contract_id)
    said = _("The contract goes on. Fund the next week so that the work can start.")
    return to(request, f"/contracts/{contract_id}/work", said)


@pages.post("/contracts/{contract_id:uuid}/ending", guard=signed_in)
async def propose_ending(request: Request) -> Response:
    """Ask to end the contract early."""
    contract_id = request.path_params["contract_id"]
    draft, form = validate(EndingDraft, await read_form(request))
    if draft is None:
        return await _room(request, form)
    try:
        ending = await endings.propose(viewer(request), contract_id, draft)
    except Invalid as error:
        return await _room(request, refused(form, error))
    except (PhaseTurned, AlreadyEnding) as error:
        return await _room(request, form, error)
    said = _("The contract has ended.") if ending.done_at else _("The other side has been told.")
    return to(request, f"/contracts/{contract_id}/work", said)


@pages.post("/contracts/{contract_id:uuid}/ending/agree", guard=signed_in)
async def agree_ending(request: Request) -> Response:
    """Agree that the contract ends now."""
    contract_id = request.path_params["contract_id"]
    draft, _form = validate(AgreementDraft, await read_form(request))
    seen = draft.proposal_id if draft else UUID(int=0)
    try:
        await endings.agree(viewer(request), contract_id, seen)
    except NotProposed as error:
        return await _room(request, blank(), error)
    return to(request, f"/contracts/{contract_id}/work", _("The contract has ended."))


@pages.post("/contracts/{contract_id:uuid}/ending/withdraw", guard=signed_in)
async def withdraw_ending(request: Request) -> Response:
    """Go on with the contract after all."""
    contract_id = request.path_params["contract_id"]
    try:
        await endings.withdraw(viewer(request), contract_id)
    except NotProposed as error:
        return await _room(request, blank(), error)
    return to(request, f"/contracts/{contract_id}/work", _("The contract goes on."))
