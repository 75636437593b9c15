"""Owns the pages of money, split by what a person does; never decides anything itself."""

from __future__ import annotations

from marketplace.billing.pages import (
    funding,
    giving,
    methods,
    payouts,
    radar,
    recorded,
    statements,
    tips,
)
from marketplace.web.routing import Pages

pages = Pages("billing")
for part in (funding, giving, methods, recorded, statements, tips, payouts, radar):
    pages.routes.extend(part.pages.routes)

__all__ = ["pages"]
