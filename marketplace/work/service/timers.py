"""Owns the timer of a person at work: started on a task, stopped into lines of hours.

Never watches anything else than the clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from marketplace.core import clock
from marketplace.core.db import command
from marketplace.core.errors import Conflict
from marketplace.core.i18n import _
from marketplace.work import queries, rules
from marketplace.work.models import TimeEntry, WorkTimer
from marketplace.work.rules import NoTimer, OutsideWeek, TimerRunning
from marketplace.work.schemas import EntryDraft
from marketplace.work.service import timesheets

if TYPE_CHECKING:
    from marketplace.accounts.events import PersonDeleted
    from marketplace.web.sessions import Viewer


NOT_TODAY = _("The timer measures what you do now: start it in the week of today.")


@dataclass(frozen=True, slots=True)
class Stopped:
    """What a stopped timer came to: its lines, and the minutes that no week takes any more."""

    entries: list[TimeEntry]
    left_out: int


async def running(viewer: Viewer) -> WorkTimer | None:
    """The viewer's running timer, with its week and contract."""
    return await WorkTimer.get_or_none(person_id=viewer.person_id).prefetch_related(
        "unit__contract"
    )


def measured(timer: WorkTimer) -> int:
    """The minutes it has measured until now, a begun one counted."""
    return -int((timer.started_at - _ended(timer)).total_seconds() // 60)


def last_day(timer: WorkTimer, zone: str) -> date:
    """The day on which it is now, or on which a forgotten one stopped counting."""
    return _ended(timer).astimezone(ZoneInfo(zone)).date()


def _ended(timer: WorkTimer) -> datetime:
    return min(clock.now(), timer.started_at + timedelta(hours=rules.TIMER_HOURS_MAX))


@command
async def start(viewer: Viewer, unit_id: UUID, task: str) -> WorkTimer:
    """Start measuring (assistant). Raises TimerRunning, NotFunded, WeekClosed, OutsideWeek."""
    unit = await timesheets.open_week(viewer, unit_id)
    if not unit.starts_on <= clock.today(unit.contract.time_zone) <= unit.ends_on:
        raise OutsideWeek({"task": NOT_TODAY})
    timer = {"unit_id": unit_id, "task": task, "started_at": clock.now()}
    made, is_new = await WorkTimer.get_or_create(timer, person_id=viewer.person_id)
    if not is_new:
        raise TimerRunning
    return made


@command
async def stop(viewer: Viewer, unit_id: UUID) -> Stopped:
    """Enter what was measured, a line a day, each in the week of the contract that has the day.

    Raises NoTimer, and where no week takes anything of it why not: then it can only be discarded.
    """
    unit = await queries.unit(viewer, unit_id)
    timer = await _locked(viewer, unit_id)
    days = rules.minutes_by_day(timer.started_at, _ended(timer), unit.contract.time_zone)
    made, refusal = list[TimeEntry](), None
    for day, minutes in days.items():
        entry = EntryDraft(worked_on=day, minutes=minutes, task=timer.task)
        week = await queries.week_of(unit.contract_id, day)
        try:
            made.append(await timesheets.add_entry(viewer, week.id if week else unit_id, entry))
        except (Conflict, OutsideWeek) as error:
            refusal = error
    if refusal and not made:
        raise refusal
    await timer.delete()
    return Stopped(made, sum(days.values()) - sum(line.minutes for line in made))


@command
async def discard(viewer: Viewer, unit_id: UUID) -> None:
    """Forget what was measured, also by whoever has left the team meanwhile. Raises NoTimer."""
    await (await _locked(viewer, unit_id)).delete()


async def _locked(viewer: Viewer, unit_id: UUID) -> WorkTimer:
    timer = await WorkTimer.select_for_update().get_or_none(
        person_id=viewer.person_id, unit_id=unit_id
    )
    if timer is None:
        raise NoTimer
    return timer


async def on_person_deleted(event: PersonDeleted) -> None:
    """Reaction, before the person goes."""
    await WorkTimer.filter(person_id=event.person_id).delete()
