"""Owns the hours of a week: entered, handed in, approved, and where the rest of the cap goes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts.rules.terms import Agreement, HourlyTerms, Remainder, price_of_minutes
from marketplace.core import clock, events
from marketplace.core.db import command, lock
from marketplace.work import queries, rules
from marketplace.work.events import WorkApproved, WorkSubmitted
from marketplace.work.models import TimeEntry, Unit
from marketplace.work.rules import (
    IllegalStep,
    NotFunded,
    NothingToSubmit,
    OutsideWeek,
    Status,
    UnitKind,
    WeekClosed,
)
from marketplace.work.service import units
from marketplace.work.service.deliveries import release, require_side
from payments import escrow
from payments.money import Money

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract
    from marketplace.web.sessions import Viewer
    from marketplace.work.schemas import EntryDraft


def _(msgid: str) -> str:
    return msgid


async def _open_week(viewer: Viewer, unit_id: UUID) -> Unit:
    require_side(viewer, await queries.unit(viewer, unit_id), "assistant")
    unit = await lock(Unit, unit_id)
    await unit.fetch_related("contract")
    if unit.kind is not UnitKind.WEEK:
        raise IllegalStep
    if unit.status in {Status.PLANNED, Status.FUNDING}:
        raise NotFunded
    zone = unit.contract.time_zone
    if unit.status is not Status.FUNDED or clock.now() >= rules.edit_deadline(unit.ends_on, zone):
        raise WeekClosed
    return unit


async def _check_day(unit: Unit, draft: EntryDraft, without: UUID | None = None) -> None:
    if not unit.starts_on <= draft.worked_on <= unit.ends_on:
        raise OutsideWeek({"worked_on": _("This day is not in this week.")})
    if draft.worked_on > clock.today(unit.contract.time_zone):
        raise OutsideWeek({"worked_on": _("This day has not come yet.")})
    day = await TimeEntry.filter(unit_id=unit.id, worked_on=draft.worked_on).exclude(id=without)
    if sum([entry.minutes for entry in day]) + draft.minutes > rules.ENTRY_MINUTES_MAX:
        raise OutsideWeek({"minutes": _("A day has only 24 hours.")})


@command
async def add_entry(viewer: Viewer, unit_id: UUID, draft: EntryDraft) -> TimeEntry:
    """Enter hours. Raises NotFunded, WeekClosed, OutsideWeek."""
    unit = await _open_week(viewer, unit_id)
    await _check_day(unit, draft)
    now = clock.now()
    return await TimeEntry.create(
        unit_id=unit.id,
        person_id=viewer.person_id,
        **draft.model_dump(),
        created_at=now,
        updated_at=now,
    )


async def _entry(viewer: Viewer, entry_id: UUID) -> tuple[Unit, TimeEntry]:
    _unit, entry = await queries.entry(viewer, entry_id)
    return await _open_week(viewer, entry.unit_id), entry


@command
async def change_entry(viewer: Viewer, entry_id: UUID, draft: EntryDraft) -> TimeEntry:
    """Correct hours. Raises what add_entry raises."""
    unit, entry = await _entry(viewer, entry_id)
    await _check_day(unit, draft, without=entry.id)
    entry.update_from_dict({**draft.model_dump(), "updated_at": clock.now()})
    await entry.save(update_fields=[*draft.model_dump(), "updated_at"])
    return entry


@command
async def remove_entry(viewer: Viewer, entry_id: UUID) -> None:
    """Take hours out. Raises WeekClosed."""
    _unit, entry = await _entry(viewer, entry_id)
    await entry.delete()


@command
async def submit_week(viewer: Viewer, unit_id: UUID) -> Unit:
    """Hand in the week's hours for review. Raises NothingToSubmit, WeekClosed."""
    unit = await _open_week(viewer, unit_id)
    if not await queries.minutes(unit.id):
        raise NothingToSubmit
    await _hand_in(unit)
    return unit


async def _hand_in(unit: Unit) -> None:
    until = rules.week_review_deadline(unit.ends_on, unit.contract.time_zone)
    await units.move(
        unit, Status.SUBMITTED, submitted_at=clock.now(), review_until=until, reminders_sent=0
    )
    await events.record(WorkSubmitted(unit.id))


async def close_week(unit: Unit, now: datetime) -> None:
    """After Monday noon: hand in what was entered; a week without hours is settled at once."""
    if unit.status is not Status.FUNDED:
        return
    if now < rules.edit_deadline(unit.ends_on, unit.contract.time_zone):
        return
    await _hand_in(unit)
    if not await queries.minutes(unit.id):
        await settle(unit, "silence")


@command
async def approve_week(viewer: Viewer, unit_id: UUID) -> Unit:
    """Accept the week: its covered hours are paid, the rest rolls over or goes back."""
    require_side(viewer, await queries.unit(viewer, unit_id), "business")
    unit = await lock(Unit, unit_id)
    await unit.fetch_related("contract")
    if unit.kind is not UnitKind.WEEK or unit.status is not Status.SUBMITTED:
        raise IllegalStep
    await settle(unit, "approved")
    return unit


async def settle(unit: Unit, how: str) -> None:
    """Pay the covered minutes of a submitted week and move on what is left (F18, F19)."""
    contract, agreement = await queries.agreed(unit.contract_id)
    due = payable(agreement, await queries.minutes(unit.id))
    left = units.price(unit) - due
    await units.move(unit, Status.APPROVED, decided_at=clock.now(), paid_minor=due.minor)
    await release(unit, due)
    if left:
        await _move_on(contract, agreement, unit, left)
    await events.record(WorkApproved(unit.id, how))
    await units.complete_if_settled(unit.contract_id)


def payable(agreement: Agreement, total_minutes: int) -> Money:
    """The price of the minutes that the weekly cap covers."""
    assert isinstance(agreement.terms, HourlyTerms)
    covered = rules.covered_minutes(total_minutes, agreement.terms.weekly_cap_minutes)
    return Money(price_of_minutes(agreement.terms.rate_minor, covered), agreement.currency)


async def _move_on(contract: Contract, agreement: Agreement, unit: Unit, left: Money) -> None:
    target = None
    running = contract.status.value == "active"
    if running and agreement.terms.remainder is Remainder.ROLL:  # type: ignore[union-attr]
        target = await _next_unfunded(contract, agreement)
    if target is None:
        await escrow.refund(key=f"{unit.id}:rest", holding=str(unit.id))
        return
    room = units.price(target) - await units.carried(target)
    part = min(left, room, key=lambda money: money.minor)
    if part:
        await escrow.carry_over(
            key=str(unit.id), source=str(unit.id), target=str(target.id), price=part
        )
    if part < left:
        await escrow.refund(key=f"{unit.id}:rest", holding=str(unit.id))
    if not units.price(target) - await units.carried(target):
        await units.funded(target)


async def _next_unfunded(contract: Contract, agreement: Agreement) -> Unit | None:
    waiting = await (
        Unit.filter(contract_id=contract.id, status=Status.PLANNED).order_by("position").first()
    )
    target = waiting or await units.next_week(contract, agreement)
    return await lock(Unit, target.id) if target else None
