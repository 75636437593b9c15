"""Owns the JSON operations of work."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.contracts.models import Contract
from marketplace.core.errors import NotFound
from marketplace.web.guards import signed_in, viewer
from marketplace.web.paging import Page, PageQuery, cut
from marketplace.web.routing import Api
from marketplace.work import queries
from marketplace.work.models import PackUse, TimeEntry, Unit
from marketplace.work.schemas import (
    AnswerDraft,
    ApprovalDraft,
    ChangesDraft,
    ContestDraft,
    DeliveryDraft,
    DeliveryView,
    EndingDraft,
    EndingView,
    EntryDraft,
    EntryView,
    LapseView,
    LotView,
    MoneyView,
    PackView,
    PartDraft,
    PartView,
    RoomView,
    SheetDraft,
    SheetView,
    TimerDraft,
    TimerView,
    UnitView,
    UseDraft,
    UseView,
)
from marketplace.work.service import (
    contests,
    deliveries,
    endings,
    holds,
    packs,
    parts,
    timers,
    timesheets,
    weeks,
)

api = Api("work")
READ, WRITE = "work:read", "work:write"


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


async def entry_view(entry: TimeEntry) -> EntryView:
    """One line of hours with what of it is covered."""
    (shown,) = [each for each in await entry_views(entry.unit_id) if each.id == entry.id]
    return shown


async def entry_views(unit_id: UUID) -> list[EntryView]:
    """A week's lines in the order of days."""
    lines, sheet = await queries.sheet(unit_id)
    own = [name for name in EntryView.model_fields if name != "covered_minutes"]
    return [
        EntryView(
            covered_minutes=sheet.covered[line.id], **{name: getattr(line, name) for name in own}
        )
        for line in lines
    ]


@api.get("/contracts/{contract_id:uuid}/work", guard=signed_in, scope=READ)
async def room(request: Request, contract_id: UUID) -> RoomView:
    """A contract's units of work and a proposed end."""
    return await _room(request, contract_id)


async def _room(request: Request, contract_id: UUID) -> RoomView:
    found = await queries.room(viewer(request), contract_id)
    ending = EndingView.model_validate(found.ending) if found.ending else None
    paused_at = found.pause.began_at if found.pause else None
    hold_days = await queries.hold_days(found.contract)
    units = [_shown(unit, found.contract, hold_days) for unit in found.units]
    return RoomView(contract_id=contract_id, units=units, ending=ending, paused_at=paused_at)


@api.get("/units/{unit_id:uuid}", guard=signed_in, scope=READ)
async def unit(request: Request, unit_id: UUID) -> UnitView:
    """One unit of work."""
    return await view(await queries.unit(viewer(request), unit_id))


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
        return await view(await timesheets.approve_week(who, unit_id))
    return await view(await deliveries.approve(who, unit_id, body.note))


@api.post(
    "/units/{unit_id:uuid}/changes", guard=signed_in, scope=WRITE, idempotent=True, errors=(409,)
)
async def request_changes(request: Request, unit_id: UUID, body: ChangesDraft) -> UnitView:
    """Send a delivery back, naming the criteria that are not met (business)."""
    return await view(await deliveries.request_changes(viewer(request), unit_id, body))


@api.get("/units/{unit_id:uuid}/entries", guard=signed_in, scope=READ)
async def list_entries(request: Request, unit_id: UUID, query: PageQuery) -> Page[EntryView]:
    """A week's hours in the order of days."""
    await queries.unit(viewer(request), unit_id)
    rows = await queries.entries(unit_id)
    found, after = cut(
        rows, query, lambda row: f"{row.worked_on} {row.created_at:%Y%m%d%H%M%S%f} {row.id}"
    )
    shown = {each.id: each for each in await entry_views(unit_id)}
    return Page(items=[shown[each.id] for each in found], next=after)


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
    return await entry_view(await timesheets.add_entry(viewer(request), unit_id, body))


@api.put("/entries/{entry_id:uuid}", guard=signed_in, scope=WRITE, errors=(409,))
async def change_entry(request: Request, entry_id: UUID, body: EntryDraft) -> EntryView:
    """Correct hours (assistant)."""
    return await entry_view(await timesheets.change_entry(viewer(request), entry_id, body))


@api.delete("/entries/{entry_id:uuid}", guard=signed_in, scope=WRITE, errors=(409,))
async def remove_entry(request: Request, entry_id: UUID) -> None:
    """Take hours out (assistant)."""
    await timesheets.remove_entry(viewer(request), entry_id)


