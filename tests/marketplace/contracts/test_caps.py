"""The weekly cap after what was signed: which weeks a raise counts for; pure."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.contracts.rules.changes import (
    CapNotRaised,
    Weeks,
    with_cap,
)
from marketplace.contracts.rules.offers import differences
from marketplace.contracts.rules.terms import CapRaise, HourlyTerms
from marketplace.contracts.schemas import CapDraft
from tests.marketplace.contracts.test_terms import START, agreed

services = pytest.mark.usefixtures("stripe_sandbox", "application")
DAY = 86_400
UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
MORE = CapDraft(minutes=240, weeks=Weeks.THIS, reason="The quarter's end")


RAISES = st.lists(st.tuples(st.integers(0, 8), st.integers(30, 3600), st.booleans()), max_size=6)


@UNTIMED
@given(RAISES, st.integers(0, 10))
def test_the_cap_of_a_week_is_the_last_lasting_one_or_its_own(
    found: list[tuple[int, int, bool]], week: int
) -> None:
    monday = START + timedelta(days=7 * week)
    terms = HourlyTerms(
        rate_minor=3000,
        weekly_cap_minutes=600,
        first_week=START,
        raises=tuple(
            CapRaise(from_week=START + timedelta(days=7 * n), minutes=minutes, only=only)
            for n, minutes, only in found
        ),
    )
    lasting = [minutes for n, minutes, only in found if not only and n <= week]
    own = [minutes for n, minutes, only in found if only and n == week]
    assert terms.cap_of(monday) == max(lasting[-1] if lasting else 600, own[-1] if own else 0)


@UNTIMED
@given(st.dates(date(2027, 1, 4), date(2028, 6, 30)), st.integers(30, 3600), st.sampled_from(Weeks))
def test_a_change_of_the_cap_changes_the_cap_of_later_weeks_only(
    today: date, minutes: int, weeks: Weeks
) -> None:
    before = agreed(
        {"kind": "hourly", "rate_minor": 3000, "weekly_cap_minutes": 600, "first_week": START}
    )
    if minutes <= 600:
        with pytest.raises(CapNotRaised):
            with_cap(before, minutes, weeks, today)
        return
    after = with_cap(before, minutes, weeks, today)
    assert [each.field for each in differences(before, after)] == ["raises"]
    terms = after.terms
    assert isinstance(terms, HourlyTerms)
    monday = today - timedelta(days=today.weekday())
    caps = [terms.cap_of(monday + timedelta(days=7 * n)) for n in (-1, 0, 1, 2)]
    assert (
        caps
        == {
            Weeks.THIS: [600, minutes, 600, 600],
            Weeks.FROM_THIS: [600, minutes, minutes, minutes],
            Weeks.FROM_NEXT: [600, 600, minutes, minutes],
        }[weeks]
    )
