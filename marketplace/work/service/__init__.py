"""Owns the writes of work, split by noun; importing it registers the jobs and ticks."""

from __future__ import annotations

from marketplace.work.service import deliveries, endings, letters, ticks, timesheets, units

__all__ = ["deliveries", "endings", "letters", "ticks", "timesheets", "units"]
