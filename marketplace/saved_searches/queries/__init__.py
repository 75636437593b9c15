"""Owns the reads of saved searches; never writes. What is not the viewer's is NotFound."""

from __future__ import annotations

from marketplace.saved_searches.queries.news import changed, due, fresh
from marketplace.saved_searches.queries.searches import (
    all_of,
    as_written,
    by_stop_token,
    get,
    named,
    parsed,
    view,
)

__all__ = [
    "all_of",
    "as_written",
    "by_stop_token",
    "changed",
    "due",
    "fresh",
    "get",
    "named",
    "parsed",
    "view",
]
