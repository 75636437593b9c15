"""Owns windows of covered hours: splitting nights, merging overlaps, showing them again.

A window is (weekday 0 Monday to 6 Sunday, start minute, end minute) of a local week. As typed, an
end at or before the start runs into the next day; as stored, windows lie within a day (the end may
be 1440), are sorted and never touch.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

DAY: Final = 1440
DAYS: Final = 7
WEEK: Final = DAY * DAYS
_CLOCK: Final = re.compile(r"([0-9]{1,2}):([0-5][0-9])(?::00)?$")
PER_DAY_MAX: Final = 3  # what the form shows; more would be lost on the next save


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Covered minutes of one weekday; the end is excluded."""

    weekday: int
    start_minute: int
    end_minute: int


def stored(typed: Iterable[Window]) -> list[Window]:
    """Windows as stored, from windows as typed. Raises ValueError outside a day or for no time."""
    minutes: list[tuple[int, int]] = []
    for window in typed:
        inside = 0 <= window.weekday < DAYS and 0 <= window.start_minute < DAY
        if not inside or not 0 <= window.end_minute <= DAY:
            msg = "a window lies within a weekday"
            raise ValueError(msg)
        length = window.end_minute - window.start_minute
        if length == 0 and window.start_minute != 0:
            msg = "a window has a length"
            raise ValueError(msg)
        begin = window.weekday * DAY + window.start_minute
        end = begin + (length if length > 0 else length + DAY)
        minutes.append((begin, min(end, WEEK)))
        if end > WEEK:
            minutes.append((0, end - WEEK))
    return _cut_at_midnight(_merged(minutes))


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


def _cut_at_midnight(spans: list[tuple[int, int]]) -> list[Window]:
    windows = []
    for begin, end in spans:
        while begin < end:
            day = begin // DAY
            until = min(end, (day + 1) * DAY)
            windows.append(Window(day, begin - day * DAY, until - day * DAY))
            begin = until  # noqa: PLW2901 - the rest of the span
    return windows


def as_typed(windows: Iterable[Window]) -> list[Window]:
    """Stored windows as a person would type them: a night is one window into the next day.

    Whole days stay whole days (0 to 0). Feeding the result to `stored` gives the same windows.
    """
    known = sorted(windows)
    at_midnight = {each.weekday: each for each in known if each.start_minute == 0}
    absorbed: set[Window] = set()
    typed: list[tuple[Window, Window]] = []
    for window in known:
        after = at_midnight.get((window.weekday + 1) % DAYS)
        runs_on = window.end_minute == DAY and window.start_minute > 0
        if runs_on and after is not None and after.end_minute < window.start_minute:
            absorbed.add(after)
            until = after.end_minute
        else:
            until = window.end_minute % DAY
        typed.append((window, Window(window.weekday, window.start_minute, until)))
    return [shown for window, shown in typed if window not in absorbed]


def by_day(windows: Iterable[Window]) -> list[list[tuple[int, int]]]:
    """Seven lists of (start, end) minutes, Monday first: for the read-only week."""
    days: list[list[tuple[int, int]]] = [[] for _ in range(DAYS)]
    for window in sorted(windows):
        days[window.weekday].append((window.start_minute, window.end_minute))
    return days


def hours_week(windows: Iterable[Window]) -> float:
    """The hours covered in a week."""
    return sum(each.end_minute - each.start_minute for each in windows) / 60


def clock(minute: int) -> str:
    """A minute of the day as HH:MM; 1440 is 00:00."""
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


def minute_of(clock_text: str) -> int:
    """HH:MM as a minute of the day; 24:00 is 1440. Raises ValueError."""
    match = _CLOCK.match(clock_text.strip())
    total = int(match[1]) * 60 + int(match[2]) if match else DAY + 1
    if total > DAY:
        msg = "not a time"
        raise ValueError(msg)
    return total
