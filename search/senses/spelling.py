"""Owns what is nearly a phrase of the vocabulary: slips of the keyboard; never ranks senses."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Final

from search.senses.lexicon import gaps, known, lexicon, named, unordered
from search.senses.sounds import sound

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from search.senses.lexicon import Sense

FORGIVING_FROM: Final = 8
"""From so many letters on a phrase is recognised with one letter wrong."""
ODD_FROM: Final = 5
ODD_SLIPS: Final = 2
ODD_MAX: Final = 2
"""In a phrase of several words, so many of at least so many letters may have so many wrong,"""
TWICE_FROM: Final = 7
"""and only one in shorter words."""
SOUND_FROM: Final = 4
"""From so many letters on a word may be spelled by ear, beside others."""
NEAR_FROM: Final = 8
NEAR_SLIPS: Final = 2
"""An unknown word of so many letters may have so many wrong, when nothing was recognised."""


@lru_cache(maxsize=1)
def slipped() -> dict[str, str]:
    """Long phrases with one letter left out -> the phrase; ambiguous ones are left out."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for key, sense in lexicon().items():
        if len(key) < FORGIVING_FROM:
            continue
        for shorter in {key, *_without_one(key)}:
            other = lexicon()[found.setdefault(shorter, key)]
            if other != sense and not other.sure & sense.sure:
                twice.add(shorter)
    return {slip: key for slip, key in found.items() if slip not in twice}


def _without_one(text: str) -> Iterator[str]:
    return (text[:at] + text[at + 1 :] for at in range(len(text)))


@lru_cache(maxsize=1)
def _longest() -> int:
    return 1 + max(map(len, lexicon()))


@lru_cache(maxsize=1)
def _heard() -> dict[str, Sense]:
    """How phrases of one longer word sound -> their sense; ambiguous ones are left out."""
    found: dict[str, Sense] = {}
    twice: set[str] = set()
    for key in lexicon().keys() & known():
        if len(key) >= ODD_FROM:
            other = found.setdefault(sound(key), lexicon()[key])
            if other != lexicon()[key] and not other.sure & lexicon()[key].sure:
                twice.add(sound(key))
    return {key: sense for key, sense in found.items() if key not in twice and len(key) > 2}


def nearly(words: Sequence[str]) -> Sense | None:
    """What some words mean as a phrase in which a key or two slipped, or one is spelled by ear."""
    typed = "".join(words)
    if len(words) == 1 and ODD_FROM <= len(typed) <= _longest() and typed not in known():
        heard = _heard().get(sound(typed))
        if heard:
            return heard
    if not FORGIVING_FROM <= len(typed) <= _longest() or any(len(word) < 3 for word in words):
        return None
    if all(word in known() for word in words):
        return None  # no slip of the keyboard
    for shorter in (typed, *_without_one(typed)):
        key = slipped().get(shorter)
        if key and slips(typed, key) <= 1:
            return lexicon()[key]
    return _with_odd_words(words)


def _with_odd_words(words: Sequence[str]) -> Sense | None:
    """A phrase of several words of which one or two are unknown, yet nearly right."""
    odd = [at for at, word in enumerate(words) if word not in known()]
    if not odd or len(words) < 2 or any(_too_short(words[at]) for at in odd):
        return None
    if len(odd) == 1:
        at = odd[0]
        could = gaps().get((*words[:at], "", *words[at + 1 :]), {})
        odd_one, heard = words[at], sound(words[at])
        near = [
            key
            for word, key in could.items()
            if sound(word) == heard or slips(odd_one, word) <= _slips_in(odd_one)
        ]
        if near:
            return lexicon()[near[0]] if len({lexicon()[key] for key in near}) == 1 else None
    if len(odd) > ODD_MAX:
        return None
    choices = [near_words(word) if at in odd else (word,) for at, word in enumerate(words)]
    named_or = (named(some) or unordered().get(tuple(sorted(some))) for some in product(*choices))
    return next(filter(None, named_or), None)


def _slips_in(word: str) -> int:
    return ODD_SLIPS if len(word) >= TWICE_FROM else 1


def _too_short(word: str) -> bool:
    return len(word) < ODD_FROM and not (len(word) >= SOUND_FROM and near_words(word))


@lru_cache(maxsize=1)
def _word_slips() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for word in known():
        for shorter in (word, *_without_one(word)) if len(word) >= ODD_FROM else ():
            found[shorter].add(word)
        found[f"={sound(word)}"].add(word)
    return found


@lru_cache(maxsize=4096)
def near_words(word: str) -> tuple[str, ...]:
    """The words of the vocabulary that a word is but for one letter, or that sound like it."""
    found = set().union(*(_word_slips().get(one, ()) for one in (word, *_without_one(word))))
    heard = _word_slips().get(f"={sound(word)}", set())
    return tuple(sorted({one for one in found if slips(word, one) <= 1} | heard))


@lru_cache(maxsize=4096)
def near_word(word: str) -> str:
    """The one word of the vocabulary that a longer unknown word nearly is; else empty."""
    if len(word) < NEAR_FROM:
        return ""
    lengths = range(len(word) - NEAR_SLIPS, len(word) + NEAR_SLIPS + 1)
    alike = (one for length in lengths for one in _longer().get((word[0], length), ()))
    best = min(((slips(word, one), one) for one in alike), default=(NEAR_SLIPS + 1, ""))
    return best[1] if best[0] <= NEAR_SLIPS else ""


@lru_cache(maxsize=1)
def _longer() -> dict[tuple[str, int], list[str]]:
    """First letter and length -> the longer words: comparing with all of them takes too long."""
    found: dict[tuple[str, int], list[str]] = defaultdict(list)
    for word in known():
        if len(word) > 5:
            found[word[0], len(word)].append(word)
    return found


def slips(one: str, other: str, most: int = NEAR_SLIPS) -> int:
    """How many letters were added, left out, changed or swapped with the next (OSA distance).

    Above `most` it only says so: one more.
    """
    rows = [list(range(len(other) + 1))]
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            cost = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (a != b))
            if i > 1 and j > 1 and (a, one[i - 2]) == (other[j - 2], b):
                cost = min(cost, rows[-2][j - 2] + 1)
            row.append(cost)
        # A swap reaches back two rows, so both have to be beyond hope.
        if min(row) > most and min(rows[-1]) > most:
            return most + 1
        rows.append(row)
    return min(rows[-1][-1], most + 1)