@api.put("/units/{unit_id:uuid}/timesheet", guard=signed_in, scope=WRITE, errors=(409,))
async def fill_week(request: Request, unit_id: UUID, body: SheetDraft) -> SheetView:
    """Set cells of a week's grid, all or none (assistant)."""
    await timesheets.fill(viewer(request), unit_id, body)
    return SheetView(entries=await entry_views(unit_id))


@api.post(
    "/units/{unit_id:uuid}/timer",
    guard=signed_in,
    scope=WRITE,
    status=201,
    idempotent=True,
    errors=(409,),
)
async def start_timer(request: Request, unit_id: UUID, body: TimerDraft) -> TimerView:
    """Start your timer on a task; one at a time (assistant)."""
    return TimerView.model_validate(await timers.start(viewer(request), unit_id, body.task))


@api.post(
    "/units/{unit_id:uuid}/timer/stop",
    guard=signed_in,
    scope=WRITE,
    idempotent=True,
    errors=(409,),
)
async def stop_timer(request: Request, unit_id: UUID) -> SheetView:
    """Stop your timer: what it measured is entered (assistant)."""
    made = {entry.id for entry in await timers.stop(viewer(request), unit_id)}
    return SheetView(entries=[each for each in await entry_views(unit_id) if each.id in made])


@api.delete("/units/{unit_id:uuid}/timer", guard=signed_in, scope=WRITE, errors=(409,))
async def discard_timer(request: Request, unit_id: UUID) -> None:
    """Forget what your timer measured."""
    await timers.discard(viewer(request), unit_id)


@api.post(
    "/entries/{entry_id:uuid}/contest",
    guard=signed_in,
    scope=WRITE,
    idempotent=True,
    errors=(409,),
)
async def contest_entry(request: Request, entry_id: UUID, body: ContestDraft) -> EntryView:
    """Contest one line of a week under review (business). The others are paid on time."""
    return await entry_view(await contests.contest(viewer(request), entry_id, body))


@api.post(
    "/entries/{entry_id:uuid}/answer",
    guard=signed_in,
    scope=WRITE,
    idempotent=True,
    errors=(409,),
)
async def answer_contest(request: Request, entry_id: UUID, body: AnswerDraft) -> EntryView:
    """Agree to the minutes proposed for a contested line, or propose others."""
    return await entry_view(await contests.answer(viewer(request), entry_id, body.minutes))


@api.post(
    "/units/{unit_id:uuid}/submit", guard=signed_in, scope=WRITE, idempotent=True, errors=(409,)
)
async def submit_week(request: Request, unit_id: UUID) -> UnitView:
    """Hand in a week's hours (assistant)."""
    return await view(await timesheets.submit_week(viewer(request), unit_id))


@api.get("/units/{unit_id:uuid}/parts", guard=signed_in, scope=READ)
async def list_parts(request: Request, unit_id: UUID, query: PageQuery) -> Page[PartView]:
    """The part payments of a unit, in order."""
    await queries.unit(viewer(request), unit_id)
    rows = await parts.of_unit(unit_id)
    found, after = cut(rows, query, lambda row: f"{row.asked_at:%Y%m%d%H%M%S%f} {row.id}")
    return Page(items=[PartView.model_validate(each) for each in found], next=after)


@api.post(
    "/units/{unit_id:uuid}/renew",
    guard=signed_in,
    scope=WRITE,
    idempotent=True,
    errors=(409,),
)
async def renew(request: Request, unit_id: UUID) -> UnitView:
    """Send money back that was held for too long, to be paid anew (business)."""
    await holds.renew(viewer(request), unit_id)
    return await view(await queries.unit(viewer(request), unit_id))


@api.post(
    "/units/{unit_id:uuid}/parts",
    guard=signed_in,
    scope=WRITE,
    status=201,
    idempotent=True,
    errors=(409,),
)
async def ask_part(request: Request, unit_id: UUID, body: PartDraft) -> PartView:
    """Pay a part of a unit before its approval (business), or ask for it (assistant)."""
    return PartView.model_validate(await parts.ask(viewer(request), unit_id, body))


@api.post(
    "/units/{unit_id:uuid}/parts/pay",
    guard=signed_in,
    scope=WRITE,
    idempotent=True,
    errors=(409,),
)
async def pay_part(request: Request, unit_id: UUID) -> PartView:
    """Pay the part that was asked for (business)."""
    return PartView.model_validate(await parts.answer(viewer(request), unit_id, pay=True))


