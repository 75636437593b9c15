"""Owns the deadlines of work as dates in the contract's time zone; never reads the time itself."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from marketplace.work.rules.states import UnitKind

# Payments design, section 4: the assistant edits until Monday noon, the client reviews until
# Thursday's end, both in the contract's time zone.
EDIT_UNTIL = time(12, 0)
WEEK_REVIEW_ENDS = timedelta(days=4)
REMINDER_DAYS = (3, 1)
# Silence approves only after people had this long to look, also after a downtime of days.
LOOK_DAYS = 3
IDLE_DAYS = 30
PREFUND_AHEAD = timedelta(days=1)  # the saved card is charged on the Sunday before the week
GRACE_DAYS = 2  # until Tuesday's end the client may still pay before hours are called uncovered
ANSWER_BUSINESS_DAYS = 5


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


def review_deadline(submitted_at: datetime, review_days: int, zone: str) -> datetime:
    """The end of the last review day: silence approves then."""
    day = submitted_at.astimezone(ZoneInfo(zone)).date() + timedelta(days=review_days + 1)
    return datetime.combine(day, time.min, ZoneInfo(zone))
