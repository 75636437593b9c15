"""Owns the life of a unit of work as one table, and the arithmetic of weeks; never writes a row.

A unit is the smallest part of a contract that is funded, delivered, approved and paid: a
milestone, a period of a flat fee, or a week of hours.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from marketplace.core.errors import Conflict, Invalid


def _(msgid: str) -> str:
    return msgid


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
    APPROVED = "approved"
    CANCELLED = "cancelled"


TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.PLANNED: frozenset({Status.FUNDING, Status.FUNDED, Status.CANCELLED}),
    Status.FUNDING: frozenset({Status.PLANNED, Status.FUNDED, Status.CANCELLED}),
    Status.FUNDED: frozenset({Status.SUBMITTED, Status.CANCELLED}),
    Status.SUBMITTED: frozenset({Status.CHANGES_REQUESTED, Status.APPROVED, Status.CANCELLED}),
    Status.CHANGES_REQUESTED: frozenset({Status.SUBMITTED, Status.APPROVED, Status.CANCELLED}),
    Status.APPROVED: frozenset(),
    Status.CANCELLED: frozenset(),
}
SETTLED = frozenset({Status.APPROVED, Status.CANCELLED})
HELD = frozenset({Status.FUNDED, Status.SUBMITTED, Status.CHANGES_REQUESTED})

# Weeks (payments design, section 4): the assistant edits until Monday noon, the client reviews
# until Thursday's end, both in the contract's time zone.
EDIT_UNTIL = time(12, 0)
WEEK_REVIEW_ENDS = timedelta(days=4)
ENTRY_MINUTES_MAX = 24 * 60
DELIVERY_LINKS_MAX = 10
REMINDER_DAYS = (3, 1)


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


class ContractNotRunning(Conflict):
    """The contract is not signed, or has ended."""

    message = _("This contract is not running.")


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


def review_deadline(submitted_at: datetime, review_days: int, zone: str) -> datetime:
    """The end of the last review day: silence approves then."""
    day = submitted_at.astimezone(ZoneInfo(zone)).date() + timedelta(days=review_days + 1)
    return datetime.combine(day, time.min, ZoneInfo(zone))


def covered_minutes(total_minutes: int, cap_minutes: int) -> int:
    """The minutes that the held cap pays for; the others are kept and shown as uncovered (F19)."""
    return min(total_minutes, cap_minutes)


def cited(criteria: list[str], numbers: list[int]) -> list[int]:
    """The valid criterion numbers (from 0). Raises CriterionNeeded when none is left (F29)."""
    chosen = sorted({number for number in numbers if 0 <= number < len(criteria)})
    if criteria and not chosen:
        raise CriterionNeeded({"criteria": CriterionNeeded.message})
    return chosen
