"""Owns what words that are no phrase may stand for: slips of the keyboard and hints.

Never weighs senses.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import chain
from typing import Final

from babel import Locale

from search.senses.lexicon import hinted, known, lexicon, meaningful
from search.senses.reading import Piece, read
from search.senses.spelling import near_word, near_words
from search.taxonomy import is_tool

HINT: Final = 0.5
"""What a hint weighs beside a phrase."""
SLIP_FROM: Final = 6
SLIPPED: Final = 0.8
"""An unknown word of so many letters with one slip, beside others, weighs so much."""
COMPARED_MAX: Final = 12
"""Slips are looked for in so many words at most: each costs a hundredth of a second at worst."""


def slipped(pieces: list[Piece]) -> list[Piece]:
    """The reading with shorter unknown words as what they nearly are, beside what was recognised.

    Alone such a word may be somebody's name.
    """
    known_some = any(piece.sense or piece.words[0] in known() for piece in pieces)
    if not known_some or len(pieces) > COMPARED_MAX:
        return pieces
    return [piece if piece.sense else _nearly(piece) for piece in pieces]


def _nearly(piece: Piece) -> Piece:
    word = piece.words[0]
    if len(word) < SLIP_FROM or word in known() or word in languages() or not word.isalpha():
        return piece
    near = [one for one in near_words(word) if one[0] == word[0]]
    senses = {sense for one in near if (sense := lexicon().get(one))}
    return (
        Piece((near[0],), senses.pop(), SLIPPED) if len(senses) == 1 and len(near) == 1 else piece
    )


def guessed(pieces: list[Piece], *, weakly: bool = False) -> list[Piece]:
    """The reading with what its other words hint at; for all odd ones, with longer slips."""
    if len(pieces) <= COMPARED_MAX and not any(piece.sense for piece in pieces):
        words = [piece.words[0] for piece in pieces]
        near = [word if word in known() else near_word(word) or _alike(word) for word in words]
        pieces = read(" ".join(near)) if near != words else pieces
    return [
        piece
        if piece.sense or piece.words[0] in languages()
        else Piece(piece.words, hinted(piece.words[0], weakly=weakly), HINT)
        for piece in pieces
    ]


def _alike(word: str) -> str:
    """The one product's name that a shorter word is but for one letter, else the word itself."""
    near = [one for one in near_words(word) if one[0] == word[0] and one in lexicon()]
    return near[0] if len(near) == 1 and any(map(is_tool, lexicon()[near[0]].sure)) else word


@lru_cache(maxsize=1)
def languages() -> frozenset[str]:
    """Words that name a language, or say that somebody speaks several."""
    names = (Locale(one).languages.values() for one in ("fr", "en"))
    several = ("bilingue bilingual trilingue trilingual multilingue multilingual",)
    single = (name for name in chain(*names) if len(name.split()) == 1)  # "arabe standard moderne"
    return frozenset(word for name in (*single, *several) for word in meaningful(name))
