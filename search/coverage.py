"""Owns weeks of covered hours and their translation to UTC; never knows whose week it is.

A week is a set of local quarter-hours 0..671 (0 = Monday 00:00-00:15) in a time zone. Weeks meet
in UTC half-hours 0..335 of one reference week, the next whole one from Monday 00:00 UTC, in which
every instant is looked up in the zone's own rules: daylight saving may begin or end inside it.
Weeks wrap: Sunday night in Tahiti is Monday in UTC. A half-hour counts as covered, and as wanted,
only when all of it is. So whoever covers all that was asked for is always found; of hours that
begin or end within a half-hour ("8:15-12:15", or whole hours in Nepal) that part is not compared.
"""

from __future__ import annotations

import re
import zlib
from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SLOTS: Final = 336
QUARTERS: Final = 672
BLOCK: Final = 4
"""Half-hours that the index keeps together."""
_DAY_MINUTES: Final = 24 * 60
_NO_ZONES: Final = {"localtime", "Factory", "posixrules"}
"""Stand among the zones of a machine and mean nowhere, or wherever the machine stands."""
_WINDOW: Final = re.compile(
    r"(?P<first>[a-z]{3})(?:-(?P<last>[a-z]{3}))?"
    r"@(?P<from>\d{1,2}:\d{2})-(?P<to>\d{1,2}:\d{2})@(?P<zone>[A-Za-z0-9_+/-]{1,64})"
)


@dataclass(frozen=True, slots=True)
class Window:
    """Days (0 = Monday) from one local minute of the day to another, in a time zone.

    `to_minute` at or before `from_minute` runs past midnight into the next day.
    """

    first_day: int
    last_day: int
    from_minute: int
    to_minute: int
    zone: str

    def __str__(self) -> str:
        """The canonical form, as it stands in an address: mon-fri@08:00-18:00@Europe/Paris."""
        days = DAYS[self.first_day]
        if self.last_day != self.first_day:
            days += f"-{DAYS[self.last_day]}"
        return f"{days}@{_clock(self.from_minute)}-{_clock(self.to_minute)}@{self.zone}"

    @property
    def by_quarters(self) -> bool:
        """Whether it begins or ends within a half-hour."""
        return bool(self.from_minute % 30 or self.to_minute % 30)

    def days(self) -> list[int]:
        """The days it starts on; "sat-mon" wraps round the end of the week."""
        count = (self.last_day - self.first_day) % 7 + 1
        return [(self.first_day + step) % 7 for step in range(count)]


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


@lru_cache(maxsize=1)
def time_zones() -> frozenset[str]:
    """Every IANA time zone known here; finding them walks a folder, so it is done once."""
    return frozenset(available_timezones()) - _NO_ZONES


def parse_window(text: str) -> Window | None:
    """A window from its written form, or None when it says nothing sensible."""
    match = _WINDOW.fullmatch(text.strip())
    if not match or match["zone"] not in time_zones():
        return None
    first, last = match["first"], match["last"] or match["first"]
    start, end = _minutes(match["from"]), _minutes(match["to"])
    if first not in DAYS or last not in DAYS or start is None or end is None:
        return None
    if start == _DAY_MINUTES:
        return None
    return Window(DAYS.index(first), DAYS.index(last), start, end, match["zone"])


def _minutes(clock: str) -> int | None:
    hours, minutes = (int(part) for part in clock.split(":"))
    total = hours * 60 + minutes
    return total if minutes < 60 and total <= _DAY_MINUTES else None


def reference_week(today: date) -> date:
    """The Monday (UTC) of the week all comparisons use: the next one, never the running one."""
    return today + timedelta(days=7 - today.weekday())


@lru_cache(maxsize=2048)
def _local_minutes(zone: str, monday: date) -> tuple[int, ...]:
    """For each UTC quarter-hour of the week: the local minute of the week at its start."""
    tz = ZoneInfo(zone)
    start = datetime(monday.year, monday.month, monday.day, tzinfo=UTC)
    minutes = []
    for quarter in range(QUARTERS):
        local = (start + timedelta(minutes=15 * quarter)).astimezone(tz)
        minutes.append((local.weekday() * 24 + local.hour) * 60 + local.minute)
    return tuple(minutes)


