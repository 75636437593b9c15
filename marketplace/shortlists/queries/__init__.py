"""Owns the reads of shortlists; never writes. What is not the viewer's is NotFound.

Under blind review, nothing of this package that a person who has not scored can reach returns a
profile's id, slug, name, photo or place: they read `candidates.without_names`.
"""

from __future__ import annotations

from marketplace.shortlists.queries.candidates import without_names
from marketplace.shortlists.queries.lists import (
    all_of,
    businesses,
    current,
    entries,
    get,
    is_blind,
    kept,
    only_business,
    reviews,
    shared,
)
from marketplace.shortlists.queries.views import line, lines, link_address, shown, shown_by_link

__all__ = [
    "all_of",
    "businesses",
    "current",
    "entries",
    "get",
    "is_blind",
    "kept",
    "line",
    "lines",
    "link_address",
    "only_business",
    "reviews",
    "shared",
    "shown",
    "shown_by_link",
    "without_names",
]
