"""Owns the states of a change of a signed contract and the limits of a higher cap; pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from marketplace.contracts.rules.dated import overridden, steps
from marketplace.contracts.rules.states import Rail, Status
from marketplace.contracts.rules.terms import Agreement, CapRaise, HourlyTerms
from marketplace.core.errors import Conflict, Invalid
from marketplace.core.i18n import _
from payments.fees import FeeTerms


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


# Signed by both and not funded yet, or running.
CHANGEABLE_IN: Final = frozenset({Status.SIGNED, Status.ACTIVE})


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

    message = _(
        "This change no longer waits for an answer: it was answered or replaced. Nothing was done. "
        "Reload the page."
    )


class SignedTooLate(Conflict):
    """Both signed, but the day has come from which the change was to count."""

    message = _(
        "The day from which this change was to count has come already, or its week may be paid as "
        "it was before. Propose the change again."
    )


class NothingChanged(Invalid):
    """The change changes nothing."""

    message = _("Nothing is changed yet. Write what is to be different.")


class CapNotRaised(Invalid):
    """A cap that is not higher than the one that counts, or cannot change now."""


TAX_HAS_CHANGED: Final = _(
    "The tax has changed since this contract was signed: more hours can only count from a week "
    "that is not paid yet, and where payments are only recorded they need a new contract."
)


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
    if undone := overridden(terms, raised):
        raise CapNotRaised({"minutes": undone})
    return agreement.model_copy(update={"terms": raised})


def taxed_too_late(before: Agreement, after: Agreement, today: date) -> bool:
    """Whether a new cap counts from a week that may bear money under another tax already."""
    return bool(
        after.fees != before.fees and steps(before, after)[1] and not starts_unpaid(after, today)
    )


def with_fees(agreement: Agreement, fixed: FeeTerms) -> Agreement:
    """The agreement with the VAT rates of the day. No fee is taken where payments are recorded."""
    if agreement.rail is Rail.RECORDED:
        fixed = replace(agreement.fees, supplier_vat_ppm=fixed.supplier_vat_ppm)
    return agreement.model_copy(update={"fees": fixed})


def starts_unpaid(agreement: Agreement, today: date) -> bool:
    """Whether the newest cap counts from a week that surely bears no money at its old rates.

    A held week is charged `prefund_days` before its Monday, the first one as soon as its client
    likes; what is owed of a recorded week is always reckoned with the contract's present rates.
    """
    terms = agreement.terms
    assert isinstance(terms, HourlyTerms)
    monday = terms.raises[-1].from_week
    charged_on = monday - timedelta(days=agreement.clocks.prefund_days)
    return agreement.rail is Rail.HELD and monday > terms.first_week and today < charged_on
