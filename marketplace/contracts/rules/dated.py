"""Owns the dated steps that changes add, and which would silently undo a later one; pure."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

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


Step = TypeVar("Step", RateChange, CapRaise)
Refusal = tuple[str, dict[str, Any]]
"""A message with its parameters, as errors by field take them."""


def steps(
    before: Agreement, after: Agreement
) -> tuple[tuple[RateChange, ...], tuple[CapRaise, ...]]:
    """The rates and caps by the hour that a change adds; none of other kinds."""
    old, new = before.terms, after.terms
    if not isinstance(old, HourlyTerms) or not isinstance(new, HourlyTerms):
        return (), ()
    return (
        new.rates[len(_kept(old.rates, new.rates, new.first_week)) :],
        new.raises[len(_kept(old.raises, new.raises, new.first_week)) :],
    )


def after_the_start(series: tuple[Step, ...], first: date) -> tuple[Step, ...]:
    """The steps that do not count from the first week on, whose values the terms have themselves.

    A cap for one week only stays.
    """
    return tuple(each for each in series if each.from_week > first or getattr(each, "only", False))


def _kept(old: tuple[Step, ...], new: tuple[Step, ...], first: date) -> tuple[Step, ...]:
    """What of the old steps is there still: before the first money the first ones may be gone."""
    return old if new[: len(old)] == old else after_the_start(old, first)


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
