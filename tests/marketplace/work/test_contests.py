"""One line of a week is contested: the others are paid, its money stays held until both agree."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.errors import Forbidden, NotFound
from marketplace.work import queries
from marketplace.work.models import TimeEntry, Unit
from marketplace.work.rules import EntryState, LessExpected, NotContestable, NotContested, Status
from marketplace.work.schemas import ContestDraft, EntryDraft
from marketplace.work.service import contests, ticks, timesheets
from payments.money import Money
from tests.factories import work

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")
DAY = 86_400


async def handed_in(
    *minutes: int, hours: int = 10
) -> tuple[work.Pair, Contract, Unit, list[TimeEntry]]:
    """A week of these lines, sent for review."""
    people = await work.pair()
    contract = await work.signed(people, work.hourly(hours=hours))
    await work.pay(contract)
    week = await work.unit(contract)
    lines = []
    for number, each in enumerate(minutes):
        draft = EntryDraft.model_validate(
            {"worked_on": clock.today(), "minutes": each, "task": f"Task {number}"}
        )
        lines.append(await timesheets.add_entry(people.assistant, week.id, draft))
    await timesheets.submit_week(people.assistant, week.id)
    return people, contract, week, lines


def reason(minutes: int = 0) -> ContestDraft:
    """A contest that offers these minutes."""
    return ContestDraft(reason="This was agreed as free.", minutes=minutes)


async def money(week: Unit) -> tuple[int, int]:
    """Released and held minor units."""
    balance = await queries.balance(week)
    return balance.released.minor, balance.held.minor


async def test_the_others_are_paid_and_the_contested_line_stays_held() -> None:
    people, contract, week, lines = await handed_in(120, 60, 60)
    await contests.contest(people.business, lines[1].id, reason())
    await timesheets.approve_week(people.business, week.id)
    assert await money(week) == (9000, 3000)
    assert (await work.unit(contract)).status is Status.CONTESTED
    following = await work.unit(contract, 2)
    assert (await queries.balance(following)).price == Money(18000, "EUR")


async def test_silence_pays_the_others_on_time_too() -> None:
    people, contract, week, lines = await handed_in(120, 60)
    week = await work.unit(contract)
    assert week.review_until is not None
    clock.advance((week.review_until - clock.now()).total_seconds() - DAY)
    await contests.contest(people.business, lines[1].id, reason(30))
    clock.advance(DAY + 60)
    await ticks.run_due()
    assert await money(week) == (6000, 3000)


@pytest.mark.parametrize(
    ("side", "minutes", "state", "released"),
    [
        ("business", 60, EntryState.ACCEPTED, 9000),
        ("assistant", 0, EntryState.WITHDRAWN, 6000),
        ("assistant", 30, EntryState.REDUCED, 7500),
    ],
)
async def test_a_contest_ends_accepted_withdrawn_or_reduced(
    side: str, minutes: int, state: EntryState, released: int
) -> None:
    people, contract, week, lines = await handed_in(120, 60)
    await contests.contest(people.business, lines[1].id, reason(30))
    await timesheets.approve_week(people.business, week.id)
    line = await contests.answer(getattr(people, side), lines[1].id, minutes)
    assert line.state is state
    assert await money(week) == (released, 0)
    week = await work.unit(contract)
    assert (week.status, week.paid_minor) == (Status.APPROVED, released)
    following = await work.unit(contract, 2)
    assert (await queries.balance(following)).price == Money(30000 - released, "EUR")
    with pytest.raises(NotContested):
        await contests.answer(people.business, lines[1].id, 60)


async def test_a_counter_proposal_goes_back_to_the_business_who_may_take_it() -> None:
    people, _contract, week, lines = await handed_in(60)
    await contests.contest(people.business, lines[0].id, reason(15))
    line = await contests.answer(people.assistant, lines[0].id, 40)
    assert (line.state, line.proposed_by) == (EntryState.CONTESTED, "assistant")
    line = await contests.answer(people.business, lines[0].id, 40)
    assert line.agreed_minutes == 40
    await timesheets.approve_week(people.business, week.id)
    assert await money(week) == (2000, 0)


async def test_a_proposal_without_an_answer_counts_after_five_business_days() -> None:
    people, contract, week, lines = await handed_in(120, 60)
    await contests.contest(people.business, lines[1].id, reason(20))
    await timesheets.approve_week(people.business, week.id)
    line = await TimeEntry.get(pk=lines[1].id)
    assert line.answer_until is not None
    assert line.answer_until - clock.now() >= timedelta(days=5)
    await ticks.run_due()
    assert await money(week) == (6000, 3000)
    clock.advance((line.answer_until - clock.now()).total_seconds() + 60)
    await ticks.run_due()
    await ticks.run_due()
    assert await money(week) == (7000, 0)
    assert (await work.unit(contract)).status is Status.APPROVED


async def test_a_withdrawn_line_makes_room_for_hours_above_the_cap() -> None:
    people, _contract, week, lines = await handed_in(60, 60, 60, hours=2)
    await contests.contest(people.business, lines[0].id, reason())
    await timesheets.approve_week(people.business, week.id)
    assert await money(week) == (3000, 3000)
    await contests.answer(people.assistant, lines[0].id, 0)
    assert await money(week) == (6000, 0)


async def test_no_cent_is_lost_when_lines_do_not_divide_evenly() -> None:
    people, _contract, week, lines = await handed_in(7, 11, 13, 17)
    for line in lines[:3]:
        await contests.contest(people.business, line.id, reason(1))
    await timesheets.approve_week(people.business, week.id)
    for line, minutes in zip(lines[:3], (7, 1, 0), strict=True):
        who = people.business if minutes == line.minutes else people.assistant
        await contests.answer(who, line.id, minutes)
    assert await money(week) == (1250, 0)  # 25 minutes at 30.00 an hour


async def test_only_the_client_contests_only_in_the_review_and_only_for_less() -> None:
    people, _contract, week, lines = await handed_in(60)
    strangers = await work.pair()
    with pytest.raises(Forbidden):
        await contests.contest(people.assistant, lines[0].id, reason())
    with pytest.raises(NotFound):
        await contests.contest(strangers.business, lines[0].id, reason())
    with pytest.raises(LessExpected):
        await contests.contest(people.business, lines[0].id, reason(60))
    await timesheets.approve_week(people.business, week.id)
    with pytest.raises(NotContestable):
        await contests.contest(people.business, lines[0].id, reason())
