"""Owns how a running contract is changed: a higher weekly cap, its limits and states; pure."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

from marketplace.contracts.rules.terms import Agreement, CapRaise, HourlyTerms
from marketplace.core.errors import Conflict, Invalid
from marketplace.core.i18n import _


class ChangeStatus(StrEnum):
    """Where a proposed change stands. `VOID`: the contract ended meanwhile."""

    OPEN = "open"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    VOID = "void"


CHANGE_TRANSITIONS: dict[ChangeStatus, frozenset[ChangeStatus]] = {
    status: frozenset(ChangeStatus) - {ChangeStatus.OPEN}
    if status is ChangeStatus.OPEN
    else frozenset()
    for status in ChangeStatus
}


class Weeks(StrEnum):
    """For which weeks a higher cap counts."""

    THIS = "this"
    FROM_THIS = "from_this"
    FROM_NEXT = "from_next"


class ChangeOpen(Conflict):
    """One change at a time waits for signatures."""

    message = _("A change already waits for signatures. Answer it first.")


class NoChange(Conflict):
    """Nothing waits for an answer."""

    message = _("No change waits for an answer. Reload the page.")


class CapNotRaised(Invalid):
    """A cap that is not higher than the one that counts, or cannot change now."""


def with_cap(agreement: Agreement, minutes: int, weeks: Weeks, today: date) -> Agreement:
    """The agreement with a higher weekly cap and nothing else changed. Raises CapNotRaised."""
    terms = agreement.terms
    assert isinstance(terms, HourlyTerms)
    monday = today - timedelta(days=today.weekday())
    if weeks is Weeks.FROM_NEXT:
        monday += timedelta(days=7)
    monday = max(monday, terms.first_week)
    if minutes <= terms.cap_of(monday):
        raise CapNotRaised({"minutes": _("Write more hours than the present cap.")})
    found = CapRaise(from_week=monday, minutes=minutes, only=weeks is Weeks.THIS)
    raised = terms.model_copy(update={"raises": (*terms.raises, found)})
    return agreement.model_copy(update={"terms": raised})
