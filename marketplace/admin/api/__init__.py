"""Owns the JSON operations of the operator: the books, what waits, comparisons, the log."""

from __future__ import annotations

from marketplace.admin.api import (
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
