"""Owns the life of a unit of work as one table, and the arithmetic of weeks; never writes a row.

A unit is the smallest part of a contract that is funded, delivered, approved and paid: a
milestone, a period of a flat fee, or a week of hours.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

import holidays

from marketplace.core.errors import Conflict, Invalid
from marketplace.core.i18n import _


class UnitKind(StrEnum):
    """What a unit stands for."""

    MILESTONE = "milestone"
    PERIOD = "period"
    WEEK = "week"


class Status(StrEnum):
    """Where a unit stands. Only FUNDED and what follows it means that money is held (F16)."""

    PLANNED = "planned"
    FUNDING = "funding"
    FUNDED = "funded"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes_requested"
    CONTESTED = "contested"
    APPROVED = "approved"
    CANCELLED = "cancelled"


TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.PLANNED: frozenset({Status.FUNDING, Status.FUNDED, Status.CANCELLED}),
    Status.FUNDING: frozenset({Status.PLANNED, Status.FUNDED, Status.CANCELLED}),
    Status.FUNDED: frozenset({Status.SUBMITTED, Status.CANCELLED}),
    Status.SUBMITTED: frozenset(
        {Status.CHANGES_REQUESTED, Status.CONTESTED, Status.APPROVED, Status.CANCELLED}
    ),
    Status.CHANGES_REQUESTED: frozenset({Status.SUBMITTED, Status.APPROVED, Status.CANCELLED}),
    # A week whose other lines are paid while single ones are still argued about (F30).
    Status.CONTESTED: frozenset({Status.APPROVED, Status.CANCELLED}),
    Status.APPROVED: frozenset(),
    Status.CANCELLED: frozenset(),
}
SETTLED = frozenset({Status.APPROVED, Status.CANCELLED})
HELD = frozenset({Status.FUNDED, Status.SUBMITTED, Status.CHANGES_REQUESTED, Status.CONTESTED})
UNPAID = frozenset({Status.PLANNED, Status.FUNDING})
# What stays when the contract ends: handed in, so it is reviewed and paid in its own time.
KEPT = frozenset({Status.SUBMITTED, Status.CONTESTED})


class EntryState(StrEnum):
    """Where hours of one day stand. What is not contested in the review counts."""

    COUNTED = "counted"
    CONTESTED = "contested"
    ACCEPTED = "accepted"
    REDUCED = "reduced"
    WITHDRAWN = "withdrawn"


ENTRY_TRANSITIONS: dict[EntryState, frozenset[EntryState]] = {
    EntryState.COUNTED: frozenset({EntryState.CONTESTED}),
    EntryState.CONTESTED: frozenset(
        {EntryState.ACCEPTED, EntryState.REDUCED, EntryState.WITHDRAWN}
    ),
    EntryState.ACCEPTED: frozenset(),
    EntryState.REDUCED: frozenset(),
    EntryState.WITHDRAWN: frozenset(),
}

# Weeks (payments design, section 4): the assistant edits until Monday noon, the client reviews
# until Thursday's end, both in the contract's time zone.
EDIT_UNTIL = time(12, 0)
WEEK_REVIEW_ENDS = timedelta(days=4)
ENTRY_MINUTES_MAX = 24 * 60
TIMER_HOURS_MAX = 24  # a forgotten timer stops counting here
DELIVERY_LINKS_MAX = 10
REMINDER_DAYS = (3, 1)
# Silence approves only after people had this long to look, also after a downtime of days.
LOOK_DAYS = 3
IDLE_DAYS = 30
PREFUND_AHEAD = timedelta(days=1)  # the saved card is charged on the Sunday before the week
GRACE_DAYS = 2  # until Tuesday's end the client may still pay before hours are called uncovered
ANSWER_BUSINESS_DAYS = 5


class IllegalStep(Conflict):
    """The unit's state has no such step."""

    message = _("This part of the work is no longer at that stage. Reload the page.")


class NotFunded(Conflict):
    """Work would start before its money is held."""

    message = _("The money for this part is not held yet. Wait for the funding before you start.")


class CriterionNeeded(Invalid):
    """A rejection names none of the agreed criteria (F29)."""

    message = _("Name at least one agreed criterion that is not met.")


class WeekClosed(Conflict):
    """The timesheet is past its editing time."""

    message = _("This week is closed. Hours can be changed until Monday noon.")


class NothingToSubmit(Conflict):
    """A week without hours."""

    message = _("There are no hours in this week yet.")


class OutsideWeek(Invalid):
    """The day is not in this week or not yet there."""


class ContractPaused(Conflict):
    """Nothing is charged or entered while a contract rests (F20)."""

    message = _("This contract is paused. The client can resume it.")


class NotPaused(Conflict):
    """There is nothing to resume."""

    message = _("This contract is not paused.")


class TimerRunning(Conflict):
    """One timer a person at a time."""

    message = _("Your timer is already running. Stop it first.")


class NoTimer(Conflict):
    """There is nothing to stop."""

    message = _("No timer is running here.")


class NotContestable(Conflict):
    """The line is settled, or its week is not under review."""

    message = _("This line can no longer be contested.")


class NotContested(Conflict):
    """There is nothing to answer."""

    message = _("This line is not contested any more. Reload the page.")