@api.post(
    "/units/{unit_id:uuid}/parts/refuse",
    guard=signed_in,
    scope=WRITE,
    idempotent=True,
    errors=(409,),
)
async def refuse_part(request: Request, unit_id: UUID) -> PartView:
    """Refuse the part that was asked for (business)."""
    return PartView.model_validate(await parts.answer(viewer(request), unit_id, pay=False))


def pack_view(found: queries.Pack) -> PackView:
    """A pack as the API shows it."""
    return PackView(
        counts=found.unit,
        available=found.available,
        uncovered=found.uncovered,
        lots=[
            LotView(
                unit_id=lot.unit_id,
                size=lot.size,
                used=found.used(lot),
                returned=lot.returned,
                expired=lot.expired,
                left=found.left(lot) if lot in found.open else 0,
                usable_until=lot.usable_until,
                lapses=[
                    LapseView(day=day, quantity=quantity)
                    for day, quantity in (found.lapses(lot) if lot in found.open else ())
                ],
            )
            for lot in found.lots
        ],
    )


async def _use_view(use: PackUse) -> UseView:
    unit = await Unit.get(pk=use.unit_id)
    found = await queries.pack(unit.contract_id)
    assert found is not None
    names = set(UseView.model_fields) - {"covered"}
    return UseView(covered=found.covered(use), **{name: getattr(use, name) for name in names})


@api.get("/contracts/{contract_id:uuid}/pack", guard=signed_in, scope=READ)
async def pack(request: Request, contract_id: UUID) -> PackView:
    """What of a contract's pack is used, left, rolled over and not covered."""
    room = await queries.room(viewer(request), contract_id)
    found = await queries.pack(room.contract.id)
    if found is None:
        raise NotFound
    return pack_view(found)


@api.post(
    "/contracts/{contract_id:uuid}/top-ups",
    guard=signed_in,
    scope=WRITE,
    status=201,
    idempotent=True,
    errors=(409,),
)
async def order_pack(request: Request, contract_id: UUID) -> UnitView:
    """Order one more pack in the open period, to be funded before it counts (business)."""
    unit = await packs.order(viewer(request), contract_id)
    return await view(await queries.unit(viewer(request), unit.id))


@api.get("/units/{unit_id:uuid}/uses", guard=signed_in, scope=READ)
async def list_uses(request: Request, unit_id: UUID, query: PageQuery) -> Page[UseView]:
    """The recorded uses of a pack in a period, in the order of days."""
    unit = await queries.unit(viewer(request), unit_id)
    state = await queries.pack(unit.contract_id)
    if state is None:
        return Page(items=[], next=None)
    rows = [use for use in state.uses if use.unit_id == unit_id]
    found, after = cut(
        rows, query, lambda row: f"{row.used_on} {row.created_at:%Y%m%d%H%M%S%f} {row.id}"
    )
    names = set(UseView.model_fields) - {"covered"}
    return Page(
        items=[
            UseView(covered=state.covered(use), **{name: getattr(use, name) for name in names})
            for use in found
        ],
        next=after,
    )


@api.post(
    "/units/{unit_id:uuid}/uses",
    guard=signed_in,
    scope=WRITE,
    status=201,
    idempotent=True,
    errors=(409,),
)
async def record_use(request: Request, unit_id: UUID, body: UseDraft) -> UseView:
    """Record a use of the pack in a paid period (assistant)."""
    return await _use_view(await packs.record(viewer(request), unit_id, body))


@api.put("/uses/{use_id:uuid}", guard=signed_in, scope=WRITE, errors=(409,))
async def correct_use(request: Request, use_id: UUID, body: UseDraft) -> UseView:
    """Correct a use while the record of its period is open (assistant)."""
    return await _use_view(await packs.correct(viewer(request), use_id, body))


@api.delete("/uses/{use_id:uuid}", guard=signed_in, scope=WRITE, errors=(409,))
async def strike_use(request: Request, use_id: UUID) -> None:
    """Take a use out while the record of its period is open (assistant)."""
    await packs.strike(viewer(request), use_id)


@api.post(
    "/contracts/{contract_id:uuid}/resume",
    guard=signed_in,
    scope=WRITE,
    idempotent=True,
    errors=(409,),
)
async def resume(request: Request, contract_id: UUID) -> RoomView:
    """Go on with a contract that paused itself after 30 idle days (business)."""
    await weeks.resume(viewer(request), contract_id)
    return await _room(request, contract_id)


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
