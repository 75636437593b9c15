"""Owns the JSON operations of units: handed in, approved, paid in parts, ended early."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.errors import Invalid
from marketplace.core.i18n import _
from marketplace.web.guards import viewer
from marketplace.web.paging import Page, PageQuery, cut
from marketplace.work import queries
from marketplace.work.api.router import own
from marketplace.work.models import Unit
from marketplace.work.schemas import (
    AgreementDraft,
    ApprovalDraft,
    ChangesDraft,
    DeliveryDraft,
    DeliveryView,
    EndingDraft,
    EndingView,
    MoneyView,
    PartAnswer,
    PartDraft,
    PartView,
    RoomView,
    UnitView,
)
from marketplace.work.service import deliveries, endings, holds, parts, timesheets, weeks


@own.read("/contracts/{contract_id:uuid}/work")
async def room(request: Request, contract_id: UUID) -> RoomView:
    """A contract's units of work and a proposed end."""
    return await _room(request, contract_id)


async def _room(request: Request, contract_id: UUID) -> RoomView:
    found = await queries.room(viewer(request), contract_id)
    ending = EndingView.model_validate(found.ending) if found.ending else None
    paused_at = found.pause.began_at if found.pause else None
    hold_days = await queries.hold_days(found.contract)
    units = [_shown(unit, found.contract, hold_days) for unit in found.units]
    return RoomView(
        contract_id=contract_id,
        units=units,
        ending=ending,
        paused_at=paused_at,
        notice_until=contracts.notice_end(found.contract, clock.now()),
    )


@own.read("/units/{unit_id:uuid}")
async def unit(request: Request, unit_id: UUID) -> UnitView:
    """One unit of work."""
    return await view(await queries.unit(viewer(request), unit_id))


async def view(unit: Unit) -> UnitView:
    """A unit as the API shows it; its contract is loaded."""
    return _shown(unit, unit.contract, await queries.hold_days(unit.contract))


def _shown(unit: Unit, contract: Contract, hold_days: int) -> UnitView:
    return UnitView(
        id=unit.id,
        contract_id=unit.contract_id,
        kind=unit.kind,
        position=unit.position,
        title=unit.title,
        criteria=list(unit.criteria),
        price=MoneyView(minor=unit.price_minor, currency=unit.currency),
        paid=MoneyView(minor=unit.paid_minor, currency=unit.currency),
        starts_on=unit.starts_on,
        ends_on=unit.ends_on,
        status=unit.status,
        submitted_at=unit.submitted_at,
        review_until=unit.review_until,
        paid_on=unit.paid_on(contract, hold_days),
    )


@own.read("/units/{unit_id:uuid}/deliveries")
async def list_deliveries(request: Request, unit_id: UUID, query: PageQuery) -> Page[DeliveryView]:
    """What was handed in for a unit, in order."""
    await queries.unit(viewer(request), unit_id)
    rows = list(reversed(await queries.deliveries(unit_id)))
    found, after = cut(rows, query, lambda row: f"{row.number:010}")
    return Page(items=[DeliveryView.model_validate(each) for each in found], next=after)


@own.make("/units/{unit_id:uuid}/deliveries")
async def submit(request: Request, unit_id: UUID, body: DeliveryDraft) -> DeliveryView:
    """Hand in a milestone or a period (assistant)."""
    delivery = await deliveries.submit(viewer(request), unit_id, body)
    return DeliveryView.model_validate(delivery)


@own.act("/units/{unit_id:uuid}/approve")
async def approve(request: Request, unit_id: UUID, body: ApprovalDraft) -> UnitView:
    """Approve a unit and release its money (business). For a week: its covered hours."""
    who = viewer(request)
    found = await queries.unit(who, unit_id)
    if found.kind == "week":
        return await view(await timesheets.approve_week(who, unit_id))
    if body.delivery is None:
        raise Invalid({"delivery": _("Name the number of the delivery that you looked at.")})
    return await view(await deliveries.approve(who, unit_id, body.note, delivery=body.delivery))


@own.act("/units/{unit_id:uuid}/changes")
async def request_changes(request: Request, unit_id: UUID, body: ChangesDraft) -> UnitView:
    """Send a delivery back, naming the criteria that are not met (business)."""
    return await view(await deliveries.request_changes(viewer(request), unit_id, body))


@own.act("/units/{unit_id:uuid}/submit")
async def submit_week(request: Request, unit_id: UUID) -> UnitView:
    """Hand in a week's hours (assistant)."""
    return await view(await timesheets.submit_week(viewer(request), unit_id))


@own.act("/units/{unit_id:uuid}/renew")
async def renew(request: Request, unit_id: UUID) -> UnitView:
    """Send money back that was held for too long, to be paid anew (business)."""
    await holds.renew(viewer(request), unit_id)
    return await view(await queries.unit(viewer(request), unit_id))


@own.read("/units/{unit_id:uuid}/parts")
async def list_parts(request: Request, unit_id: UUID, query: PageQuery) -> Page[PartView]:
    """The part payments of a unit, in order."""
    await queries.unit(viewer(request), unit_id)
    rows = await parts.of_unit(unit_id)
    found, after = cut(rows, query, lambda row: f"{row.asked_at:%Y%m%d%H%M%S%f} {row.id}")
    return Page(items=[PartView.model_validate(each) for each in found], next=after)


@own.make("/units/{unit_id:uuid}/parts")
async def ask_part(request: Request, unit_id: UUID, body: PartDraft) -> PartView:
    """Pay a part of a unit before its approval (business), or ask for it (assistant)."""
    return PartView.model_validate(await parts.ask(viewer(request), unit_id, body))


@own.act("/units/{unit_id:uuid}/parts/pay")
async def pay_part(request: Request, unit_id: UUID, body: PartAnswer) -> PartView:
    """Pay the part that was asked for (business)."""
    who = viewer(request)
    return PartView.model_validate(await parts.answer(who, unit_id, body.part_id, pay=True))


@own.act("/units/{unit_id:uuid}/parts/refuse")
async def refuse_part(request: Request, unit_id: UUID, body: PartAnswer) -> PartView:
    """Refuse the part that was asked for (business)."""
    who = viewer(request)
    return PartView.model_validate(await parts.answer(who, unit_id, body.part_id, pay=False))


@own.act("/contracts/{contract_id:uuid}/resume")
async def resume(request: Request, contract_id: UUID) -> RoomView:
    """Go on with a contract that paused itself after its idle days (business)."""
    await weeks.resume(viewer(request), contract_id)
    return await _room(request, contract_id)


@own.make("/contracts/{contract_id:uuid}/ending")
async def propose_ending(request: Request, contract_id: UUID, body: EndingDraft) -> EndingView:
    """Ask to end a running contract; an assistant's wish takes effect at once."""
    ending = await endings.propose(viewer(request), contract_id, body)
    return EndingView.model_validate(ending)


@own.act("/contracts/{contract_id:uuid}/ending/agree")
async def agree_ending(request: Request, contract_id: UUID, body: AgreementDraft) -> None:
    """Agree that the contract ends now (the other side)."""
    await endings.agree(viewer(request), contract_id, body.proposal_id)


@own.remove("/contracts/{contract_id:uuid}/ending")
async def withdraw_ending(request: Request, contract_id: UUID) -> None:
    """Withdraw a proposal to end the contract."""
    await endings.withdraw(viewer(request), contract_id)
