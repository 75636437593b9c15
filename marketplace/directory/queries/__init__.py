"""Owns the reads of the directory; never writes. Split by noun; see each module."""

from __future__ import annotations

from marketplace.directory.queries.finding import (
    Found,
    among,
    connected,
    counted,
    find,
    many,
    matching,
    without_each,
)
from marketplace.directory.queries.kept import kept
from marketplace.directory.queries.listing import names, several
from marketplace.directory.queries.profile import PublicProfile, by_slug, near_by
from marketplace.directory.queries.suggestions import suggest, suggest_towns
from marketplace.directory.queries.views import in_currency
from marketplace.directory.queries.world import PLACES

__all__ = [
    "PLACES",
    "Found",
    "PublicProfile",
    "among",
    "by_slug",
    "connected",
    "counted",
    "find",
    "in_currency",
    "kept",
    "many",
    "matching",
    "names",
    "near_by",
    "several",
    "suggest",
    "suggest_towns",
    "without_each",
]