def quarters(spans: Iterable[tuple[int, int]]) -> frozenset[int]:
    """The quarter-hours wholly inside spans of local minutes of the week (end excluded)."""
    return frozenset(
        quarter for start, end in spans for quarter in range(-(-start // 15), end // 15)
    )


def covered_slots(week: frozenset[int], zone: str, monday: date) -> frozenset[int]:
    """The UTC half-hours of the week from `monday` wholly inside the local week."""
    minutes = _local_minutes(zone, monday)
    return frozenset(
        slot
        for slot in range(SLOTS)
        if minutes[2 * slot] // 15 in week and minutes[2 * slot + 1] // 15 in week
    )


def _in_blocks(slots: Iterable[int]) -> dict[int, int]:
    """Two hours of the week -> which of its half-hours are among `slots`, as bits."""
    found: dict[int, int] = {}
    for slot in slots:
        block, bit = divmod(slot, BLOCK)
        found[block] = found.get(block, 0) | 1 << bit
    return found


def busy_blocks(week: frozenset[int], zone: str, monday: date) -> list[int]:
    """The UTC half-hours **not** covered, two hours of them a number: what the index keeps.

    One number for each half-hour would be two fifths of the whole index.
    """
    covered = covered_slots(week, zone, monday)
    away = _in_blocks(slot for slot in range(SLOTS) if slot not in covered)
    return sorted(block << BLOCK | bits for block, bits in away.items())


def clashing(windows: Iterable[Window], monday: date) -> list[int]:
    """The numbers of `busy_blocks` that a week which covers all the windows has none of."""
    wanted = _in_blocks(frozenset().union(*(window_slots(window, monday) for window in windows)))
    return [
        block << BLOCK | bits
        for block, mask in sorted(wanted.items())
        for bits in range(1, 1 << BLOCK)
        if bits & mask
    ]


@lru_cache(maxsize=1024)
def window_slots(window: Window, monday: date) -> frozenset[int]:
    """The UTC half-hours of the week from `monday` wholly inside the window.

    Those that it touches where none is: a window of any length asks for something.
    """
    local = dict(enumerate(_local_minutes(window.zone, monday)))
    spans = _wanted_minutes(window)
    inside = {at for at, time in local.items() if _within(time, spans, whole=True)}
    slots = {at // 2 for at in inside if at ^ 1 in inside}
    for missing in set(range(QUARTERS)).difference(time // 15 for time in local.values()):
        if _within(missing * 15, spans, whole=True):
            slots.add(_at(missing, window.zone, "UTC", monday) // 2)
    touched = (at // 2 for at, time in local.items() if _within(time, spans, whole=False))
    return frozenset(slots or touched)


def _within(time: int, spans: list[tuple[int, int]], *, whole: bool) -> bool:
    """Whether the quarter-hour from a local minute of the week on is inside one of the spans."""
    first, last = (0, 15) if whole else (14, 1)
    return any(start <= time + first and time + last <= end for start, end in spans)


def _wanted_minutes(window: Window) -> list[tuple[int, int]]:
    week = 7 * _DAY_MINUTES
    length = (window.to_minute - window.from_minute) % _DAY_MINUTES or _DAY_MINUTES
    spans = []
    for day in window.days():
        start = day * _DAY_MINUTES + window.from_minute
        end = start + length
        spans.append((start, min(end, week)))
        if end > week:
            spans.append((0, end - week))
    return spans


def covers(week: frozenset[int], zone: str, window: Window, monday: date) -> bool:
    """Whether the week contains the whole window in the reference week."""
    return window_slots(window, monday) <= covered_slots(week, zone, monday)


def week_in_zone(
    week: frozenset[int], zone: str, shown_in: str, monday: date
) -> list[list[tuple[int, int]]]:
    """The week as a visitor sees it: for each of 7 days its covered spans, in minutes of the day.

    A quarter-hour that a change of clocks makes come twice counts when it is covered both times;
    one that it takes out of the week in UTC is looked up by itself.
    """
    try:
        shown = _local_minutes(shown_in, monday)
    except (ZoneInfoNotFoundError, ValueError):
        shown_in, shown = "UTC", _local_minutes("UTC", monday)
    own = _local_minutes(zone, monday)
    away = {theirs // 15 for mine, theirs in zip(own, shown, strict=True) if mine // 15 not in week}
    for quarter in set(range(QUARTERS)).difference(theirs // 15 for theirs in shown):
        if _at(quarter, shown_in, zone, monday) not in week:
            away.add(quarter)
    days: list[list[tuple[int, int]]] = [[] for _day in range(7)]
    for quarter in sorted(set(range(QUARTERS)) - away):
        day, start = divmod(quarter * 15, _DAY_MINUTES)
        spans = days[day]
        if spans and spans[-1][1] == start:
            spans[-1] = (spans[-1][0], start + 15)
        else:
            spans.append((start, start + 15))
    return days


def _at(quarter: int, zone: str, other: str, monday: date) -> int:
    """The quarter-hour of the week that it is in another zone, also outside the week in UTC."""
    midnight = datetime(monday.year, monday.month, monday.day, tzinfo=ZoneInfo(zone))
    local = (midnight + timedelta(minutes=15 * quarter)).astimezone(ZoneInfo(other))
    return ((local.weekday() * 24 + local.hour) * 60 + local.minute) // 15


@lru_cache(maxsize=2048)
def clock_stamp(zone: str, monday: date) -> int:
    """Tells two weeks apart in which a zone's clock runs differently: daylight saving changed."""
    return zlib.crc32(array("H", _local_minutes(zone, monday)).tobytes())
