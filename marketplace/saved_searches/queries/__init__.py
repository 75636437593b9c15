"""Owns the reads of saved searches; never writes. What is not the viewer's is NotFound."""

from __future__ import annotations

from marketplace.saved_searches.queries.news import due, fresh
from marketplace.saved_searches.queries.searches import (
    all_of,
    by_stop_token,
    get,
    same,
    view,
)

__all__ = [
    "all_of",
    "by_stop_token",
    "due",
    "fresh",
    "get",
    "same",
    "view",
]
