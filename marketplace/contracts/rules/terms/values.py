"""Owns the values that terms of every kind are written in: days, prices, texts and their limits."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

from marketplace.core.fields import Clean, Span, as_amount
from marketplace.core.i18n import _

PRICE_MIN_MINOR = 100
PRICE_MAX_MINOR = 10_000_000_00
WEEK_MINUTES_MAX = 60 * 60

FIRST_DAY, LAST_DAY = date(2020, 1, 1), date(2100, 1, 1)


def _in_our_times(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(_("Choose a date between 2020 and 2100."))
    return day


Day = Annotated[date, AfterValidator(_in_our_times)]
Line = Annotated[str, Clean, StringConstraints(strip_whitespace=True, min_length=3, max_length=120)]
Criterion = Annotated[
    str, Clean, StringConstraints(strip_whitespace=True, min_length=3, max_length=300)
]
Text = Annotated[
    str, Clean, StringConstraints(strip_whitespace=True, min_length=10, max_length=8000)
]


def _paid(value: int) -> int:
    if value <= 0:  # no unpaid trials
        raise ValueError(_("Work is always paid, in the start-up phase too: write a price."))
    return value


PriceMinor = Annotated[
    int, AfterValidator(_paid), Span(PRICE_MIN_MINOR, PRICE_MAX_MINOR, as_amount)
]
WeekMinutes = Annotated[int, Span(30, WEEK_MINUTES_MAX)]


class Frozen(BaseModel):
    """A value that refuses unknown fields and later changes."""

    model_config = ConfigDict(frozen=True, extra="forbid")
