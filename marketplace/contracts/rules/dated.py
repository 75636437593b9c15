"""Owns the dated steps that changes add, and which would silently undo a later one; pure."""

from __future__ import annotations

from datetime import date
from typing import Any

from marketplace.contracts.rules.terms import (
    Agreement,
    CapRaise,
    FlatFeeTerms,
    HourlyTerms,
    RateChange,
)
from marketplace.core.i18n import _

LATER_WEEK = _(
    "Something else is agreed from the week of %(day)s on: choose that week or a later one."
)
LATER_PERIOD = _("Another price is agreed from period %(n)s on: choose that period or a later one.")
LATER_SIZE = _(
    "Another number of units is agreed from period %(n)s on: choose that period or a later one."
)


Refusal = tuple[str, dict[str, Any]]
"""A message with its parameters, as errors by field take them."""


def steps(
    before: Agreement, after: Agreement
) -> tuple[tuple[RateChange, ...], tuple[CapRaise, ...]]:
    """The rates and caps by the hour that a change adds; none of other kinds."""
    old, new = before.terms, after.terms
    if not isinstance(old, HourlyTerms) or not isinstance(new, HourlyTerms):
        return (), ()
    return new.rates[len(old.rates) :], new.raises[len(old.raises) :]


def mondays(before: Agreement, after: Agreement) -> list[date]:
    """From when on the added rates and caps count."""
    rates, caps = steps(before, after)
    return [*(each.from_week for each in rates), *(each.from_week for each in caps)]


def overridden(before: HourlyTerms, after: HourlyTerms) -> Refusal | None:
    """Why not, where a step that is added would undo one agreed before for a later week."""
    rates, caps = after.rates[len(before.rates) :], after.raises[len(before.raises) :]
    undone = [
        step.from_week
        for step in before.rates
        for new in rates
        if new.from_week < step.from_week and before.rate_of(step.from_week) != new.rate_minor
    ]
    undone += [
        step.from_week
        for step in before.raises
        for new in caps
        if not step.only and not new.only and new.from_week < step.from_week
        if before.lasting_cap_of(step.from_week) != new.minutes
    ]
    return (LATER_WEEK, {"day": max(undone).isoformat()}) if undone else None


def overridden_price(terms: FlatFeeTerms, first: int, minor: int) -> Refusal | None:
    """Why not, where a price from period `first` on would undo one agreed for a later period."""
    later = [step.from_period for step in terms.prices if step.from_period > first]
    undone = [period for period in later if terms.price_of(period) != minor]
    return (LATER_PERIOD, {"n": max(undone)}) if undone else None


def overridden_size(terms: FlatFeeTerms, first: int, size: int) -> Refusal | None:
    """Why not, where a pack's size from period `first` on would undo one agreed for a later one."""
    later = [step.from_period for step in terms.sizes if step.from_period > first]
    undone = [period for period in later if terms.size_of(period) != size]
    return (LATER_SIZE, {"n": max(undone)}) if undone else None
