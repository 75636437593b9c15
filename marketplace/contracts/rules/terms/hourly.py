"""Owns the terms of work by the hour, within a weekly cap."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, field_validator

from marketplace.contracts.rules.terms.values import Day, Frozen, PriceMinor, WeekMinutes
from marketplace.core.i18n import _
from payments.money import half_up


class Remainder(StrEnum):
    """What happens to held hours that were not worked."""

    ROLL = "roll"
    RETURN = "return"


class CapRaise(Frozen):
    """A higher weekly cap signed later: from the week of this Monday on, or for that one `only`."""

    from_week: Day
    minutes: WeekMinutes
    only: bool = False


class RateChange(Frozen):
    """Another hourly rate signed later, from the week of this Monday on."""

    from_week: Day
    rate_minor: PriceMinor


class HourlyTerms(Frozen):
    """Hours within a weekly cap that is held before each week; `first_week` is its Monday.

    `raises` are the other caps and `rates` the other rates signed since, in order: the last one
    signed counts. A new offer has none.
    """

    kind: Literal["hourly"] = "hourly"
    rate_minor: PriceMinor
    weekly_cap_minutes: WeekMinutes
    first_week: Day
    remainder: Remainder = Remainder.ROLL
    raises: Annotated[tuple[CapRaise, ...], Field(max_length=200)] = ()
    rates: Annotated[tuple[RateChange, ...], Field(max_length=200)] = ()

    @field_validator("first_week")
    @classmethod
    def _monday(cls, value: date) -> date:
        if value.isoweekday() != 1:
            raise ValueError(_("The first week starts on a Monday."))
        return value

    def cap_of(self, monday: date) -> int:
        """The minutes that count in the week of this Monday, after what was signed."""
        once = 0
        for each in self.raises:
            if each.only and each.from_week == monday:
                once = each.minutes
        return max(self.lasting_cap_of(monday), once)

    def lasting_cap_of(self, monday: date) -> int:
        """The same without what was signed for that one week only."""
        cap = self.weekly_cap_minutes
        for each in self.raises:
            if not each.only and each.from_week <= monday:
                cap = each.minutes
        return cap

    def rate_of(self, monday: date) -> int:
        """The hourly rate in the week of this Monday, after what was signed."""
        rate = self.rate_minor
        for each in self.rates:
            if each.from_week <= monday:
                rate = each.rate_minor
        return rate

    def price_of(self, monday: date) -> int:
        """The price of the full cap in the week of this Monday."""
        return price_of_minutes(self.rate_of(monday), self.cap_of(monday))

    @property
    def weekly_cap_minor(self) -> int:
        """The amount held for one full week."""
        return price_of_minutes(self.rate_minor, self.weekly_cap_minutes)


def price_of_minutes(rate_minor: int, minutes: int) -> int:
    """Price in minor units of `minutes` at `rate_minor` an hour; half a minor unit rounds up.

    Apply it to a week's total, never entry by entry: a sum of rounded parts may pass the cap.
    """
    return half_up(rate_minor * minutes, 60)
