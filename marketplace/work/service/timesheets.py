"""Owns the hours of a week: entered, handed in, approved; never where its money goes."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts.rules.states import Status as ContractStatus
from marketplace.core import clock, events
from marketplace.core.db import command, lock
from marketplace.core.i18n import _, current_locale, format_datetime
from marketplace.work import queries, rules
from marketplace.work.events import WorkSubmitted
from marketplace.work.models import TimeEntry, Unit, WorkTimer
from marketplace.work.rules import (
    ContractPaused,
    HoursChanged,
    IllegalStep,
    NotFunded,
    NothingToSubmit,
    OutsideWeek,
    Status,
    TimerRunning,
    UnitKind,
    WeekClosed,
)
from marketplace.work.schemas import CellDraft, EntryDraft, SheetDraft
from marketplace.work.service import units
from marketplace.work.service.deliveries import require_side

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer
from marketplace.work.service.settling import settle

CHANGED = _(
    "%(task)s, %(day)s: changed elsewhere meanwhile, it is %(time)s now. Save again to put yours "
    "in its place."
)


async def open_week(viewer: Viewer, unit_id: UUID) -> Unit:
    """The week, locked, if the assistant may change its hours now. Raises NotFunded, WeekClosed."""
    require_side(viewer, await queries.unit(viewer, unit_id), "assistant")
    unit = await lock(Unit, unit_id)
    await unit.fetch_related("contract")
    if unit.kind is not UnitKind.WEEK:
        raise IllegalStep
    # In a running contract hours may be kept before the week is paid: shown as uncovered.
    if unit.status in rules.UNPAID and unit.contract.status is not ContractStatus.ACTIVE:
        raise NotFunded
    if await queries.pause(unit.contract_id):
        raise ContractPaused
    if unit.status not in rules.WORKABLE | rules.UNPAID:
        raise WeekClosed
    zone = unit.contract.time_zone
    until = rules.edit_deadline(unit.ends_on, zone, unit.contract.rhythm)
    if clock.now() >= until:
        when = format_datetime(until, current_locale.get(), zone)
        raise WeekClosed(WeekClosed.over, when=when)
    return unit


async def check_day(unit: Unit, draft: EntryDraft, without: UUID | None = None) -> None:
    """Raise OutsideWeek unless the day is in the week, not ahead, and has the hours."""
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
    return await _write(await open_week(viewer, unit_id), viewer.person_id, draft)


async def _write(unit: Unit, person_id: UUID, draft: EntryDraft) -> TimeEntry:
    await check_day(unit, draft)
    now = clock.now()
    return await TimeEntry.create(
        unit_id=unit.id,
        person_id=person_id,
        **draft.model_dump(),
        created_at=now,
        updated_at=now,
    )


async def _entry(viewer: Viewer, entry_id: UUID) -> tuple[Unit, TimeEntry]:
    _unit, entry = await queries.entry(viewer, entry_id)
    return await open_week(viewer, entry.unit_id), entry


@command
async def change_entry(
    viewer: Viewer, entry_id: UUID, draft: EntryDraft, seen_at: datetime | None = None
) -> TimeEntry:
    """Correct hours as they stood at `seen_at`. Raises as add_entry, and HoursChanged."""
    unit, _read = await _entry(viewer, entry_id)
    entry = await lock(TimeEntry, entry_id)
    rules.refuse_newer(entry.updated_at, seen_at)
    return await _rewrite(unit, entry, draft)


async def _rewrite(unit: Unit, entry: TimeEntry, draft: EntryDraft) -> TimeEntry:
    await check_day(unit, draft, without=entry.id)
    written = draft.model_dump(exclude={"seen_at"})
    entry.update_from_dict({**written, "updated_at": clock.now()})
    await entry.save(update_fields=[*written, "updated_at"])
    return entry


@command
async def remove_entry(viewer: Viewer, entry_id: UUID) -> None:
    """Take hours out. Raises WeekClosed."""
    _unit, entry = await _entry(viewer, entry_id)
    await entry.delete()


@command
async def fill(viewer: Viewer, unit_id: UUID, draft: SheetDraft) -> list[TimeEntry]:
    """Make cells of the week's grid what the draft says. Raises as add_entry, and HoursChanged.

    One that its author left at what it `was` stays as it is. Errors name the cell (`cells-0-…`).
    """
    unit = await open_week(viewer, unit_id)
    lines = await queries.entries(unit.id)
    _refuse_changed(draft.cells, lines)
    changed = [(n, cell) for n, cell in enumerate(draft.cells) if cell.minutes != cell.was]
    # What is taken out makes room in the 24 hours of its day.
    changed.sort(key=lambda each: each[1].minutes > _standing(each[1], lines))
    errors: dict[str, str | tuple[str, dict[str, object]]] = {}
    for number, cell in changed:
        try:
            await _put(unit, viewer.person_id, cell)
        except OutsideWeek as error:
            errors |= {f"cells-{number}-{name}": said for name, said in error.errors.items()}
    if errors:
        raise OutsideWeek(errors)
    return await queries.entries(unit.id)


async def _put(unit: Unit, person_id: UUID, cell: CellDraft) -> None:
    """Make one cell what it says; of several lines it becomes one, their notes kept."""
    lines = await TimeEntry.filter(
        unit_id=unit.id, task=cell.task, worked_on=cell.worked_on
    ).order_by("created_at", "id")
    if sum(line.minutes for line in lines) == cell.minutes:
        return
    for line in lines[0 if not cell.minutes else 1 :]:
        await line.delete()
    if not cell.minutes:
        return
    note = "; ".join(line.note for line in lines if line.note)[:1000]
    entry = EntryDraft(**cell.model_dump(exclude={"was"}), note=note)
    if lines:
        await _rewrite(unit, lines[0], entry)
    else:
        await _write(unit, person_id, entry)


def _standing(cell: CellDraft, lines: list[TimeEntry]) -> int:
    """The minutes that stand in a cell now."""
    here = (cell.task, cell.worked_on)
    return sum(line.minutes for line in lines if (line.task, line.worked_on) == here)


def _refuse_changed(cells: list[CellDraft], lines: list[TimeEntry]) -> None:
    """Raise HoursChanged where a cell says something else than its author saw and then changed."""
    errors: dict[str, str | tuple[str, dict[str, object]]] = {}
    for number, cell in enumerate(cells):
        now = _standing(cell, lines)
        if cell.was not in {None, cell.minutes, now} and now != cell.minutes:
            told: dict[str, object] = {
                "task": cell.task,
                "day": f"{cell.worked_on}",
                "time": rules.typed(now) or "0:00",
            }
            errors[f"cells-{number}-was"] = (CHANGED, told)
    if errors:
        raise HoursChanged(errors)


@command
async def submit_week(viewer: Viewer, unit_id: UUID) -> Unit:
    """Hand in the week's hours for review. Raises NothingToSubmit, WeekClosed, TimerRunning."""
    unit = await open_week(viewer, unit_id)
    if unit.status not in rules.WORKABLE:
        raise NotFunded
    if await WorkTimer.exists(person_id=viewer.person_id, unit_id=unit.id):
        raise TimerRunning  # what it measures could not be entered afterwards
    if not await queries.minutes(unit.id):
        raise NothingToSubmit
    await hand_in(unit)
    return unit


async def hand_in(unit: Unit) -> None:
    """Send a paid week for review; its row is locked and its contract loaded."""
    now, contract = clock.now(), unit.contract
    today = clock.today(contract.time_zone)
    # The hours of a start-up phase may be done before its days are: then the next week follows at
    # once, and the phase itself, in which either side may stop at once, ends on its signed day.
    if unit.trial and today < unit.ends_on:
        unit.ends_on = max(today, unit.starts_on)
        await unit.save(update_fields=["ends_on"])
    until = rules.week_answer_until(unit.ends_on, now, contract.time_zone, contract.rhythm)
    await units.move(unit, Status.SUBMITTED, submitted_at=now, review_until=until, reminders_sent=0)
    await events.record(WorkSubmitted(unit.id))


async def close_week(unit: Unit, now: datetime) -> None:
    """After Monday noon: hand in what was entered; a week without hours is settled at once."""
    if unit.status not in rules.WORKABLE:
        return
    contract = unit.contract
    if now < rules.edit_deadline(unit.ends_on, contract.time_zone, contract.rhythm):
        return
    await hand_in(unit)
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
