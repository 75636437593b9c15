"""Owns how exposure is added up and what is too small to be told; never reads or writes.

Counts by day alone are kept, nothing of any visitor. Groups of fewer than GROUP_LEAST profiles are
told together as "others" in public, and not at all where even together they are fewer, so that no
figure is about one person. Nothing here changes a rank: the figures are for people to read.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

DAYS: Final = 28
"""What is told: the last four weeks."""
KEPT_DAYS: Final = 60
"""So long a day's counts are kept: nobody reads older ones."""
TOLD_SECONDS: Final = 300.0
"""So long a process tells the public what it added up; anybody may ask as often as they like."""
GROUP_LEAST: Final = 5
OTHERS: Final = "others"
FLUSH_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class Group:
    """A region or a tax status: profiles now in the directory, times shown, times kept."""

    code: str
    profiles: int
    shown: int
    listed: int


@dataclass(frozen=True, slots=True)
class Share:
    """A group with its shares of the whole, 0 to 1; `rate`: kept for each time shown."""

    code: str
    profiles: int
    shown: int
    listed: int
    of_profiles: float
    of_shown: float
    of_listed: float
    rate: float | None


def shares(groups: Iterable[Group], *, public: bool) -> list[Share]:
    """The groups with their shares, the largest first; small ones together when `public`."""
    rows = list(groups)
    if public:
        rows = _merged(rows)
    totals = [sum(getattr(one, name) for one in rows) for name in ("profiles", "shown", "listed")]

    def part(value: int, total: int) -> float:
        return value / total if total else 0.0

    made = [
        Share(
            one.code,
            one.profiles,
            one.shown,
            one.listed,
            part(one.profiles, totals[0]),
            part(one.shown, totals[1]),
            part(one.listed, totals[2]),
            one.listed / one.shown if one.shown else None,
        )
        for one in rows
    ]
    return sorted(made, key=lambda one: (one.code == OTHERS, -one.profiles, one.code))


def _merged(rows: list[Group]) -> list[Group]:
    """Small groups as one, which takes the next smallest along; nothing of fewer than the least."""
    left = sorted(rows, key=lambda one: -one.profiles)
    small: list[Group] = []
    while left and (
        left[-1].profiles < GROUP_LEAST
        or (small and sum(one.profiles for one in small) < GROUP_LEAST)
    ):
        small.append(left.pop())
    profiles = sum(one.profiles for one in small)
    if profiles < GROUP_LEAST:
        return left
    total = Group(
        OTHERS,
        profiles,
        sum(one.shown for one in small),
        sum(one.listed for one in small),
    )
    return [*left, total]
