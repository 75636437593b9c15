"""Hours as a grid and by the timer: the same lines, the same limits, whoever asks."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core import clock
from marketplace.core.errors import Forbidden
from marketplace.work import queries
from marketplace.work.rules import NoTimer, OutsideWeek, TimerRunning, minutes_by_day
from marketplace.work.schemas import CellDraft, EntryDraft, SheetDraft
from marketplace.work.service import ticks, timers, timesheets
from tests.factories import work

needs_services = pytest.mark.usefixtures("stripe_sandbox", "application")
ZONES = ["Europe/Paris", "America/Toronto", "Asia/Kolkata", "Indian/Mauritius"]


def cell(minutes: int, task: str = "Calls", **also: object) -> CellDraft:
    """A cell of today."""
    return CellDraft.model_validate(
        {"task": task, "worked_on": clock.today(), "minutes": minutes, **also}
    )


@needs_services
async def test_a_cell_of_the_grid_adds_changes_and_removes_lines() -> None:
    people = await work.pair()
    contract = await work.signed(people, work.hourly())
    await work.pay(contract)
    week = await work.unit(contract)
    await timesheets.fill(people.assistant, week.id, SheetDraft(cells=[cell(60), cell(30, "Post")]))
    await timesheets.fill(people.assistant, week.id, SheetDraft(cells=[cell(90)]))
    assert [(e.task, e.minutes) for e in await queries.entries(week.id)] == [
        ("Calls", 90), ("Post", 30),
    ]  # fmt: skip
    await timesheets.fill(people.assistant, week.id, SheetDraft(cells=[cell(0, "Post")]))
    assert await queries.minutes(week.id) == 90
    with pytest.raises(Forbidden):
        await timesheets.fill(people.business, week.id, SheetDraft(cells=[cell(10)]))


@needs_services
async def test_several_lines_in_one_cell_keep_their_notes_when_the_grid_changes_them() -> None:
    people = await work.pair()
    contract = await work.signed(people, work.hourly())
    await work.pay(contract)
    week = await work.unit(contract)
    for note in ("morning", "evening"):
        draft = EntryDraft(worked_on=clock.today(), minutes=30, task="Calls", note=note)
        await timesheets.add_entry(people.assistant, week.id, draft)
    await timesheets.fill(people.assistant, week.id, SheetDraft(cells=[cell(60)]))
    assert len(await queries.entries(week.id)) == 2  # unchanged: nothing to do
    await timesheets.fill(people.assistant, week.id, SheetDraft(cells=[cell(75)]))
    (line,) = await queries.entries(week.id)
    assert (line.minutes, line.note) == (75, "morning; evening")


@needs_services
async def test_a_grid_with_one_bad_cell_changes_nothing() -> None:
    people = await work.pair()
    contract = await work.signed(people, work.hourly())
    await work.pay(contract)
    week = await work.unit(contract)
    before = week.starts_on - timedelta(days=1)
    with pytest.raises(OutsideWeek):
        await timesheets.fill(
            people.assistant, week.id, SheetDraft(cells=[cell(60), cell(60, worked_on=before)])
        )
    assert await queries.minutes(week.id) == 0


@needs_services
async def test_the_timer_enters_what_it_measured_once() -> None:
    people = await work.pair()
    contract = await work.signed(people, work.hourly())
    await work.pay(contract)
    week = await work.unit(contract)
    await timers.start(people.assistant, week.id, "Post")
    with pytest.raises(TimerRunning):
        await timers.start(people.assistant, week.id, "Calls")
    clock.advance(25 * 60 - 30)
    (line,) = (await timers.stop(people.assistant, week.id)).entries
    assert (line.task, line.minutes) == ("Post", 25)
    with pytest.raises(NoTimer):
        await timers.stop(people.assistant, week.id)
    await timers.start(people.assistant, week.id, "Calls")
    await timers.discard(people.assistant, week.id)
    assert await queries.minutes(week.id) == 25


@needs_services
@pytest.mark.parametrize(("measured", "entered"), [(2, [60, 60]), (14, [13 * 60])])
async def test_a_timer_over_sunday_midnight_enters_each_day_in_its_week(
    measured: int, entered: list[int]
) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.hourly())
    await work.pay(contract)
    week = await work.unit(contract)
    at = datetime.combine(week.ends_on, time(23), ZoneInfo("Europe/Paris"))
    clock.advance((at - clock.now()).total_seconds())
    await ticks.run_due()
    following = await work.unit(contract, 2)
    with pytest.raises(OutsideWeek):  # that week has not come
        await timers.start(people.assistant, following.id, "Post")
    await timers.start(people.assistant, week.id, "Post")
    clock.advance(measured * 3600)
    stopped = await timers.stop(people.assistant, week.id)
    assert [line.minutes for line in stopped.entries][-1] in {entered[-1], entered[-1] + 1}
    assert [line.unit_id for line in stopped.entries] == [week.id, following.id][-len(entered) :]
    # Once Monday noon has passed, Sunday takes no more hours.
    assert stopped.left_out in ({0} if len(entered) == 2 else {59, 60})


@needs_services
async def test_of_two_timers_started_at_once_one_is_refused() -> None:
    people = await work.pair()
    weeks = []
    for _ in range(2):
        contract = await work.signed(people, work.hourly())
        await work.pay(contract)
        weeks.append(await work.unit(contract))
    answers = await asyncio.gather(
        *(timers.start(people.assistant, week.id, "Post") for week in weeks),
        return_exceptions=True,
    )
    assert sorted(type(each).__name__ for each in answers) == ["TimerRunning", "WorkTimer"]


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)),
    st.integers(1, 24 * 3600),
    st.sampled_from(ZONES),
)
def test_a_timer_loses_no_minute_at_midnight_or_when_clocks_change(
    start: datetime, seconds: int, zone: str
) -> None:
    started = start.replace(tzinfo=UTC)
    ended = started + timedelta(seconds=seconds)
    found = minutes_by_day(started, ended, zone)
    assert sum(found.values()) == -(-seconds // 60)
    assert min(found) >= started.astimezone(ZoneInfo(zone)).date()
    assert max(found) <= ended.astimezone(ZoneInfo(zone)).date()


def test_a_timer_over_the_short_night_counts_the_hours_that_were() -> None:
    started = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)  # 23:30 in Paris
    found = minutes_by_day(started, started + timedelta(hours=4), "Europe/Paris")
    assert found == {date(2026, 3, 28): 30, date(2026, 3, 29): 210}
