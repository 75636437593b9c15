"""Owns the operator's pages; each needs the operator and works without JavaScript."""

from __future__ import annotations

from marketplace.admin.pages import (
    aside,
    exposure,
    glance,
    holding,
    invoices,
    ledger,
    money,
    numbers,
    people,
    queues,
    reconciliation,
    references,
    reports,
    reviews,
)
from marketplace.admin.pages.router import pages

__all__ = [
    "aside",
    "exposure",
    "glance",
    "holding",
    "invoices",
    "ledger",
    "money",
    "numbers",
    "pages",
    "people",
    "queues",
    "reconciliation",
    "references",
    "reports",
    "reviews",
]
