"""Owns the JSON operations of hours: a week's lines, the timer, contested lines."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.web.guards import viewer
from marketplace.web.paging import Page, PageQuery, cut
from marketplace.work import queries
from marketplace.work.api.router import own
from marketplace.work.models import TimeEntry
from marketplace.work.schemas import (
    AnswerDraft,
    ContestDraft,
    EntryChange,
    EntryDraft,
    EntryView,
    SheetDraft,
    SheetView,
    StoppedView,
    TimerDraft,
    TimerView,
)
from marketplace.work.service import contests, timers, timesheets


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


@own.read("/units/{unit_id:uuid}/entries")
async def list_entries(request: Request, unit_id: UUID, query: PageQuery) -> Page[EntryView]:
    """A week's hours in the order of days."""
    await queries.unit(viewer(request), unit_id)
    rows = await queries.entries(unit_id)
    found, after = cut(
        rows, query, lambda row: f"{row.worked_on} {row.created_at:%Y%m%d%H%M%S%f} {row.id}"
    )
    shown = {each.id: each for each in await entry_views(unit_id)}
    return Page(items=[shown[each.id] for each in found], next=after)


@own.make("/units/{unit_id:uuid}/entries")
async def add_entry(request: Request, unit_id: UUID, body: EntryDraft) -> EntryView:
    """Enter hours (assistant)."""
    return await entry_view(await timesheets.add_entry(viewer(request), unit_id, body))


@own.change("/entries/{entry_id:uuid}")
async def change_entry(request: Request, entry_id: UUID, body: EntryChange) -> EntryView:
    """Correct hours (assistant)."""
    who = viewer(request)
    return await entry_view(await timesheets.change_entry(who, entry_id, body, body.seen_at))


@own.remove("/entries/{entry_id:uuid}")
async def remove_entry(request: Request, entry_id: UUID) -> None:
    """Take hours out (assistant)."""
    await timesheets.remove_entry(viewer(request), entry_id)


@own.change("/units/{unit_id:uuid}/timesheet")
async def fill_week(request: Request, unit_id: UUID, body: SheetDraft) -> SheetView:
    """Set cells of a week's grid, all or none (assistant)."""
    await timesheets.fill(viewer(request), unit_id, body)
    return SheetView(entries=await entry_views(unit_id))


@own.make("/units/{unit_id:uuid}/timer")
async def start_timer(request: Request, unit_id: UUID, body: TimerDraft) -> TimerView:
    """Start your timer on a task; one at a time (assistant)."""
    return TimerView.model_validate(await timers.start(viewer(request), unit_id, body.task))


@own.act("/units/{unit_id:uuid}/timer/stop")
async def stop_timer(request: Request, unit_id: UUID) -> StoppedView:
    """Stop your timer: what it measured is entered, each day in its week (assistant)."""
    stopped = await timers.stop(viewer(request), unit_id)
    lines = [await entry_view(each) for each in stopped.entries]
    return StoppedView(entries=lines, left_out_minutes=stopped.left_out)


@own.remove("/units/{unit_id:uuid}/timer")
async def discard_timer(request: Request, unit_id: UUID) -> None:
    """Forget what your timer measured."""
    await timers.discard(viewer(request), unit_id)


@own.act("/entries/{entry_id:uuid}/contest")
async def contest_entry(request: Request, entry_id: UUID, body: ContestDraft) -> EntryView:
    """Contest one line of a week under review (business). The others are paid on time."""
    return await entry_view(await contests.contest(viewer(request), entry_id, body))


@own.act("/entries/{entry_id:uuid}/answer")
async def answer_contest(request: Request, entry_id: UUID, body: AnswerDraft) -> EntryView:
    """Agree to the minutes proposed for a contested line, or propose others."""
    return await entry_view(await contests.answer(viewer(request), entry_id, body.minutes))
