"""Owns which skills are near others: who else would do, then whose words are alike; ranks nobody.

The sentences that search.learning learns from say who would do as well. For the rest two skills are
the nearer the more rare words their phrases share, and somewhat nearer within a group.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from functools import lru_cache
from typing import Final

from search import taxonomy
from search.senses.lexicon import phrases
from search.senses.meaning import model

GROUP: Final = 0.1
"""What being of one group counts, beside the share of words, 0 to 1."""
WORDS: Final = 0.02
"""What both together count, beside the share of sentences that say who would do as well."""

Words = dict[str, float]


@lru_cache(maxsize=1024)
def nearest(codes: frozenset[str], most: int) -> tuple[str, ...]:
    """The skills nearest to all of some, without those, the nearest first; at most so many."""
    terms = [term for code in codes if (term := taxonomy.term(code)) and term.kind == "skill"]
    together: Counter[str] = Counter()
    for term in terms:
        together.update(_words().get(term.code, {}))
    groups = Counter(term.group for term in terms)
    others = [one for one in taxonomy.skills() if terms and one.code not in codes]

    def nearness(one: taxonomy.Term) -> float:
        shared = sum(much * together[word] for word, much in _words().get(one.code, {}).items())
        as_well = sum(model().as_well.get(term.code, {}).get(one.code, 0.0) for term in terms)
        return as_well + WORDS * (shared + GROUP * groups[one.group])

    return tuple(one.code for one in sorted(others, key=nearness, reverse=True)[:most])


@lru_cache(maxsize=1)
def _words() -> dict[str, Words]:
    """Skill -> the words of its phrases, each as often as it is said and as rare as it is."""
    said: dict[str, Counter[str]] = defaultdict(Counter)
    for words, meant in phrases().items():
        for code in filter(taxonomy.is_skill, meant):
            said[code].update(words)
    among = Counter(word for words in said.values() for word in words)
    return {
        code: _of_length_one(
            {
                word: math.sqrt(times) * math.log(len(said) / among[word])
                for word, times in words.items()
            }
        )
        for code, words in said.items()
    }


def _of_length_one(words: Words) -> Words:
    length = math.sqrt(sum(much * much for much in words.values())) or 1.0
    return {word: much / length for word, much in words.items()}
