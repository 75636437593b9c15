"""Owns the timer of a person at work: started on a task, stopped into lines of hours.

Never watches anything else than the clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.core import clock
from marketplace.core.db import command
from marketplace.work import rules
from marketplace.work.models import TimeEntry, WorkTimer
from marketplace.work.rules import NoTimer, TimerRunning
from marketplace.work.schemas import EntryDraft
from marketplace.work.service import timesheets

if TYPE_CHECKING:
    from marketplace.accounts.events import PersonDeleted
    from marketplace.web.sessions import Viewer


async def running(viewer: Viewer) -> WorkTimer | None:
    """The viewer's running timer, with its week and contract."""
    return await WorkTimer.get_or_none(person_id=viewer.person_id).prefetch_related(
        "unit__contract"
    )


def measured(timer: WorkTimer) -> int:
    """The minutes it has measured until now, a begun one counted."""
    return -int((timer.started_at - _ended(timer)).total_seconds() // 60)


def _ended(timer: WorkTimer) -> datetime:
    return min(clock.now(), timer.started_at + timedelta(hours=rules.TIMER_HOURS_MAX))


@command
async def start(viewer: Viewer, unit_id: UUID, task: str) -> WorkTimer:
    """Start measuring (assistant). Raises TimerRunning, NotFunded, WeekClosed."""
    await timesheets.open_week(viewer, unit_id)
    if await WorkTimer.exists(person_id=viewer.person_id):
        raise TimerRunning
    return await WorkTimer.create(
        person_id=viewer.person_id, unit_id=unit_id, task=task, started_at=clock.now()
    )


@command
async def stop(viewer: Viewer, unit_id: UUID) -> list[TimeEntry]:
    """Enter what was measured, a line a day; days after the week are left out.

    Raises NoTimer, WeekClosed (then it can only be discarded), OutsideWeek.
    """
    unit = await timesheets.open_week(viewer, unit_id)
    timer = await _locked(viewer, unit_id)
    days = rules.minutes_by_day(timer.started_at, _ended(timer), unit.contract.time_zone)
    made = []
    for day, minutes in days.items():
        if unit.starts_on <= day <= unit.ends_on:
            entry = EntryDraft(worked_on=day, minutes=minutes, task=timer.task)
            made.append(await timesheets.add_entry(viewer, unit_id, entry))
    await timer.delete()
    return made


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
