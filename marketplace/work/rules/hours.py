"""Owns the arithmetic of hours: minutes cut at midnights, and which of them the held cap pays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from marketplace.work.rules.errors import HoursChanged

ENTRY_MINUTES_MAX = 24 * 60
TIMER_HOURS_MAX = 24  # a forgotten timer stops counting here


def minutes_by_day(started: datetime, ended: datetime, zone: str) -> dict[date, int]:
    """Whole minutes between two moments, cut at each midnight of the zone (days of 23 to 25 hours).

    The sum is the time elapsed, rounded up; the last day takes the rounding.
    """
    here, found, left = ZoneInfo(zone), {}, -(-int((ended - started).total_seconds()) // 60)
    day = started.astimezone(here).date()
    moment = started
    while left > 0:
        midnight = datetime.combine(day + timedelta(days=1), time.min, here).astimezone(UTC)
        part = min(left, int((midnight - moment).total_seconds()) // 60)
        if ended <= midnight:
            part = left
        if part:
            found[day] = min(part, ENTRY_MINUTES_MAX)
        left, day, moment = left - part, day + timedelta(days=1), midnight
    return found


def refuse_newer(updated_at: datetime, seen_at: datetime | None) -> None:
    """Raise HoursChanged when a row changed after the one that its author saw (None: not said)."""
    if seen_at is not None and updated_at != seen_at:
        raise HoursChanged({"form": HoursChanged.message})


def typed(minutes: int) -> str:
    """A duration as the grid shows it: "1:30", nothing for none."""
    return f"{minutes // 60}:{minutes % 60:02}" if minutes else ""


def coverage(lines: Sequence[int], cap_minutes: int) -> list[int]:
    """The minutes of each line that the held cap pays for, first worked first covered.

    What is above is kept and shown as uncovered. A contested line keeps its place, so that its
    money stays held while the others are paid.
    """
    found, left = [], cap_minutes
    for minutes in lines:
        found.append(min(minutes, left))
        left -= found[-1]
    return found
