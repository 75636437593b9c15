"""Owns the sliders of the hourly rate and the bars behind them; never counts anybody."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from marketplace.directory.pages.form import major
from search import rates
from search.schema import RATE_BIN_EUR, RATE_BIN_LAST

if TYPE_CHECKING:
    from datetime import date

    from marketplace.directory.queries import Found
    from search.query import SearchQuery


class Slider(NamedTuple):
    """Both ends of the hourly rate, in whole units of the asked currency; the bar in percent."""

    most: int
    low: str
    high: str
    at_low: int
    at_high: int
    start: float
    wide: float


def slider(query: SearchQuery) -> Slider:
    """Where the ends stand."""
    most = _scale(query.money, rates.as_of())[-1]
    low, high = (major(one, query.money) for one in (query.rate_min, query.rate_max))
    at_low = min(float(low or 0), most)
    at_high = min(float(high or most), most)
    start = round(at_low / most * 100, 2)
    wide = round(max(0.0, at_high - at_low) / most * 100, 2)
    return Slider(most, low, high, int(at_low), int(at_high), start, wide)


def shown(found: Found, ends: Slider) -> list[tuple[int, int, float, bool]]:
    """(number, its rate, height, whether between the ends) of each bar behind them."""
    bins = found.answer.facets.get("rate", {})
    heights = [bins.get(str(n), 0) for n in range(RATE_BIN_LAST + 1)]
    *starts, most = _scale(found.query.money, rates.as_of())
    low, high = min(float(ends.low or 0), most), min(float(ends.high or most), most)
    top = max([*heights, 1])
    return [
        (number, start, max(1.0, round(n / top * 38, 1)), start < high and after > low)
        for number, (start, after, n) in enumerate(
            zip(starts, [*starts[1:], most], heights, strict=True)
        )
    ]


@lru_cache(maxsize=256)
def _scale(currency: str, day: date) -> tuple[int, ...]:
    """Where the bars of rates begin and the last one ends, by the table of a day."""
    del day
    return tuple(_whole(n * RATE_BIN_EUR * 100, currency) for n in range(RATE_BIN_LAST + 2))


def _whole(eur_minor: int, currency: str) -> int:
    return round(float(major(rates.convert(eur_minor, "EUR", currency), currency) or 0))
