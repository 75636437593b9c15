"""Owns the JSON operations of work, split by what a program does."""

from __future__ import annotations

from marketplace.work.api import hours, packs, units
from marketplace.work.api.router import own

api = own.api

__all__ = ["api", "hours", "packs", "units"]
