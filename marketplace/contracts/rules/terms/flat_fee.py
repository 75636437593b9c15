"""Owns the terms of a flat fee, paid once or each period, with or without a pack."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from marketplace.contracts.rules.terms.values import Frozen, PriceMinor
from marketplace.core.fields import Clean
from marketplace.core.i18n import _

PACK_SIZE_MAX = 10_000
ROLLOVER_PERIODS_MAX = 8


class Period(StrEnum):
    """How often a flat fee falls due."""

    ONE_OFF = "one_off"
    WEEK = "week"
    MONTH = "month"


class PackUnit(StrEnum):
    """What a pack counts."""

    HOURS = "hours"
    TASKS = "tasks"
    CALLS = "calls"

    @property
    def grain(self) -> int:
        """How many of what the meter counts make one unit: minutes of an hour, else one."""
        return 60 if self is PackUnit.HOURS else 1


class Unused(StrEnum):
    """What happens to paid units of a pack that can no longer be used."""

    RETURN = "return"
    EXPIRE = "expire"


class PriceChange(Frozen):
    """Another price of a flat fee signed later, from the period of this number on."""

    from_period: Annotated[int, Field(ge=1, le=60)]
    price_minor: PriceMinor


class SizeChange(Frozen):
    """Another size of a pack signed later, from the period of this number on."""

    from_period: Annotated[int, Field(ge=1, le=60)]
    pack_size: Annotated[int, Field(ge=1, le=PACK_SIZE_MAX)]


class FlatFeeTerms(Frozen):
    """A fixed price per period for what `includes` lists; `periods` of them.

    `prices` and `sizes` are the other prices and sizes signed since, in order; a new offer has
    none.

    `calendar`: periods are the weeks and months of the calendar, so that a start within one makes
    a first period in proportion; otherwise they are counted from the start. With a `pack`, a period
    pays for `pack_size` units. Up to `rollover_units` of those left over may be used in the next
    `rollover_periods` periods, counted from the end of their own; `unused` says what becomes of the
    others.
    """

    kind: Literal["flat_fee"] = "flat_fee"
    price_minor: PriceMinor
    period: Period = Period.MONTH
    periods: Annotated[int, Field(ge=1, le=60)] = 1
    calendar: bool = False
    includes: Annotated[
        str, Clean, StringConstraints(strip_whitespace=True, min_length=3, max_length=2000)
    ]
    pack: PackUnit | None = None
    pack_size: Annotated[int | None, Field(validate_default=True)] = None
    rollover_units: Annotated[int, Field(ge=0, le=PACK_SIZE_MAX)] = 0
    rollover_periods: Annotated[
        int, Field(ge=0, le=ROLLOVER_PERIODS_MAX, validate_default=True)
    ] = 0
    unused: Unused = Unused.RETURN
    prices: Annotated[tuple[PriceChange, ...], Field(max_length=200)] = ()
    sizes: Annotated[tuple[SizeChange, ...], Field(max_length=200)] = ()

    def price_of(self, position: int) -> int:
        """The price of the whole period of this number, after what was signed."""
        price = self.price_minor
        for each in self.prices:
            if each.from_period <= position:
                price = each.price_minor
        return price

    def size_of(self, position: int) -> int:
        """The units of the pack that the whole period of this number pays for; 0 without one."""
        size = self.pack_size or 0
        for each in self.sizes:
            if each.from_period <= position:
                size = each.pack_size
        return size

    @field_validator("periods")
    @classmethod
    def _one_off_is_one(cls, value: int, info: ValidationInfo) -> int:
        if info.data.get("period") is Period.ONE_OFF and value != 1:
            raise ValueError(_("A one-off price is paid once."))
        return value

    @field_validator("pack_size")
    @classmethod
    def _pack_has_a_size(cls, value: int | None, info: ValidationInfo) -> int | None:
        if info.data.get("pack") is None:
            return None
        if value is None or not 1 <= value <= PACK_SIZE_MAX:
            raise ValueError(_("Say how many units a pack holds: 1 to 10,000."))
        return value

    @field_validator("rollover_units")
    @classmethod
    def _no_more_than_the_pack(cls, value: int, info: ValidationInfo) -> int:
        if info.data.get("pack") is None:
            return 0
        size = info.data.get("pack_size")
        if size is not None and value > size:
            raise ValueError(_("No more can roll over than the pack holds."))
        return value

    @field_validator("rollover_periods")
    @classmethod
    def _rolls_both_or_neither(cls, value: int, info: ValidationInfo) -> int:
        if info.data.get("pack") is None:
            return 0
        if value and info.data.get("period") is Period.ONE_OFF:
            raise ValueError(_("A one-off pack has no next period to roll over to."))
        if (value > 0) != (info.data.get("rollover_units", value) > 0):
            raise ValueError(_("Say both how many units roll over and for how many periods."))
        return value
