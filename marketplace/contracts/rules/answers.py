"""Owns how quickly an assistant usually answers offers, from what happened; reads nothing.

An offer that ran out without an answer counts with the whole time it was open: silence is slow.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from math import ceil
from statistics import median
from typing import Final

WINDOW: Final = timedelta(days=90)
"""Only offers sent since then count."""
LEAST: Final = 3
"""Fewer answers say nothing yet."""


def usual_minutes(waits: Sequence[timedelta]) -> int | None:
    """The median wait in whole minutes, at least one; None while there are fewer than LEAST."""
    if len(waits) < LEAST:
        return None
    return max(1, ceil(median(wait.total_seconds() for wait in waits) / 60))
