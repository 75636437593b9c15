"""Owns reading a text as phrases of the vocabulary and other words; never weighs them up."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

from search.language import STOP_WORDS, normalise
from search.senses.lexicon import (
    LONGEST,
    known,
    lexicon,
    named,
    telling,
    telling_alone,
    unordered,
    whole,
)
from search.senses.spelling import nearly
from search.senses.talk import chatter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.senses.lexicon import Sense

WINDOW: Final = 9
"""Words of the longest phrase, small ones counted."""
GAPS_MAX: Final = 2
"""So many other words may stand inside a phrase."""
ALONE: Final = 2
"""Phrases of so few letters ("EA", "PA") are recognised only when nothing else was typed,"""
_CLEAR: Final = frozenset("pv rh hr cv rp ia ag fb ig".split())
"""except those that are no word of either language."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words and what they mean together; one word that means nothing here has no sense."""

    words: tuple[str, ...]
    sense: Sense | None = None
    sureness: float = 1.0

    @property
    def weight(self) -> float:
        """How much it speaks for its sense."""
        known = (1 + telling(word) for word in self.words if word not in STOP_WORDS)
        return self.sureness * (sum(known) or 1.0)


def read(text: str) -> list[Piece]:
    """The reading that recognises most words in the longest phrases; small words are no pieces."""
    words = [
        word
        for word in normalise(text).split()
        if word not in chatter() and (len(word) > 1 or word in STOP_WORDS or word in known())
    ]
    best: list[tuple[float, list[Piece]]] = [(0.0, [])]
    for end in range(1, len(words) + 1):
        score, pieces = best[end - 1]
        last = words[end - 1]
        choice = (score, pieces if last in STOP_WORDS else [*pieces, Piece((last,))])
        for length in range(1, min(WINDOW, end) + 1):
            some = tuple(words[end - length : end])
            sense, gain, sure = _window(some)
            if sense is None or (len(words) > 1 and _too_short("".join(some))):
                continue
            if best[end - length][0] + gain > choice[0]:
                choice = (
                    best[end - length][0] + gain,
                    [*best[end - length][1], Piece(some, sense, sure)],
                )
        best.append(choice)
    return best[-1][1]


def _too_short(key: str) -> bool:
    return len(key) <= ALONE and key not in _CLEAR


def _window(words: tuple[str, ...]) -> tuple[Sense | None, float, float]:
    some = tuple([word for word in words if word not in STOP_WORDS])
    if len(words) == 2 and (sense := lexicon().get(f"{words[0]}s{words[1]}")):
        return sense, 2.0, 0.9  # "whats app": the plural of the first word was taken off
    if len(some) < len(words) and (sense := whole().get("".join(words))):
        return sense, 1.5 * len(words) - 0.5, 1.0
    if not some or len(some) > LONGEST or words[0] != some[0] or words[-1] != some[-1]:
        return None, 0.0, 0.0
    return _meant(some)


def _meant(words: Sequence[str]) -> tuple[Sense | None, float, float]:
    """What some words mean together, what reading them so gains, and how sure that is."""
    if sense := named(words):
        return sense, _gain(words) - (0.5 if sense.sure else 1.0), 1.0
    sense, has = _scattered(words)
    if sense:
        gaps = len(words) - has
        return sense, 1.5 * has - 0.75 - 0.1 * gaps, 0.6 * has / len(words) if gaps else 0.9
    return nearly(words), 1.5 * len(words) - 1.25, 0.9


def _gain(words: Sequence[str]) -> float:
    """More for longer phrases, and a little for what tells more."""
    return sum(1.4 + 0.2 * telling(word) for word in words)


def _scattered(words: Sequence[str]) -> tuple[Sense | None, int]:
    """A phrase in another order or with a word or two between, and how many of the words it has."""
    if len(words) < 2 or not {words[0], words[-1]} <= known() or len(set(words)) < len(words):
        return None, 0
    inner = [at for at in range(1, len(words) - 1) if not telling_alone(words[at])]
    for missing in range(min(GAPS_MAX, len(inner), len(words) // 2) + 1):
        for left_out in combinations(inner, missing):
            kept = tuple(sorted(word for at, word in enumerate(words) if at not in left_out))
            if len(kept) > 1 and kept in unordered():
                return unordered()[kept], len(kept)
    return None, 0
