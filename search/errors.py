"""Owns what can go wrong while searching; never decides what a visitor sees of it."""

from __future__ import annotations

from typing import Final

_BUSY_STATUS: Final = frozenset({408, 429, 500, 502, 503, 504, 507})
GONE: Final = "index_not_found"
_NO_ROOM: Final = "malformed_payload"
"""What Meilisearch 1.21 says to any document when its disk is full; ours are never malformed."""


class SearchError(Exception):
    """Base of everything this package raises."""


class SearchUnavailable(SearchError):
    """Meilisearch is away, too slow, or not configured. Nothing was lost; try the fallback."""


class SearchBusy(SearchUnavailable):
    """More people search at once than can be answered soon: come back in a moment."""


class SearchRefused(SearchError):
    """Meilisearch answered that the request itself is wrong: a bug of ours, never of a visitor."""


class IndexMissing(SearchRefused):
    """Nobody has made the index yet, or it is lost. Written to now, it would have no settings."""


class TaxonomyBroken(SearchError):
    """The shipped taxonomy breaks one of its own rules; the message names the entry."""


def refusal(status: int | None, content: str | bytes) -> SearchUnavailable | SearchRefused:
    """What an answer that is no success means: try again later, or a request of ours is wrong."""
    said = content.decode(errors="replace") if isinstance(content, bytes) else content
    if f'"{GONE}"' in said:
        return IndexMissing(said[:500])
    busy = status is None or status in _BUSY_STATUS or f'"{_NO_ROOM}"' in said
    return (SearchUnavailable if busy else SearchRefused)(said[:500])
