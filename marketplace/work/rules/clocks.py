"""Owns the deadlines of work as dates in the contract's time zone; never reads the time itself."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from marketplace.contracts.rules.clocks import Clocks
from marketplace.work.rules.states import UnitKind


def _monday_after(day: date) -> date:
    return day + timedelta(days=8 - day.isoweekday())


def _start_of(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone))


def edit_deadline(ends_on: date, zone: str, clocks: Clocks) -> datetime:
    """When the hours of the week that ends on `ends_on` can no longer be changed.

    On the Monday after the week, also for a last week that is cut short by the contract's end.
    """
    return datetime.combine(_monday_after(ends_on), time(clocks.edit_hour), ZoneInfo(zone))


def week_review_deadline(ends_on: date, zone: str, clocks: Clocks) -> datetime:
    """The end of the last review day after the week (Thursday): silence approves then."""
    return _start_of(_monday_after(ends_on) + timedelta(days=clocks.week_review_days), zone)


def week_answer_until(ends_on: date, submitted_at: datetime, zone: str, clocks: Clocks) -> datetime:
    """The review's end, but never less than the look days after a late hand-in (late money)."""
    late = review_deadline(submitted_at, clocks.look_days, zone)
    return max(week_review_deadline(ends_on, zone, clocks), late)


def grace_deadline(ends_on: date, zone: str, clocks: Clocks) -> datetime:
    """The end of the week's last grace day: hours still unpaid are uncovered from then on."""
    monday = ends_on - timedelta(days=ends_on.isoweekday() - 1)
    return _start_of(monday + timedelta(days=clocks.grace_days), zone)


def in_trial(today: date, trial_until: date | None) -> bool:
    """Whether a contract is in its start-up phase, whose last day is `trial_until`."""
    return trial_until is not None and today <= trial_until


def worked_share(price_minor: int, starts_on: date, ends_on: date, today: date) -> int:
    """What of a part's price the days until today are worth, rounded half up to a minor unit."""
    days = (ends_on - starts_on).days + 1
    worked = min(max((today - starts_on).days + 1, 0), days)
    return (2 * price_minor * worked + days) // (2 * days)


def paid_on(
    kind: UnitKind, ends_on: date, review_until: datetime | None, zone: str, clocks: Clocks
) -> date | None:
    """The day by which silence approves at the latest; None when it depends on the hand-in.

    A week that runs normally is paid on the Friday after it.
    """
    if review_until is not None:
        return review_until.astimezone(ZoneInfo(zone)).date()
    if kind is UnitKind.WEEK:
        return week_review_deadline(ends_on, zone, clocks).astimezone(ZoneInfo(zone)).date()
    return None


def latest_release(
    kind: UnitKind, ends_on: date, today: date, review_days: int, clocks: Clocks
) -> date:
    """The last day on which money paid today may leave: the end, the review, the security hold.

    What is handed in late moves it, so it is asked again with every payment.
    """
    ends = max(ends_on, today)
    if kind is UnitKind.WEEK:  # also of a last week that is cut short
        ends = _monday_after(ends) - timedelta(days=1)
    review = clocks.week_review_days + 1 if kind is UnitKind.WEEK else review_days + 1
    return ends + timedelta(days=review + clocks.hold_days)


def review_deadline(submitted_at: datetime, review_days: int, zone: str) -> datetime:
    """The end of the last review day: silence approves then."""
    day = submitted_at.astimezone(ZoneInfo(zone)).date() + timedelta(days=review_days + 1)
    return datetime.combine(day, time.min, ZoneInfo(zone))
