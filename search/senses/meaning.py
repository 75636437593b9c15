"""Owns which skills a whole text speaks for, as learnt from sentences; never reads phrases.

A linear model: each sign of a text (its words, words that follow each other, letters within words)
weighs for or against each skill. search.learning makes the weights out of the vocabulary and of
sentences as owners type them; here they are only added up.
"""

from __future__ import annotations

import gzip
import math
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Final

import orjson

from search.language import STOP_WORDS

MODEL: Final = Path(__file__).parents[1] / "data" / "meanings.json.gz"
FORM: Final = 3
"""Grows when signs are taken differently: the weights must then be learnt anew."""
WORDS_MAX: Final = 80
"""Of a longer text the first ones are read: they cost less than a millisecond."""
LETTERS: Final = (3, 5)
"""The shortest and the longest stretch of letters: what a slip leaves, what a family shares."""
BESIDE_SMALL: Final = 0.7
"""What a word with a small one beside it weighs ("do my", "for us"): less than words alone."""
STRETCH: Final = 0.5
LEAST: Final = 0.01
"""Shares below this are noise."""
ZERO: Final = 128
"""The byte of a weight of zero."""

Evidence = dict[str, float]


@dataclass(frozen=True, slots=True)
class Model:
    """`weights`: sign -> bytes in pairs, a skill's place in `codes` and its weight from ZERO.

    `as_well`: skill -> who else would do -> the share of sentences that say so, 0 to 1.
    """

    source: str
    codes: tuple[str, ...]
    bias: tuple[float, ...]
    step: float
    weights: dict[str, bytes]
    as_well: dict[str, Evidence]


@lru_cache(maxsize=1)
def model() -> Model:
    """The weights that are shipped."""
    raw = orjson.loads(gzip.decompress(MODEL.read_bytes()))
    weights = {sign: bytes.fromhex(row) for sign, row in raw["weights"].items()}
    return Model(
        raw["source"], tuple(raw["codes"]), tuple(raw["bias"]), raw["step"], weights, raw["as_well"]
    )


def signs(text: str) -> dict[str, float]:
    """The signs of a normalised text and how strong they are, together of length 1."""
    words = text.split()[:WORDS_MAX]
    telling = [word for word in words if word not in STOP_WORDS]
    found: dict[str, float] = {}
    for word in dict.fromkeys(telling):
        whole = f"<{word}>"
        for length in range(LETTERS[0], LETTERS[1] + 1):
            for start in range(len(whole) - length + 1):
                found[f"#{whole[start : start + length]}"] = STRETCH
    for one, other in pairwise(words):
        if one in STOP_WORDS or other in STOP_WORDS:
            found[f"{one}_{other}"] = BESIDE_SMALL
    for one, other in pairwise(telling):
        found[f"{one} {other}"] = 1.0
    found |= dict.fromkeys(telling, 1.0)
    size = math.sqrt(sum(strong * strong for strong in found.values())) or 1.0
    return {sign: strong / size for sign, strong in found.items()}


def meant(text: str) -> Evidence:
    """Skill -> how likely a normalised text means it, 0 to 1, all together at most 1.

    Nothing when no sign of it is known.
    """
    learnt = model()
    sums = list(learnt.bias)
    known = False
    for sign, strong in signs(text).items():
        if row := learnt.weights.get(sign):
            known = True
            force = strong * learnt.step
            for place, weight in zip(row[::2], row[1::2], strict=True):
                sums[place] += force * (weight - ZERO)
    if not known:
        return {}
    highest = max(sums)
    shares = [math.exp(one - highest) for one in sums]
    least = LEAST * (total := sum(shares))
    return {
        code: share / total
        for code, share in zip(learnt.codes, shares, strict=True)
        if share >= least
    }
