"""Owns the JSON operations of work."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.web.guards import signed_in, viewer
from marketplace.web.paging import Page, PageQuery, cut
from marketplace.web.routing import Api
from marketplace.work import queries
from marketplace.work.models import Unit
from marketplace.work.schemas import (
    ApprovalDraft,
    ChangesDraft,
    DeliveryDraft,
    DeliveryView,
    EndingDraft,
    EndingView,
    EntryDraft,
    EntryView,
    MoneyView,
    RoomView,
    UnitView,
)
from marketplace.work.service import deliveries, endings, timesheets

api = Api("work")
READ, WRITE = "work:read", "work:write"


def view(unit: Unit) -> UnitView:
    """A unit as the API shows it."""
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
    )


@api.get("/contracts/{contract_id:uuid}/work", guard=signed_in, scope=READ)
async def room(request: Request, contract_id: UUID) -> RoomView:
    """A contract's units of work and a proposed end."""
    found = await queries.room(viewer(request), contract_id)
    ending = EndingView.model_validate(found.ending) if found.ending else None
    units = [view(unit) for unit in found.units]
    return RoomView(contract_id=contract_id, units=units, ending=ending)


@api.get("/units/{unit_id:uuid}", guard=signed_in, scope=READ)
async def unit(request: Request, unit_id: UUID) -> UnitView:
    """One unit of work."""
    return view(await queries.unit(viewer(request), unit_id))


@api.get("/units/{unit_id:uuid}/deliveries", guard=signed_in, scope=READ)
async def list_deliveries(request: Request, unit_id: UUID, query: PageQuery) -> Page[DeliveryView]:
    """What was handed in for a unit, in order."""
    await queries.unit(viewer(request), unit_id)
    rows = list(reversed(await queries.deliveries(unit_id)))
    found, after = cut(rows, query, lambda row: f"{row.number:010}")
    return Page(items=[DeliveryView.model_validate(each) for each in found], next=after)


@api.post(
    "/units/{unit_id:uuid}/deliveries",
    guard=signed_in,
    scope=WRITE,
    status=201,
    idempotent=True,
    errors=(409,),
)
async def submit(request: Request, unit_id: UUID, body: DeliveryDraft) -> DeliveryView:
    """Hand in a milestone or a period (assistant)."""
    delivery = await deliveries.submit(viewer(request), unit_id, body)
    return DeliveryView.model_validate(delivery)


@api.post(
    "/units/{unit_id:uuid}/approve", guard=signed_in, scope=WRITE, idempotent=True, errors=(409,)
)
async def approve(request: Request, unit_id: UUID, body: ApprovalDraft) -> UnitView:
    """Approve a unit and release its money (business). For a week: its covered hours."""
    who = viewer(request)
    found = await queries.unit(who, unit_id)
    if found.kind == "week":
        return view(await timesheets.approve_week(who, unit_id))
    return view(await deliveries.approve(who, unit_id, body.note))


@api.post(
    "/units/{unit_id:uuid}/changes", guard=signed_in, scope=WRITE, idempotent=True, errors=(409,)
)
async def request_changes(request: Request, unit_id: UUID, body: ChangesDraft) -> UnitView:
    """Send a delivery back, naming the criteria that are not met (business)."""
    return view(await deliveries.request_changes(viewer(request), unit_id, body))


@api.get("/units/{unit_id:uuid}/entries", guard=signed_in, scope=READ)
async def list_entries(request: Request, unit_id: UUID, query: PageQuery) -> Page[EntryView]:
    """A week's hours in the order of days."""
    await queries.unit(viewer(request), unit_id)
    rows = await queries.entries(unit_id)
    found, after = cut(
        rows, query, lambda row: f"{row.worked_on} {row.created_at:%Y%m%d%H%M%S%f} {row.id}"
    )
    return Page(items=[EntryView.model_validate(each) for each in found], next=after)


@api.post(
    "/units/{unit_id:uuid}/entries",
    guard=signed_in,
    scope=WRITE,
    status=201,
    idempotent=True,
    errors=(409,),
)
async def add_entry(request: Request, unit_id: UUID, body: EntryDraft) -> EntryView:
    """Enter hours (assistant)."""
    return EntryView.model_validate(await timesheets.add_entry(viewer(request), unit_id, body))


@api.put("/entries/{entry_id:uuid}", guard=signed_in, scope=WRITE, errors=(409,))
async def change_entry(request: Request, entry_id: UUID, body: EntryDraft) -> EntryView:
    """Correct hours (assistant)."""
    return EntryView.model_validate(await timesheets.change_entry(viewer(request), entry_id, body))


@api.delete("/entries/{entry_id:uuid}", guard=signed_in, scope=WRITE, errors=(409,))
async def remove_entry(request: Request, entry_id: UUID) -> None:
    """Take hours out (assistant)."""
    await timesheets.remove_entry(viewer(request), entry_id)


@api.post(
    "/units/{unit_id:uuid}/submit", guard=signed_in, scope=WRITE, idempotent=True, errors=(409,)
)
async def submit_week(request: Request, unit_id: UUID) -> UnitView:
    """Hand in a week's hours (assistant)."""
    return view(await timesheets.submit_week(viewer(request), unit_id))


@api.post(
    "/contracts/{contract_id:uuid}/ending",
    guard=signed_in,
    scope=WRITE,
    status=201,
    idempotent=True,
    errors=(409,),
)
async def propose_ending(request: Request, contract_id: UUID, body: EndingDraft) -> EndingView:
    """Ask to end a running contract; an assistant's wish takes effect at once."""
    ending = await endings.propose(viewer(request), contract_id, body)
    return EndingView.model_validate(ending)


@api.post(
    "/contracts/{contract_id:uuid}/ending/agree",
    guard=signed_in,
    scope=WRITE,
    idempotent=True,
    errors=(409,),
)
async def agree_ending(request: Request, contract_id: UUID) -> None:
    """Agree that the contract ends now (the other side)."""
    await endings.agree(viewer(request), contract_id)


@api.delete("/contracts/{contract_id:uuid}/ending", guard=signed_in, scope=WRITE, errors=(409,))
async def withdraw_ending(request: Request, contract_id: UUID) -> None:
    """Withdraw a proposal to end the contract."""
    await endings.withdraw(viewer(request), contract_id)
