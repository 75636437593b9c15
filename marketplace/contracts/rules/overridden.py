"""Owns which step agreed for later a newer one, dated before it, would silently undo; pure."""

from __future__ import annotations

from datetime import date

from marketplace.contracts.rules.terms import HourlyTerms
from marketplace.core.i18n import _

LATER_WEEK = _(
    "Something else is agreed from the week of %(day)s on: choose that week or a later one."
)
LATER_PERIOD = _("Another price is agreed from period %(n)s on: choose that period or a later one.")


def overridden(before: HourlyTerms, after: HourlyTerms) -> date | None:
    """The last Monday of a step agreed before that the newest one, dated earlier, would undo."""
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
    return max(undone, default=None)
