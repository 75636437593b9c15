"""Owns where the JSON operations of work register."""

from __future__ import annotations

from marketplace.web.operations import Own

own = Own("work", "work")
