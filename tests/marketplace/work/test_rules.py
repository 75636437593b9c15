"""The unit's state machine and the deadlines of weeks, for every state and through clock changes."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.work import rules
from marketplace.work.rules import SETTLED, TRANSITIONS, CriterionNeeded, IllegalStep, Status

ZONES = ["Europe/Paris", "America/Toronto", "Asia/Kolkata", "Indian/Mauritius", "Asia/Manila"]
days = st.dates(date(2026, 1, 1), date(2032, 12, 31))


@pytest.mark.parametrize(("status", "target"), list(product(Status, Status)))
def test_every_step_is_allowed_exactly_when_the_table_says_so(status: Status, target: Status) -> None:
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
    deadline = rules.edit_deadline(end, zone).astimezone(ZoneInfo(zone))
    assert (deadline.isoweekday(), deadline.hour, deadline.minute) == (1, 12, 0)
    assert timedelta(days=1) <= deadline.date() - end <= timedelta(days=7)


@given(days, st.sampled_from(ZONES))
def test_the_review_of_a_week_ends_with_thursday(end: date, zone: str) -> None:
    deadline = rules.week_review_deadline(end, zone).astimezone(ZoneInfo(zone))
    assert (deadline.isoweekday(), deadline.hour) == (5, 0)
    assert deadline > rules.edit_deadline(end, zone)


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_covered_minutes_never_pass_the_cap_nor_the_work(worked: int, cap: int) -> None:
    covered = rules.covered_minutes(worked, cap)
    assert covered <= worked
    assert covered <= cap


@given(st.lists(st.integers(-5, 20)))
def test_a_rejection_cites_agreed_criteria_only(numbers: list[int]) -> None:
    agreed = ["a", "b", "c"]
    if any(0 <= number < len(agreed) for number in numbers):
        assert set(rules.cited(agreed, numbers)) <= {0, 1, 2}
    else:
        with pytest.raises(CriterionNeeded):
            rules.cited(agreed, numbers)
