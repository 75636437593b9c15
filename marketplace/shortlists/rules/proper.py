"""Owns where a word of a text is a place, street or trade; never reads a profile.

Such names are made of everyday words ("Grand Est", "Tours", "place Bellecour"). Hidden wherever
they stand, these would leave gaps in the texts of one place alone, and so name it. So a whole name
is hidden, and a single word of one only where it is written as a name, or is no other word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from marketplace.shortlists.rules.inhabitants import inhabitants
from marketplace.shortlists.rules.ordinary import ORDINARY
from search.language import fold

_LEAST: Final = 2
_WORD: Final = re.compile(r"[^\W\d_]+")
_PARTICLES: Final = frozenset(
    "de du des la le les l d et and the of von van der den aux au en a sur sous saint sainte st ste"
    " sas sasu sarl eurl ltd srl bv gmbh inc llc".split()
)
_BETWEEN: Final = re.compile(r"[\s'’.-]{1,3}")
_BEGINS: Final = re.compile(r"(?:\A|[.!?:;…\n\]]|[•*–—-]\s)[\s\"«“(‘'’-]*\Z")
_LIVES: Final = re.compile(
    r"\b(?:bas|install|habit|vi[sv]|situ|resid|résid|domicili|live|liv|locat)\w*\s+(?:\w+\s+)?"
    r"(?:à|a|au|aux|en|sur|dans|in|near|at)\s+(?:l[ae]s?\s+|l['’])?\Z",
    re.IGNORECASE,
)
_NEAR: Final = 40  # letters before a word that are read to decide
_ENDINGS: Final = ("", "e", "s", "x", "es", "ne", "nes")
"""Of who lives somewhere: "lyonnais" and "lyonnaises", "parisien" and "parisiennes"."""
_DEPARTMENT: Final = 3
"""The most characters of a department's number; a longer number is a postcode."""


@dataclass(frozen=True, slots=True)
class Proper:
    """What tells somebody's places and trade, all folded.

    `words` are hidden wherever they stand, `written` only where they are written as a name,
    `phrases` (whole names) where all of it stands; `numbers`: of departments, and a postcode.
    """

    words: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()
    phrases: frozenset[tuple[str, ...]] = frozenset()
    numbers: frozenset[str] = frozenset()


NOTHING: Final = Proper()


def proper(
    places: Iterable[str], trades: Iterable[str], numbers: Iterable[str], shown: Iterable[str]
) -> Proper:
    """What is hidden of these names; `trades`: names of businesses and lines of addresses.

    `shown` are names that everybody reads beside the text, so that their words tell nothing.
    """
    told = {word for name in shown for word in _parts(name)} | _PARTICLES
    where = [_parts(name) for name in places]
    what = [_parts(name) for name in trades]
    placed = {word for parts in where for word in parts if len(word) >= _LEAST} - told
    traded = {word for parts in what for word in parts if len(word) >= _LEAST} - told
    people = {form + ending for form in inhabitants(placed) for ending in _ENDINGS}
    return Proper(
        words=(frozenset(placed) | people) - ORDINARY,
        # Of trades any word may be an everyday one; of places these are.
        written=frozenset((placed & ORDINARY) | (traded - ORDINARY)),
        phrases=frozenset(
            tuple(one) for one in (*(w for w in where if len(w) > 1), *what) if set(one) - told
        ),
        numbers=frozenset(one for one in numbers if one),
    )


def _parts(name: str) -> list[str]:
    return _WORD.findall(fold(name).replace("-", " "))


def named(text: str, hidden: Proper) -> frozenset[int]:
    """Where the words begin that are names of `hidden` in this text."""
    words = list(_WORD.finditer(text))
    plain = [fold(word[0]) for word in words]
    begins: dict[str, list[tuple[str, ...]]] = {}
    for phrase in hidden.phrases:
        begins.setdefault(phrase[0], []).append(phrase)
    found: set[int] = set()
    for at, word in enumerate(words):
        for phrase in begins.get(plain[at], ()):
            end = at + len(phrase)
            if tuple(plain[at:end]) == phrase and _is_name(text, words[at:end], phrase):
                found.update(one.start() for one in words[at:end])
        written = plain[at] in hidden.written and _as_name(text, word)
        if written or plain[at] in hidden.words:
            found.add(word.start())
    return frozenset(found)


def _is_name(text: str, words: list[re.Match[str]], phrase: tuple[str, ...]) -> bool:
    """Whether the words are that name together, not everyday words beside each other by chance."""
    together = all(
        _BETWEEN.fullmatch(text[one.end() : other.start()]) for one, other in pairwise(words)
    )
    everyday = len(phrase) == 1 or set(phrase) <= ORDINARY | _PARTICLES
    return together and (not everyday or any(one[0][0].isupper() for one in words))


def _as_name(text: str, word: re.Match[str]) -> bool:
    before = text[max(0, word.start() - _NEAR) : word.start()]
    if _LIVES.search(before):
        return True
    if not word[0][0].isupper() or _BEGINS.search(before):
        return False
    # In a text of capitals a capital says nothing.
    return not word[0].isupper() or not text.isupper()


def without_numbers(text: str, hidden: Proper, gap: str) -> str:
    """The text with gaps for departments ("dans le 31", "(68)") and their postcodes."""
    if not hidden.numbers:
        return text
    numbers = "|".join(map(re.escape, hidden.numbers))
    whole = "|".join(re.escape(one) for one in hidden.numbers if len(one) > _DEPARTMENT) or "(?!)"
    pattern = re.compile(
        rf"(?P<before>\(\s*)(?i:{numbers})(?=\s*\))"
        r"|(?P<said>\b(?i:dans\s+le|départements?|dépt?\.?|department|dept\.?)\s+(?:n[°o]\s*)?)"
        rf"(?i:{numbers})\b(?!\s*(?:[%€$£/:]|[.,]?\d|h\b))"
        rf"|\b(?:(?:{numbers})\d{{3}}|{whole})\b(?=\s*[),]|\s+[A-ZÀ-Ý])"
    )
    return pattern.sub(lambda one: f"{one['before'] or one['said'] or ''}{gap}", text)
