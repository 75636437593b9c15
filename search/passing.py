"""Owns whether words say more than that somebody is looked for; never what else they say."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from search import notes
from search.language import STOP_WORDS, normalise
from search.senses.talk import chatter

if TYPE_CHECKING:
    from search.query import SearchQuery

EVERYONE_IS: Final = "remote"
"""Of the trade's words every document has the one few write themselves: it puts nobody first."""
_ANYBODY: Final = frozenset(
    normalise(
        "assistant assistante assistance virtuel virtual VA freelance freelancer indépendant"
        " independent remote distance télétravail prestataire personne person people profil"
        " profile monde minimum maximum uniquement exclusivement moins hire recruter"
    ).split()
)
"""What everyone here is, and how much or how strictly something was meant that is a filter now."""


def anybody(query: SearchQuery) -> bool:
    """Whether the text narrows nothing beside what was read out of it, applied or not.

    "Une assistante à Paris" is anyone in Paris; "une assistante" alone names a skill.
    """
    read = any(notes.parts(one)[0] != notes.AS_TEXT for one in query.said)
    return read and bool(query.wish) and narrows_nothing(query.wish)


@lru_cache(maxsize=4096)
def narrows_nothing(text: str) -> bool:
    """Whether a text only says that somebody is looked for."""
    return all(
        word in _ANYBODY or word in STOP_WORDS or word in chatter()
        for word in normalise(text).split()
    )
