"""Owns which limits concern an assistant and what is said when one is reached; pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Final

from marketplace.core.i18n import _
from marketplace.jurisdictions.rules import Effect, Scheme, Watch

if TYPE_CHECKING:
    from marketplace.jurisdictions.queries import Limit

YEARS_BACK: Final = 1
"""Turnover made outside can be declared for this year and so many before it."""

SUBJECTS: Final = {
    80: _("Your turnover has reached 80% of a limit"),
    100: _("Your turnover has reached a limit"),
}
WHAT_FOLLOWS: Final = {
    Effect.AT_ONCE: _(
        "Above it VAT is due at once, from the day on which it is passed: register with your tax "
        "office, then change your tax status here and add your VAT number."
    ),
    Effect.NEXT_YEAR: _(
        "Above it your VAT exemption ends on 1 January of next year: register with your tax office "
        "before that day."
    ),
    None: _("Ask your tax office what passing it means for you, and from when."),
}


def concerns(limit: Limit, scheme: Scheme, *, personal: bool, on: date, vat: bool = True) -> bool:
    """Whether a limit is watched for a party of this VAT scheme and legal form on a day.

    Who charges VAT has no VAT limit to watch; simplified regimes are for sole traders only. `vat`
    is false where the country's VAT is not levied (French Polynesia, the Canaries).
    """
    if limit.watch is None or not limit.holds(on):
        return False
    if limit.watch is Watch.REGIME:
        return personal
    return scheme is not Scheme.REGISTERED and (vat or limit.watch is not Watch.TURNOVER)


def by_month(earned: Iterable[tuple[date, int]]) -> list[int]:
    """The year's amounts month by month, January first."""
    months = [0] * 12
    for day, minor in earned:
        months[day.month - 1] += minor
    return months
