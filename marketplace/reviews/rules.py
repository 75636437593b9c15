"""Owns when a review may be written, what it is made of and why one may be hidden; pure.

What readers of reviews must be told, and what a review must say, follows Code de la consommation,
art. L. 111-7-2 and D. 111-16 to D. 111-19: how reviews are checked, their date and that of the
work, their order, that nobody is paid for one, and the reasons when one is refused.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from marketplace.contracts.rules.states import Actor
from marketplace.core.errors import Conflict
from marketplace.core.i18n import _

REVIEW_DAYS: Final = 14
UNDER_WAY_DAYS: Final = 90
"""A contract that has run so long, with money released, may be reviewed before its end."""
LATE_DAYS: Final = 90
"""Money released so long after the end still opens the reviews."""
REMIND_DAYS: Final = 4
"""Before the last day, who has not sent theirs is reminded, once."""
TEXT_MAX: Final = 2000
REPLY_MAX: Final = 1000
REPORT_MAX: Final = 2000


class Occasion(StrEnum):
    """When a round of reviews opens; each at most once in a contract."""

    UNDER_WAY = "under_way"
    ENDED = "ended"


CRITERIA: Final[dict[Actor, tuple[str, ...]]] = {
    Actor.BUSINESS: ("quality", "communication", "deadlines"),
    Actor.ASSISTANT: ("briefs", "communication", "payment"),
}
"""What each side marks in the other, from 1 to 5."""


class TooLate(Conflict):
    """The round is over: both reviews are in, or its days have passed."""

    message = _("The time to review this contract is over.")


class OnBothSides(Conflict):
    """Whoever acts for both sides would review themselves."""

    message = _("You act for both sides of this contract: you cannot review either.")


class AllGivenBack(Conflict):
    """What was released when the round opened was given back since: nobody paid for this work."""

    message = _("All that was paid under this contract was given back: it cannot be reviewed.")


class AlreadySent(Conflict):
    """A review that was sent never changes."""

    message = _("You have sent your review: it cannot be changed any more.")


class NotOpen(Conflict):
    """No round is open: nothing was released, or the contract neither ended nor ran for long."""

    message = _("This contract cannot be reviewed now.")


class AlreadyReplied(Conflict):
    """One reply is all there is."""

    message = _("You have replied to this review already.")


class NothingToDecide(Conflict):
    """The review is hidden already, or shown already, or nobody reported it."""

    message = _("There is nothing to decide about this review.")


def closes(opened_at: datetime, zone: str) -> datetime:
    """When a round that opens now is over at the latest: its last day ends, in this time zone."""
    day = opened_at.astimezone(ZoneInfo(zone)).date() + timedelta(days=REVIEW_DAYS + 1)
    return datetime.combine(day, time(), ZoneInfo(zone))


def last_day(closes_at: datetime, zone: str) -> date:
    """The last day on which a review may be sent."""
    return closes_at.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)


def other(side: Actor) -> Actor:
    """Who is reviewed by this side."""
    return Actor.ASSISTANT if side is Actor.BUSINESS else Actor.BUSINESS
