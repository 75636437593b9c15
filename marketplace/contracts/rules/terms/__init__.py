"""Owns what the two sides agree on, as frozen values per kind; never reads a table."""

from marketplace.contracts.rules.terms.agreement import CURRENCIES, TERMS, Agreement, Terms
from marketplace.contracts.rules.terms.flat_fee import (
    PACK_SIZE_MAX,
    FlatFeeTerms,
    PackUnit,
    Period,
    PriceChange,
    SizeChange,
    Unused,
)
from marketplace.contracts.rules.terms.hourly import (
    CapRaise,
    HourlyTerms,
    RateChange,
    Remainder,
    price_of_minutes,
)
from marketplace.contracts.rules.terms.project import Milestone, ProjectTerms
from marketplace.contracts.rules.terms.values import (
    PRICE_MIN_MINOR,
    WEEK_MINUTES_MAX,
    Day,
    Frozen,
    Line,
    PriceMinor,
    Text,
    WeekMinutes,
)

__all__ = [
    "CURRENCIES",
    "PACK_SIZE_MAX",
    "PRICE_MIN_MINOR",
    "TERMS",
    "WEEK_MINUTES_MAX",
    "Agreement",
    "CapRaise",
    "Day",
    "FlatFeeTerms",
    "Frozen",
    "HourlyTerms",
    "Line",
    "Milestone",
    "PackUnit",
    "Period",
    "PriceChange",
    "PriceMinor",
    "ProjectTerms",
    "RateChange",
    "Remainder",
    "SizeChange",
    "Terms",
    "Text",
    "Unused",
    "WeekMinutes",
    "price_of_minutes",
]
