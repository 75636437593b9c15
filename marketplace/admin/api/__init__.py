"""Owns the JSON operations of the operator: the books, what waits, comparisons, the log."""

from __future__ import annotations

from marketplace.admin.api import (
    aside,
    books,
    exposure,
    holding,
    invoices,
    money,
    numbers,
    people,
    queues,
    records,
    references,
    reports,
    reviews,
)
from marketplace.admin.api.router import api

__all__ = [
    "api",
    "aside",
    "books",
    "exposure",
    "holding",
    "invoices",
    "money",
    "numbers",
    "people",
    "queues",
    "records",
    "references",
    "reports",
    "reviews",
]
