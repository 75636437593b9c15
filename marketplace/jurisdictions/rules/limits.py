"""Owns what a turnover means against dated limits: what is used, what is passed, what follows.

Amounts are integer minor units of the limit's own currency, before tax.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, Protocol

LEVELS: Final = (80, 100)
"""Percent of a limit at which people are told."""


class Effect(StrEnum):
    """When a limit that is passed counts."""

    NEXT_YEAR = "next_year"  # from 1 January of the year after
    AT_ONCE = "at_once"  # from the day on which it is passed


class Watch(StrEnum):
    """Which turnover a limit is about."""

    TURNOVER = "turnover"  # everything of the calendar year, for VAT
    REGIME = "regime"  # the same, for a sole trader's simplified regime
    CLIENT = "client"  # what one client paid in the calendar year


class LimitLike(Protocol):
    """What the rules need of a limit."""

    @property
    def code(self) -> str: ...  # noqa: D102
    @property
    def amount_minor(self) -> int: ...  # noqa: D102
    @property
    def currency(self) -> str: ...  # noqa: D102
    @property
    def watch(self) -> Watch | None: ...  # noqa: D102
    @property
    def effect(self) -> Effect | None: ...  # noqa: D102


class Standing(StrEnum):
    """How a small business stands towards its exemption on a day."""

    INSIDE = "inside"
    LEAVING = "leaving"  # passed a limit that counts from next year: exempt until 31 December
    OUT = "out"  # VAT is due


@dataclass(frozen=True, slots=True)
class Line:
    """One limit with what of it is used. `level` is the highest of LEVELS reached, 0 for none."""

    code: str
    limit_minor: int
    used_minor: int
    currency: str
    effect: Effect | None
    level: int

    @property
    def percent(self) -> int:
        """How much of the limit is used, rounded down."""
        return self.used_minor * 100 // self.limit_minor


def crossings(limits: Sequence[LimitLike], used: dict[Watch, int], currency: str) -> list[Line]:
    """Every watched limit of this currency with what of it is used, the lowest first."""
    lines = []
    for limit in limits:
        if limit.watch is None or limit.currency != currency:
            continue
        minor = used.get(limit.watch, 0)
        reached = [each for each in LEVELS if minor * 100 >= limit.amount_minor * each]
        lines.append(
            Line(
                limit.code, limit.amount_minor, minor, currency, limit.effect,
                max(reached, default=0),
            )
        )  # fmt: skip
    return sorted(lines, key=lambda line: (line.limit_minor, line.code))


def standing(limits: Sequence[LimitLike], this_year_minor: int, last_year_minor: int) -> Standing:
    """How a small business stands, given the year's turnover so far and last year's.

    Passed means more than the limit (France: CGI art. 293 B, "n'a pas excédé"). Limits without a
    known effect decide nothing.
    """
    watched = [each for each in limits if each.watch is Watch.TURNOVER]
    later = [each.amount_minor for each in watched if each.effect is Effect.NEXT_YEAR]
    at_once = [each.amount_minor for each in watched if each.effect is Effect.AT_ONCE]
    if later and last_year_minor > min(later):
        return Standing.OUT
    if at_once and max(this_year_minor, last_year_minor) > min(at_once):
        return Standing.OUT
    return Standing.LEAVING if later and this_year_minor > min(later) else Standing.INSIDE


def exemption_ends(
    limits: Sequence[LimitLike], earned: Iterable[tuple[date, int]], last_year_minor: int, year: int
) -> date | None:
    """From which day VAT is due, None while the exemption holds.

    `earned` are the days and amounts of the year: the day on which an immediate limit is passed is
    the first with VAT. A limit that counts later ends the exemption on 1 January of the next year.
    """
    if standing(limits, 0, last_year_minor) is Standing.OUT:
        return date(year, 1, 1)
    total = 0
    for day, minor in sorted(earned):
        total += minor
        if standing(limits, total, 0) is Standing.OUT:
            return day
    return date(year + 1, 1, 1) if standing(limits, total, 0) is Standing.LEAVING else None
