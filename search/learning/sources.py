"""Owns what is learnt from: phrases of the vocabulary and sentences; learns nothing itself."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from search import taxonomy
from search.senses.lexicon import texts_of
from search.senses.meaning import FORM
from search.senses.refusing import heard

if TYPE_CHECKING:
    from collections.abc import Iterator

WISHES: Final = Path(__file__).parent / "wishes.tsv"
HINT: Final = 0.4
"""What a hint teaches beside a phrase that says it by itself."""
LATER: Final = 0.3
"""What a sentence tells of a skill that it does not name first, beside the one it does."""
SEEN_WITH: Final = 0.01
"""A smaller share of sentences says nothing."""


@lru_cache(maxsize=1)
def wishes() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The sentences and the skills that would do for each."""
    lines = (line.partition("\t") for line in WISHES.read_text(encoding="utf-8").splitlines())
    return tuple(
        (text, tuple(dict.fromkeys(codes.replace("=", ",").split(","))))
        for codes, _tab, text in lines
    )


def as_well() -> dict[str, dict[str, float]]:
    """Skill -> who else would do -> of the sentences that mean the skill, the share that say so.

    A sentence counts wholly for the skill that it names first, for the others in part.
    """
    times: dict[str, float] = defaultdict(float)
    both: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for line in WISHES.read_text(encoding="utf-8").splitlines():
        for wish in line.partition("\t")[0].split(","):
            some = wish.split("=")
            for place, code in enumerate(some):
                counts = LATER if place else 1.0
                times[code] += counts
                for other in some[:place] + some[place + 1 :]:
                    both[code][other] += counts
    return {code: _shares(both[code], times[code]) for code in sorted(times)}


def _shares(of: dict[str, float], times: float) -> dict[str, float]:
    kept = {other: round(n / times, 3) for other, n in of.items() if n >= SEEN_WITH * times}
    return dict(sorted(kept.items(), key=lambda one: (-one[1], one[0])))


def digest() -> str:
    """Of the sentences, the skills and how signs are taken: weights of another are old.

    Not of the vocabulary's phrases: a synonym more is recognised as a phrase, learnt or not.
    """
    codes = ",".join(sorted(term.code for term in taxonomy.skills()))
    return hashlib.sha256(f"{FORM}\n{codes}\n".encode() + WISHES.read_bytes()).hexdigest()[:16]


def texts() -> list[tuple[str, dict[str, float]]]:
    """Every text and its skills with how sure each is, 0 to 1, as a search would hear it."""
    found: dict[str, dict[str, float]] = defaultdict(dict)
    for text, code, sure in (*_phrases(), *_sentences()):
        found[text][code] = max(sure, found[text].get(code, 0.0))
    return list(found.items())


def _phrases() -> Iterator[tuple[str, str, float]]:
    for term in taxonomy.skills():
        for text, sure in texts_of(term):
            yield heard(text), term.code, 1.0 if sure else HINT


def _sentences() -> Iterator[tuple[str, str, float]]:
    for text, codes in wishes():
        wish = heard(text)
        for code in codes:
            yield wish, code, 1.0
