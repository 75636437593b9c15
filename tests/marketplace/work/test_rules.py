"""The unit's state machine and the deadlines of weeks, for every state and through clock changes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.contracts.rules.calendar import notice_end
from marketplace.contracts.rules.clocks import Clocks
from marketplace.contracts.rules.states import NoticeIn
from marketplace.work import rules
from marketplace.work.rules import SETTLED, TRANSITIONS, CriterionNeeded, IllegalStep, Status

ZONES = ["Europe/Paris", "America/Toronto", "Asia/Kolkata", "Indian/Mauritius", "Asia/Manila"]
CLOCKS = Clocks()
days = st.dates(date(2026, 1, 1), date(2032, 12, 31))


@pytest.mark.parametrize(("status", "target"), list(product(Status, Status)))
def test_every_step_is_allowed_exactly_when_the_table_says_so(
    status: Status, target: Status
) -> None:
    if target in TRANSITIONS[status]:
        rules.check(status, target)
    else:
        with pytest.raises(IllegalStep):
            rules.check(status, target)


def test_settled_is_final_and_everything_can_settle() -> None:
    assert {status for status in Status if not TRANSITIONS[status]} == SETTLED
    for status in Status:
        reachable, frontier = {status}, {status}
        while frontier:
            frontier = set().union(*(TRANSITIONS[each] for each in frontier)) - reachable
            reachable |= frontier
        assert reachable & SETTLED


@given(days, st.sampled_from(ZONES))
def test_hours_can_be_changed_until_the_monday_noon_after_the_week(end: date, zone: str) -> None:
    deadline = rules.edit_deadline(end, zone, CLOCKS).astimezone(ZoneInfo(zone))
    assert (deadline.isoweekday(), deadline.hour, deadline.minute) == (1, 12, 0)
    assert timedelta(days=1) <= deadline.date() - end <= timedelta(days=7)


@given(days, st.sampled_from(ZONES))
def test_the_review_of_a_week_ends_with_thursday(end: date, zone: str) -> None:
    deadline = rules.week_review_deadline(end, zone, CLOCKS).astimezone(ZoneInfo(zone))
    assert (deadline.isoweekday(), deadline.hour) == (5, 0)
    assert deadline > rules.edit_deadline(end, zone, CLOCKS)


@given(st.lists(st.integers(0, 1440), max_size=40), st.integers(0, 3600))
def test_coverage_fills_the_cap_in_the_order_of_work(lines: list[int], cap: int) -> None:
    covered = rules.coverage(lines, cap)
    assert sum(covered) == min(sum(lines), cap)
    assert all(0 <= part <= line for part, line in zip(covered, lines, strict=True))
    first_short = next((n for n, part in enumerate(covered) if part < lines[n]), len(lines))
    assert not any(covered[first_short + 1 :])


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/Toronto"])
@pytest.mark.parametrize("end", [date(2026, 3, 29), date(2026, 10, 25), date(2026, 11, 1)])
def test_a_week_whose_clocks_change_still_ends_on_thursday_midnight(end: date, zone: str) -> None:
    deadline = rules.week_review_deadline(end, zone, CLOCKS).astimezone(ZoneInfo(zone))
    assert deadline.date() == end + timedelta(days=5)
    assert (deadline.hour, deadline.minute) == (0, 0)


def test_iso_week_53_has_its_deadlines_in_the_new_year() -> None:
    end = date(2027, 1, 3)
    assert end.isocalendar().week == 53
    assert rules.edit_deadline(end, "Europe/Paris", CLOCKS).date() == date(2027, 1, 4)
    assert rules.paid_on(rules.UnitKind.WEEK, end, None, "Europe/Paris", CLOCKS) == date(2027, 1, 8)


def test_business_days_leave_out_weekends_and_the_holidays_of_the_place() -> None:
    wednesday = datetime(2026, 12, 23, 10, tzinfo=ZoneInfo("Europe/Paris"))
    in_france = rules.business_deadline(wednesday, 5, "FR", "Europe/Paris")
    assert in_france.date() - timedelta(days=1) == date(2026, 12, 31)
    in_quebec = rules.business_deadline(wednesday, 5, "CA-QC", "America/Toronto")
    assert in_quebec.date() - timedelta(days=1) == date(2026, 12, 31)
    in_england = rules.business_deadline(wednesday, 5, "GB", "Europe/London")
    assert in_england.date() - timedelta(days=1) >= date(2026, 12, 31)
    assert not rules.is_business_day(date(2026, 7, 14), "FR")
    assert rules.is_business_day(date(2026, 7, 14), "BE")
    assert rules.is_business_day(date(2026, 6, 24), "CA-ON")
    assert not rules.is_business_day(date(2026, 6, 24), "CA-QC")
    assert rules.is_business_day(date(2026, 7, 14), "nowhere")


@given(st.datetimes(datetime(2026, 1, 1), datetime(2031, 1, 1)), st.integers(1, 20))
def test_so_many_business_days_lie_between_now_and_the_deadline(now: datetime, days: int) -> None:
    zone = ZoneInfo("Europe/Paris")
    end = rules.business_deadline(now.replace(tzinfo=zone), days, "FR", "Europe/Paris")
    last = end.date() - timedelta(days=1)
    between = [now.date() + timedelta(n) for n in range(1, (last - now.date()).days + 1)]
    assert sum(rules.is_business_day(day, "FR") for day in between) == days
    assert rules.is_business_day(last, "FR")


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2031, 1, 1)), st.integers(0, 180),
    st.sampled_from([("FR", "Europe/Paris"), ("CA-QC", "America/Toronto"), ("MA", "UTC")]),
)  # fmt: skip
def test_a_notice_runs_for_the_days_that_the_contract_counts(
    now: datetime, count: int, at: tuple[str, str]
) -> None:
    place, zone = at
    given_at = now.replace(tzinfo=ZoneInfo(zone))
    plain = notice_end(given_at, count, NoticeIn.DAYS, place, zone)
    assert plain == given_at + timedelta(days=count)
    end = notice_end(given_at, count, NoticeIn.BUSINESS_DAYS, place, zone)
    last = end.astimezone(ZoneInfo(zone)).date()
    between = [now.date() + timedelta(n) for n in range(1, (last - now.date()).days + 1)]
    assert sum(rules.is_business_day(day, place) for day in between) == count
    assert end >= plain
    if count:  # the last one counts whole, and no idle day after it
        assert rules.is_business_day(last, place)
        assert (end.astimezone(ZoneInfo(zone)) + timedelta(minutes=1)).date() > last


@given(days, st.integers(0, 20), st.sampled_from(ZONES))
def test_silence_never_approves_a_late_week_within_three_days(
    end: date, late: int, zone: str
) -> None:
    handed = rules.edit_deadline(end, zone, CLOCKS) + timedelta(days=late)
    until = rules.week_answer_until(end, handed, zone, CLOCKS)
    assert until - handed >= timedelta(days=3)
    assert until >= rules.week_review_deadline(end, zone, CLOCKS)


@given(st.lists(st.integers(-5, 20)))
def test_a_rejection_cites_agreed_criteria_only(numbers: list[int]) -> None:
    agreed = ["a", "b", "c"]
    if any(0 <= number < len(agreed) for number in numbers):
        assert set(rules.cited(agreed, numbers)) <= {0, 1, 2}
    else:
        with pytest.raises(CriterionNeeded):
            rules.cited(agreed, numbers)
