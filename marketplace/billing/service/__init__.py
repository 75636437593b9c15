"""Owns the writes of money for people, split by what they do; never holds money."""

from __future__ import annotations

from marketplace.billing.service import ticks

__all__ = ["ticks"]  # importing it registers the jobs
