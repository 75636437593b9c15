"""Owns the writes of money for people, split by what they do; never holds money."""

from __future__ import annotations

from marketplace.billing.service import radar, ticks

__all__ = ["radar", "ticks"]  # importing it registers the jobs