class LessExpected(Invalid):
    """A contest that asks for nothing less."""


class ContractNotRunning(Conflict):
    """The contract is not signed, or has ended."""

    message = _("This contract is not running.")


class BadShare(Invalid):
    """A share of a unit that is not held, or of more than is held."""


class PartOpen(Conflict):
    """One part payment at a time waits for an answer."""

    message = _("A part payment already waits for an answer.")


class NoPart(Conflict):
    """There is no part payment to answer."""

    message = _("No part payment waits for an answer. Reload the page.")


class AlreadyEnding(Conflict):
    """Somebody has proposed the end before."""

    message = _("Ending this contract has already been proposed.")


def check(status: Status, target: Status) -> None:
    """Raise IllegalStep unless the table has the step."""
    if target not in TRANSITIONS[status]:
        raise IllegalStep


def edit_deadline(ends_on: date, zone: str) -> datetime:
    """When the hours of the week that ends on `ends_on` can no longer be changed.

    The Monday after the week, also for a last week that is cut short by the contract's end.
    """
    monday = ends_on + timedelta(days=8 - ends_on.isoweekday())
    return datetime.combine(monday, EDIT_UNTIL, ZoneInfo(zone))


def week_review_deadline(ends_on: date, zone: str) -> datetime:
    """The end of the Thursday after the week: silence approves then."""
    monday = ends_on + timedelta(days=8 - ends_on.isoweekday())
    return datetime.combine(monday + WEEK_REVIEW_ENDS, time.min, ZoneInfo(zone))


def week_answer_until(ends_on: date, submitted_at: datetime, zone: str) -> datetime:
    """Thursday's end, but never less than LOOK_DAYS after a late hand-in (downtime, late money)."""
    late = review_deadline(submitted_at, LOOK_DAYS, zone)
    return max(week_review_deadline(ends_on, zone), late)


def grace_deadline(ends_on: date, zone: str) -> datetime:
    """The end of the week's Tuesday: hours of a week still unpaid are uncovered from then on."""
    monday = ends_on - timedelta(days=ends_on.isoweekday() - 1)
    return datetime.combine(monday + timedelta(days=GRACE_DAYS), time.min, ZoneInfo(zone))


def in_trial(today: date, starts_on: date, trial_days: int) -> bool:
    """Whether a contract is in its start-up phase: so many days from the start, as printed."""
    return trial_days > 0 and today < starts_on + timedelta(days=trial_days)


def worked_share(price_minor: int, starts_on: date, ends_on: date, today: date) -> int:
    """What of a period's price the days until today are worth, rounded half up to a minor unit."""
    days = (ends_on - starts_on).days + 1
    worked = min(max((today - starts_on).days + 1, 0), days)
    return (2 * price_minor * worked + days) // (2 * days)


def paid_on(kind: UnitKind, ends_on: date, review_until: datetime | None, zone: str) -> date | None:
    """The day by which silence pays at the latest; None when it depends on the hand-in.

    A week that runs normally is paid on the Friday after it.
    """
    if review_until is not None:
        return review_until.astimezone(ZoneInfo(zone)).date()
    if kind is UnitKind.WEEK:
        return week_review_deadline(ends_on, zone).astimezone(ZoneInfo(zone)).date()
    return None


@cache
def _holidays(place: str) -> holidays.HolidayBase:
    """Public holidays of "FR" or "CA-QC"; of an unknown place none, so that weekends remain."""
    country, _dash, part = place.partition("-")
    for subdivision in (part, None) if part else (None,):
        try:
            return holidays.country_holidays(country, subdiv=subdivision)
        except NotImplementedError:
            continue
    return holidays.HolidayBase()


def is_business_day(day: date, place: str) -> bool:
    """Monday to Friday without the public holidays of a country or part of one (F32)."""
    return day.isoweekday() < 6 and day not in _holidays(place)


def business_deadline(now: datetime, days: int, place: str, zone: str) -> datetime:
    """The end of the `days`-th business day after today, in the contract's zone (F32)."""
    day = now.astimezone(ZoneInfo(zone)).date()
    left = days
    while left:
        day += timedelta(days=1)
        left -= is_business_day(day, place)
    return datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(zone))


def review_deadline(submitted_at: datetime, review_days: int, zone: str) -> datetime:
    """The end of the last review day: silence approves then."""
    day = submitted_at.astimezone(ZoneInfo(zone)).date() + timedelta(days=review_days + 1)
    return datetime.combine(day, time.min, ZoneInfo(zone))


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


def coverage(lines: Sequence[int], cap_minutes: int) -> list[int]:
    """The minutes of each line that the held cap pays for, first worked first covered (F19).

    What is above is kept and shown as uncovered. A contested line keeps its place, so that its
    money stays held while the others are paid.
    """
    found, left = [], cap_minutes
    for minutes in lines:
        found.append(min(minutes, left))
        left -= found[-1]
    return found


def cited(criteria: list[str], numbers: list[int]) -> list[int]:
    """The valid criterion numbers (from 0). Raises CriterionNeeded when none is left (F29)."""
    chosen = sorted({number for number in numbers if 0 <= number < len(criteria)})
    if criteria and not chosen:
        raise CriterionNeeded({"criteria": CriterionNeeded.message})
    return chosen
