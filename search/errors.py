"""Owns what can go wrong while searching; never decides what a visitor sees of it."""

from __future__ import annotations


class SearchError(Exception):
    """Base of everything this package raises."""


class SearchUnavailable(SearchError):
    """Meilisearch is away, too slow, or not configured. Nothing was lost; try the fallback."""


class SearchBusy(SearchUnavailable):
    """More people search at once than can be answered soon: come back in a moment."""


class SearchRefused(SearchError):
    """Meilisearch answered that the request itself is wrong: a bug of ours, never of a visitor."""


class TaxonomyBroken(SearchError):
    """The shipped taxonomy breaks one of its own rules; the message names the entry."""
