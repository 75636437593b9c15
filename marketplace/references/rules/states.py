"""Owns where a reference stands, its terms and its refusals; never reads or writes."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from marketplace.core.errors import Conflict, Forbidden, NotFound, TooManyRequests
from marketplace.core.i18n import _

WAITS: Final = timedelta(days=30)
REMINDERS: Final = (timedelta(days=4), timedelta(days=15))
"""After the request; there is no third."""
YEARS: Final = 3
"""So long an answer counts and is shown: who worked together longer ago tells little of today."""
ADDRESS_KEPT: Final = timedelta(days=30)
"""After a request is over without an answer that stands, the address and all that was said go; a
keyed hash of the address stays, so that nobody who said no is written to again."""
ASKED_WITHIN: Final = timedelta(hours=24)
ASKED_MAX: Final = 10
ASKED_ONE_MAX: Final = 3
"""Requests of an assistant, and of all of them to one address, in that time: withdrawing frees no
place."""
AGAIN_AFTER: Final = timedelta(days=180)
"""Who did not answer an assistant may be asked by the same one again after so long."""
WITHDRAWN_MAX: Final = 2
"""Requests to one address that an assistant may take back, to correct a slip, before that."""
WAITING_MAX: Final = 20
TEXT_MAX: Final = 400
REPORT_MAX: Final = 2000
NAME_MAX: Final = 80


class Status(StrEnum):
    """Where a reference stands. Only a confirmed one is shown and counts."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    DISOWNED = "disowned"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"
    ENDED = "ended"
    UNREACHED = "unreached"


TRANSITIONS: Final[dict[Status, frozenset[Status]]] = {
    Status.ASKED: frozenset(
        {
            Status.CONFIRMED,
            Status.DECLINED,
            Status.DISOWNED,
            Status.EXPIRED,
            Status.WITHDRAWN,
            Status.UNREACHED,
        }
    ),
    Status.CONFIRMED: frozenset({Status.REMOVED, Status.ENDED}),
}
"""The client answers or says that they know nobody of that name (disowned), nobody does in time,
the assistant takes the request back, or the address does not exist (unreached); what was given is
removed by its giver, or ends with its term or because its giver now acts for the assistant."""

REFUSED: Final = (Status.DECLINED, Status.DISOWNED, Status.REMOVED)
"""Never asked again by the same assistant."""


TAKEN_BACK: Final = (Status.WITHDRAWN, Status.UNREACHED)
"""Nobody has been bothered, but only WITHDRAWN_MAX times."""


class Relation(StrEnum):
    """How the two worked together, as the assistant says and the client reads."""

    CLIENT = "client"
    CONTACT = "contact"
    EMPLOYER = "employer"


class ReferenceOver(Conflict):
    """The request was answered, taken back, or has waited too long."""

    message = _("This request is closed: it was answered, withdrawn or has expired.")


class NothingToJudge(Conflict):
    """The reference is taken down already, or shown already."""

    message = _("Nothing was done: somebody has decided about this reference already.")


class ReferenceLinkUnknown(NotFound):
    """The link of a mail whose request is gone, or no link of ours."""

    message = _("This link leads nowhere any more: what it was about is gone.")


class NotForYourself(Forbidden):
    """Somebody who acts for the assistant would answer in the client's place."""

    message = _("You act for this assistant: only their client can answer.")


class OwnReference(Conflict):
    """The address came to belong to somebody who acts for the assistant."""

    message = _("This address belongs to somebody who acts for the assistant.")


class TooManyWaiting(Conflict):
    """An assistant may not have more than WAITING_MAX requests open."""

    message = _("Too many requests wait for an answer. Withdraw one first.")


class TooManyAsked(TooManyRequests):
    """An assistant asked, or an address was asked, as often as may be in a day."""

    message = _("Enough requests for one day. Please ask again tomorrow.")


class ProfileMissing(Conflict):
    """Only who is in the directory asks for references."""

    message = _("Publish your profile first: your client reads it before answering.")


def following(asked_at: datetime, now: datetime) -> datetime:
    """When the next step of a waiting request is due: a reminder, or its end."""
    steps = (asked_at + after for after in (*REMINDERS, WAITS))
    return next((step for step in steps if step > now), asked_at + WAITS)


def counts_until(answered_on: date) -> date:
    """The last day on which an answer counts: YEARS later, a day before in a short February."""
    year = answered_on.year + YEARS
    if (answered_on.month, answered_on.day) == (2, 29):
        return date(year, 2, 28)
    return answered_on.replace(year=year)
