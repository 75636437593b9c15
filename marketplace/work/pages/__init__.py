"""Owns the pages of work, split by what a person does; never decides anything itself."""

from __future__ import annotations

from marketplace.web.routing import Pages
from marketplace.work.pages import hours, packs, rooms, timers, units

pages = Pages("work")
for part in (rooms, units, hours, timers, packs):
    pages.routes.extend(part.pages.routes)

__all__ = ["pages"]
