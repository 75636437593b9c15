"""Owns the writes of work, split by noun; importing it registers the jobs and ticks."""

from __future__ import annotations

from marketplace.work.service import (
    contests,
    deliveries,
    endings,
    frozen,
    holds,
    letters,
    lots,
    packs,
    parts,
    raises,
    ticks,
    timers,
    timesheets,
    units,
    weeks,
)

__all__ = [
    "contests",
    "deliveries",
    "endings",
    "frozen",
    "holds",
    "letters",
    "lots",
    "packs",
    "parts",
    "raises",
    "ticks",
    "timers",
    "timesheets",
    "units",
    "weeks",
]
