"""Windows of hours: stored within days, disjoint, and shown again as they were typed."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.profiles.rules.coverage import (
    DAY,
    WEEK,
    Window,
    as_typed,
    by_day,
    clock,
    hours_week,
    minute_of,
    stored,
)


def _typed(step: int) -> st.SearchStrategy[Window]:
    return st.builds(
        lambda day, start, end: Window(day, start * step, end * step),
        st.integers(0, 6),
        st.integers(0, DAY // step - 1),
        st.integers(0, DAY // step),
    ).filter(lambda window: window.start_minute != window.end_minute or not window.start_minute)


TYPED = st.lists(_typed(1) | _typed(180), max_size=9)


def minutes(windows: list[Window]) -> set[int]:
    covered: set[int] = set()
    for window in windows:
        length = window.end_minute - window.start_minute
        length += DAY if length <= 0 else 0
        begin = window.weekday * DAY + window.start_minute
        covered |= {minute % WEEK for minute in range(begin, begin + length)}
    return covered


@given(TYPED)
def test_what_is_stored_covers_exactly_what_was_typed(typed: list[Window]) -> None:
    assert minutes(stored(typed)) == minutes(typed)


@given(TYPED)
def test_stored_windows_lie_within_a_day_sorted_and_apart(typed: list[Window]) -> None:
    windows = stored(typed)
    for window in windows:
        assert 0 <= window.start_minute < window.end_minute <= DAY
    for before, after in pairwise(windows):
        assert (before.weekday, before.end_minute) < (after.weekday, after.start_minute)
    assert hours_week(windows) == len(minutes(typed)) / 60
    assert sum(len(day) for day in by_day(windows)) == len(windows)


@given(TYPED)
def test_storing_what_is_shown_changes_nothing(typed: list[Window]) -> None:
    windows = stored(typed)
    assert stored(as_typed(windows)) == windows
    assert len(as_typed(windows)) <= len(windows)


@given(st.integers(0, DAY - 1))
def test_a_minute_reads_as_it_is_written(minute: int) -> None:
    assert minute_of(clock(minute)) == minute


def test_a_night_is_split_at_midnight_and_shown_as_one() -> None:
    night = Window(6, 22 * 60, 6 * 60)
    assert stored([night]) == [Window(0, 0, 360), Window(6, 1320, 1440)]
    assert as_typed(stored([night])) == [night]


def test_a_day_may_end_at_midnight() -> None:
    for end in (0, DAY):
        assert stored([Window(0, 1080, end)]) == [Window(0, 1080, DAY)]
    assert stored([Window(0, 0, 0)]) == [Window(0, 0, DAY)]


@pytest.mark.parametrize(
    "wrong", [Window(7, 0, 60), Window(0, -1, 60), Window(0, 0, 1441), Window(0, 540, 540)]
)
def test_nonsense_is_refused(wrong: Window) -> None:
    with pytest.raises(ValueError, match="a window"):
        stored([wrong])


@pytest.mark.parametrize("wrong", ["", "9", "25:00", "10:60", "24:01", "aa:bb", "-1:00", "1:٣٤"])
def test_a_time_that_is_none_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError):
        minute_of(wrong)
