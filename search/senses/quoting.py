"""Owns the number of a whole text, by which a quoted headline is found; never a meaning.

Who pastes somebody's headline looks for that person. The number is that of the words in any order,
as they are indexed: accents, capitals, punctuation, gender and small words make no difference.
"""

from __future__ import annotations

import zlib
from typing import Final

from search.senses.lexicon import meaningful

WORDS_MIN: Final = 3
"""A word or two are what people search for, not whom."""
TEXT_MAX: Final = 200
_ASIDE: Final = frozenset({"dispo", "disponible", "available"})
"""Left out where filters were made of a text (understanding): they belong to no filter's words."""


def whole(text: str) -> str:
    """The number of all the words of a text; empty for what is too short or too long to quote."""
    words = set(meaningful(text)) - _ASIDE if len(text) <= TEXT_MAX else set()
    if len(words) < WORDS_MIN:
        return ""
    # Longer than the number of any sense.
    return f"9{zlib.crc32(' '.join(sorted(words)).encode()):010d}"
