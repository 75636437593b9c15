"""Weeks of hours across time zones, daylight saving, half hours and midnight."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import coverage
from search.coverage import Window, parse_window, quarters

WINTER = date(2026, 11, 30)
SUMMER = date(2026, 7, 6)
SPRING_CHANGE = date(2027, 3, 22)  # Europe moves its clocks on Sunday 28 March 2027
AMERICA_CHANGED = date(2027, 3, 15)  # America moved on 14 March, Europe not yet
OFFICE = quarters((day * 1440 + 9 * 60, day * 1440 + 18 * 60) for day in range(5))


def asked(text: str) -> Window:
    window = parse_window(text)
    assert window is not None, text
    return window


@pytest.mark.parametrize("monday", [WINTER, SUMMER, SPRING_CHANGE])
def test_office_hours_in_paris_cover_office_hours_in_paris_all_year(monday: date) -> None:
    assert coverage.covers(
        OFFICE, "Europe/Paris", asked("mon-fri@09:00-18:00@Europe/Paris"), monday
    )
    assert not coverage.covers(
        OFFICE, "Europe/Paris", asked("mon-fri@08:00-18:00@Europe/Paris"), monday
    )
    assert not coverage.covers(
        OFFICE, "Europe/Paris", asked("mon-sat@09:00-18:00@Europe/Paris"), monday
    )


def test_the_gap_to_america_narrows_while_only_america_has_changed_its_clocks() -> None:
    wanted = asked("mon-fri@15:00-22:00@Europe/Paris")
    assert coverage.covers(
        quarters((day * 1440 + 9 * 60, day * 1440 + 16 * 60) for day in range(5)),
        "America/Toronto",
        wanted,
        WINTER,
    )
    assert not coverage.covers(
        quarters((day * 1440 + 9 * 60, day * 1440 + 16 * 60) for day in range(5)),
        "America/Toronto",
        wanted,
        AMERICA_CHANGED,
    )


def test_dakar_covers_paris_mornings_in_winter_only() -> None:
    week = quarters((day * 1440 + 8 * 60, day * 1440 + 17 * 60) for day in range(5))
    wanted = asked("mon-fri@09:00-18:00@Europe/Paris")
    assert coverage.covers(week, "Africa/Dakar", wanted, WINTER)
    assert not coverage.covers(week, "Africa/Dakar", wanted, SUMMER)


def test_half_hour_zones_are_exact() -> None:
    assert coverage.covers(
        OFFICE, "Asia/Kolkata", asked("mon-fri@09:00-18:00@Asia/Kolkata"), WINTER
    )
    # 09:00 in India is 04:30 in Paris in winter.
    assert coverage.covers(
        OFFICE, "Asia/Kolkata", asked("mon-fri@04:30-13:30@Europe/Paris"), WINTER
    )
    assert not coverage.covers(
        OFFICE, "Asia/Kolkata", asked("mon-fri@04:00-13:30@Europe/Paris"), WINTER
    )


@pytest.mark.parametrize(
    ("hours", "window", "zone"),
    [
        ([(8 * 60 + 15, 12 * 60 + 15)], "mon@08:15-12:15", "Europe/Paris"),
        ([(8 * 60 + 45, 17 * 60 + 15)], "mon@08:45-17:15", "Europe/Paris"),
        ([(0, 24 * 60)], "mon@00:00-24:00", "Asia/Kathmandu"),
        ([(9 * 60, 18 * 60)], "mon@09:00-18:00", "Australia/Eucla"),
    ],
)
def test_who_offers_the_very_hours_is_found_on_a_quarter_too(
    hours: list[tuple[int, int]], window: str, zone: str
) -> None:
    wanted = asked(f"{window}@{zone}")
    for monday in (WINTER, SUMMER, SPRING_CHANGE):
        assert coverage.covers(quarters(hours), zone, wanted, monday)
        shorter = [(start + 60, end) for start, end in hours]
        assert not coverage.covers(quarters(shorter), zone, wanted, monday)


@pytest.mark.parametrize(
    ("text", "monday"),
    [
        ("mon@08:05-08:10@Europe/Paris", WINTER),
        ("mon@08:01-08:14@Europe/Paris", WINTER),
        ("mon@08:20-08:40@Europe/Paris", WINTER),
        ("mon@01:00-02:00@Europe/Paris", date(2026, 10, 19)),
        ("sun@19:00-20:00@America/New_York", date(2026, 10, 26)),
        ("sun@02:00-03:00@Europe/Paris", SPRING_CHANGE),
    ],
)
def test_hours_however_short_or_rare_are_asked_for(text: str, monday: date) -> None:
    """Within a quarter-hour, or where a change of clocks takes them out of the week in UTC."""
    wanted = asked(text)
    assert coverage.clashing([wanted], monday)
    assert not coverage.covers(frozenset(), wanted.zone, wanted, monday)
    assert not coverage.covers(OFFICE, wanted.zone, wanted, monday)
    always = frozenset(range(coverage.QUARTERS))
    assert coverage.covers(always, wanted.zone, wanted, monday)


def test_weeks_wrap_round_their_end_in_utc_and_at_midnight() -> None:
    sunday_night = quarters([(6 * 1440 + 18 * 60, 7 * 1440)])
    assert coverage.covers(
        sunday_night, "Pacific/Tahiti", asked("sun@18:00-24:00@Pacific/Tahiti"), WINTER
    )
    always = quarters([(0, 7 * 1440)])
    assert coverage.covers(
        always, "Europe/Paris", asked("sat-mon@22:00-06:00@Europe/Paris"), WINTER
    )
    nights = quarters(
        [(d * 1440, d * 1440 + 360) for d in range(7)]
        + [(d * 1440 + 1320, (d + 1) * 1440) for d in range(7)]
    )
    assert coverage.covers(
        nights, "Europe/Paris", asked("mon-sun@22:00-06:00@Europe/Paris"), WINTER
    )


@given(
    st.integers(0, 6),
    st.integers(0, 6),
    st.integers(0, 47),
    st.integers(1, 48),
    st.sampled_from(["Europe/Paris", "Asia/Kolkata", "America/Toronto", "Pacific/Tahiti"]),
    st.sampled_from([WINTER, SUMMER, SPRING_CHANGE, AMERICA_CHANGED]),
)
def test_whoever_works_always_covers_everything_and_nobody_covers_without_hours(
    first: int, last: int, start: int, length: int, zone: str, monday: date
) -> None:
    end = (start + length) * 30
    window = Window(first, last, start * 30, end if end <= 1440 else end - 1440, zone)
    assert parse_window(str(window)) == window
    assert coverage.covers(quarters([(0, 7 * 1440)]), "Europe/Madrid", window, monday)
    assert not coverage.covers(frozenset(), "Europe/Madrid", window, monday)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mon",
        "mon@25:00-26:00@Europe/Paris",
        "foo@08:00-09:00@Europe/Paris",
        "mon@08:00-09:00@Mars/X",
        "mon@8-9@UTC",
    ],
)
def test_nonsense_is_no_window(text: str) -> None:
    assert parse_window(text) is None


def test_the_visitor_sees_the_week_at_home() -> None:
    week = coverage.week_in_zone(OFFICE, "Europe/Paris", "Europe/London", WINTER)
    assert week == [[(8 * 60, 17 * 60)]] * 5 + [[], []]
    india = coverage.week_in_zone(OFFICE, "Europe/Paris", "Asia/Kolkata", WINTER)
    assert india[0] == [(13 * 60 + 30, 22 * 60 + 30)]
    tahiti = coverage.week_in_zone(OFFICE, "Europe/Paris", "Pacific/Tahiti", WINTER)
    assert tahiti[0] == [(0, 7 * 60), (22 * 60, 24 * 60)]
    assert tahiti[6] == [(22 * 60, 24 * 60)]


@pytest.mark.parametrize(
    ("zone", "monday"),
    [
        ("America/Toronto", date(2027, 11, 1)),
        ("Australia/Sydney", date(2027, 3, 29)),
        ("Europe/Paris", date(2027, 10, 25)),
        ("Europe/Paris", date(2027, 3, 22)),
    ],
)
def test_whoever_covers_the_whole_week_does_so_when_the_clocks_change(
    zone: str, monday: date
) -> None:
    whole = frozenset(range(coverage.QUARTERS))
    for shown_in in (zone, "UTC", "Europe/London"):
        week = coverage.week_in_zone(whole, zone, shown_in, monday)
        assert week == [[(0, 24 * 60)]] * 7, shown_in
    office = coverage.week_in_zone(OFFICE, zone, zone, monday)
    assert office == [[(9 * 60, 18 * 60)]] * 5 + [[], []]


def test_the_reference_week_is_the_next_whole_one() -> None:
    assert coverage.reference_week(date(2026, 11, 23)) == date(2026, 11, 30)
    assert coverage.reference_week(date(2026, 11, 29)) == date(2026, 11, 30)
    assert coverage.clock_stamp("Europe/Paris", WINTER) != coverage.clock_stamp(
        "Europe/Paris", SUMMER
    )
    assert coverage.clock_stamp("Africa/Dakar", WINTER) == coverage.clock_stamp(
        "Africa/Dakar", SUMMER
    )


@given(
    st.sets(st.integers(0, 671)).map(frozenset),
    st.sampled_from(["Europe/Paris", "Asia/Kathmandu", "America/Toronto", "Pacific/Tahiti"]),
    st.lists(
        st.sampled_from(
            (
                "mon-fri@08:00-18:00@Europe/Paris",
                "sun@22:30-02:30@Asia/Kolkata",
                "sat-sun@06:30-07:00@America/Toronto",
                "wed@13:00-13:30@Europe/London",
            )
        ),
        min_size=1,
        max_size=3,
    ),
    st.sampled_from([WINTER, SUMMER, SPRING_CHANGE]),
)
def test_what_is_indexed_tells_exactly_who_covers(
    week: frozenset[int], zone: str, texts: list[str], monday: date
) -> None:
    windows = [asked(text) for text in texts]
    for hours in (week, frozenset(range(672)), OFFICE):
        clash = {*coverage.busy_blocks(hours, zone, monday)} & {*coverage.clashing(windows, monday)}
        assert (not clash) == all(coverage.covers(hours, zone, one, monday) for one in windows)
