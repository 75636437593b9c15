"""Owns counting this process's calls to Stripe. Never touches the database: metrics keeps them."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Final

BOUNDS_MS: Final = (50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 20_000)
"""Upper ends of the duration buckets; one more holds what took longer."""


@dataclass
class Timing:
    """How many calls took how long: `buckets` beside BOUNDS_MS, each call in one of them."""

    total_ms: int = 0
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS_MS) + 1))

    def add(self, other: Timing) -> None:
        """Counts another's calls, too."""
        self.total_ms += other.total_ms
        self.buckets = [a + b for a, b in zip(self.buckets, other.buckets, strict=True)]


Calls = dict[tuple[str, str], Timing]
_calls: Calls = {}


def note(operation: str, outcome: str, elapsed_ms: int) -> None:
    """One call ended: `outcome` is "ok" or the name of a payments error."""
    timing = _calls.setdefault((operation, outcome), Timing())
    timing.total_ms += elapsed_ms
    timing.buckets[bisect_left(BOUNDS_MS, elapsed_ms)] += 1


def take() -> Calls:
    """What was counted since the last time."""
    taken = dict(_calls)
    _calls.clear()
    return taken


def give_back(calls: Calls) -> None:
    """What was taken could not be kept: it is counted again."""
    for key, timing in calls.items():
        _calls.setdefault(key, Timing()).add(timing)
