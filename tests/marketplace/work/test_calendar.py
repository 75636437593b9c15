"""Weeks through clock changes, week 53, short first and last weeks, holidays, half-hour zones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.contracts.pages.fields import place_name
from marketplace.contracts.rules.clocks import Clocks
from marketplace.contracts.rules.instalments import instalments
from marketplace.contracts.service import documents
from marketplace.parties.models import Party
from marketplace.work import rules
from tests.marketplace.contracts.test_terms import agreed

ZONES = [
    "Europe/Paris", "America/Montreal", "America/St_Johns", "Asia/Kolkata", "Asia/Kathmandu",
    "Australia/Lord_Howe", "Pacific/Chatham", "Indian/Reunion",
]  # fmt: skip
# Sundays on which the clocks go forward or back in Paris or in Montreal.
CHANGES = [date(2027, 3, 14), date(2027, 3, 28), date(2027, 10, 31), date(2027, 11, 7)]
zones = st.sampled_from(ZONES)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/Montreal"])
@pytest.mark.parametrize("sunday", CHANGES)
def test_deadlines_of_a_week_stay_on_the_clock_of_the_place_when_it_changes(
    sunday: date, zone: str
) -> None:
    here, clocks = ZoneInfo(zone), Clocks()
    edit = rules.edit_deadline(sunday, zone, clocks).astimezone(here)
    assert (edit.date(), edit.hour) == (sunday + timedelta(days=1), 12)
    review = rules.week_review_deadline(sunday, zone, clocks).astimezone(here)
    assert (review.date(), review.hour) == (sunday + timedelta(days=5), 0)
    grace = rules.grace_deadline(sunday, zone, clocks).astimezone(here)
    assert (grace.isoweekday(), grace.hour) == (3, 0)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Paris", date(2027, 3, 28), 23),
        ("Europe/Paris", date(2027, 10, 31), 25),
        ("America/Montreal", date(2027, 3, 14), 23),
        ("America/Montreal", date(2027, 11, 7), 25),
        ("Australia/Lord_Howe", date(2027, 4, 4), 24.5),  # its clocks change by half an hour
        ("Asia/Kolkata", date(2027, 3, 28), 24),
    ],
)
def test_a_timer_over_a_day_of_another_length_counts_what_passed(
    zone: str, day: date, hours: float
) -> None:
    here = ZoneInfo(zone)
    midnight = datetime.combine(day, datetime.min.time(), here).astimezone(UTC)
    after = datetime.combine(day + timedelta(days=1), datetime.min.time(), here).astimezone(UTC)
    found = rules.minutes_by_day(midnight, after, zone)
    assert found == {day: min(int(hours * 60), rules.ENTRY_MINUTES_MAX)}


@given(moments, st.integers(0, 24 * 60), zones)
def test_a_timer_loses_and_invents_no_minute_in_any_zone(
    started: datetime, minutes: int, zone: str
) -> None:
    ended = started + timedelta(minutes=minutes)
    found = rules.minutes_by_day(started, ended, zone)
    assert sum(found.values()) == minutes
    days = [started.astimezone(ZoneInfo(zone)).date(), ended.astimezone(ZoneInfo(zone)).date()]
    assert all(days[0] <= day <= days[1] for day in found)


@given(
    st.dates(date(2026, 1, 1), date(2032, 12, 1)),
    st.integers(0, 120),
    zones,
    st.integers(0, 23),
    st.integers(1, 7),
)
def test_every_day_of_a_contract_lies_in_one_week_which_closes_before_its_review_ends(
    start: date, length: int, zone: str, hour: int, review: int
) -> None:
    clocks = Clocks(edit_hour=hour, week_review_days=review)
    monday = start - timedelta(days=start.weekday())
    end = start + timedelta(days=length)
    agreement = agreed(
        {"kind": "hourly", "rate_minor": 3000, "weekly_cap_minutes": 600, "first_week": monday},
        starts_on=start,
        ends_on=end,
        time_zone=zone,
        trial_days=0,
        clocks=clocks,
    )
    weeks = instalments(agreement)
    covered = [
        day
        for week in weeks
        for day in (week.starts_on + timedelta(n) for n in range(7))
        if week.starts_on <= day <= week.ends_on
    ]
    assert len(covered) == len(set(covered))
    assert {start + timedelta(n) for n in range(length + 1)} <= set(covered)
    assert weeks[-1].ends_on == end  # the last week ends with the contract, mid-week or not
    for week in weeks:
        edit = rules.edit_deadline(week.ends_on, zone, clocks)
        review_end = rules.week_review_deadline(week.ends_on, zone, clocks)
        assert edit < review_end
        paid = rules.paid_on(rules.UnitKind.WEEK, week.ends_on, None, zone, clocks)
        assert paid == week.paid_on


@pytest.mark.parametrize("year", [2026, 2032])  # years of 53 weeks
def test_week_53_runs_into_the_new_year_and_is_followed_by_week_1(year: int) -> None:
    monday = date.fromisocalendar(year, 53, 1)
    agreement = agreed(
        {"kind": "hourly", "rate_minor": 3000, "weekly_cap_minutes": 600, "first_week": monday},
        starts_on=monday,
    )
    first, second = instalments(agreement, weeks=2)
    assert first.ends_on.year == year + 1
    assert second.starts_on.isocalendar()[:2] == (year + 1, 1)
    assert second.starts_on == first.ends_on + timedelta(days=1)


@pytest.mark.parametrize(
    ("asked", "place", "last"),
    [
        (date(2027, 5, 4), "FR", date(2027, 5, 12)),  # Ascension on the 6th
        (date(2027, 5, 13), "FR", date(2027, 5, 21)),  # Whit Monday on the 17th
        (date(2027, 5, 20), "CA-QC", date(2027, 5, 28)),  # Patriots' Day on the 24th
        (date(2027, 6, 22), "CA-QC", date(2027, 6, 30)),  # national day on the 24th
        (date(2027, 6, 22), "CA-ON", date(2027, 6, 29)),
    ],
)
def test_five_business_days_in_months_with_holidays(asked: date, place: str, last: date) -> None:
    now = datetime.combine(asked, datetime.min.time(), ZoneInfo("Europe/Paris"))
    until = rules.business_deadline(now, 5, place, "Europe/Paris")
    assert until.date() - timedelta(days=1) == last


@pytest.mark.parametrize(
    ("home", "begun", "days", "last"),
    [
        (("GB", "", "M1 1AE"), date(2026, 8, 27), 2, date(2026, 9, 1)),  # bank holiday on the 31st
        (("GB", "", "eh1 1yz"), date(2026, 8, 27), 2, date(2026, 8, 31)),  # Scotland's is earlier
        (("GB", "GB-NIR", "BT1 5GS"), date(2027, 7, 9), 2, date(2027, 7, 14)),  # the Twelfth
        (("CA", "CA-MB", "R3C 0V8"), date(2027, 5, 21), 2, date(2027, 5, 26)),  # Victoria Day
        (("CA-QC", "CA-QC", "H2X 1Y4"), date(2027, 6, 23), 2, date(2027, 6, 28)),
        (("FR", "FR-974", "97400"), date(2027, 12, 17), 2, date(2027, 12, 22)),  # 20 December
        (("FR", "", "67000"), date(2027, 3, 25), 2, date(2027, 3, 31)),  # Good Friday
        (("FR", "", "57000"), date(2027, 3, 25), 2, date(2027, 3, 31)),
        (("FR", "", "31000"), date(2027, 3, 25), 2, date(2027, 3, 30)),
        (("DE", "", "80331"), date(2027, 5, 26), 2, date(2027, 5, 31)),  # Corpus Christi
        (("DE", "", "10115"), date(2027, 5, 26), 2, date(2027, 5, 28)),
        (("DE", "DE-XBU", "78266"), date(2027, 5, 26), 2, date(2027, 5, 31)),
        (("CH", "", "1201"), date(2027, 3, 25), 2, date(2027, 3, 31)),  # Good Friday
        (("CH", "", "1290"), date(2027, 3, 25), 2, date(2027, 3, 29)),  # Geneva's or Vaud's
        (("ES", "", "08001"), date(2027, 6, 23), 2, date(2027, 6, 28)),  # Saint John
        (("ES", "ES-CN", "35001"), date(2027, 5, 28), 2, date(2027, 6, 2)),
        (("IT", "", "39100"), date(2027, 5, 14), 2, date(2027, 5, 19)),  # Whit Monday
        (("IT", "IT-XLI", "23041"), date(2027, 5, 14), 2, date(2027, 5, 18)),
        (("PT", "PT-30", "9000-123"), date(2027, 6, 30), 2, date(2027, 7, 5)),  # 1 July
        (("MA", "", ""), date(2027, 1, 8), 2, date(2027, 1, 13)),  # Manifesto of independence
    ],
)
def test_a_new_contract_counts_the_holidays_of_the_assistants_part_of_a_country(
    home: tuple[str, str, str], begun: date, days: int, last: date
) -> None:
    jurisdiction, subdivision, postcode = home
    party = Party(jurisdiction=jurisdiction, subdivision=subdivision, postcode=postcode)
    clocks = documents.clocks_of(party)
    now = datetime.combine(begun, datetime.min.time(), ZoneInfo("UTC"))
    until = rules.business_deadline(now, days, clocks.country, "UTC")
    assert until.date() - timedelta(days=1) == last
    assert place_name(clocks.country) != clocks.country
