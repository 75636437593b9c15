"""Owns what single words speak for, however they are put together; never reads phrases.

Every phrase of the vocabulary teaches which skills its words are said for: "chase" and "debts"
speak for reminders though nobody listed "chase old debts". Words said for everything say little.
"""

from __future__ import annotations

import math
from collections import defaultdict
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from search import taxonomy
from search.senses.lexicon import meaningful, stem, texts_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LABEL: Final = 2.0
HINT: Final = 0.5
"""What a label and a hint teach beside a synonym or a saying."""
FAMILY: Final = 0.5
"""What a word's family speaks beside the word itself."""
LEAST: Final = 0.02
"""Shares of a word below this are noise."""
DOUBT: Final = 0.5
"""So much is taken off what is seldom said."""

Evidence = dict[str, float]


def _signs(words: Sequence[str]) -> Iterator[tuple[str, float]]:
    """What a text is compared by: words, their families, and words that follow each other."""
    for word in dict.fromkeys(words):
        yield word, 1.0
        yield f"{stem(word)}-", FAMILY
    for one, other in pairwise(words):
        yield f"{one} {other}", 1.0


@lru_cache(maxsize=1)
def _taught() -> dict[str, Evidence]:
    """Sign -> skill -> what the sign speaks for it, 0 to 1."""
    seen: dict[str, Evidence] = defaultdict(lambda: defaultdict(float))
    for term in taxonomy.skills():
        texts = [(text, 1.0 if sure else HINT) for text, sure in texts_of(term)]
        texts += [(text, LABEL - 1.0) for text in term.labels]
        size = math.sqrt(sum(weight for _text, weight in texts))
        for text, weight in texts:
            words = meaningful(text)
            for sign, _share in _signs(words):
                seen[sign][term.code] += weight / size / math.sqrt(len(words))
    return {sign: _spoken(codes) for sign, codes in seen.items()}


def _spoken(codes: Evidence) -> Evidence:
    """Shares of a sign, less where it is said for many things."""
    total = sum(codes.values())
    shares = {code: times / total for code, times in codes.items()}
    spread = -sum(share * math.log(share) for share in shares.values())
    says = (1 - spread / math.log(len(taxonomy.skills()))) * total / (total + DOUBT)
    return {c: says * math.sqrt(share) for c, share in shares.items() if share >= LEAST}


def evidence(words: Sequence[str]) -> Evidence:
    """Skill -> what all the words together speak for it."""
    found: Evidence = defaultdict(float)
    for sign, weight in _signs(words):
        for code, says in _taught().get(sign, {}).items():
            found[code] += weight * says
    return found
