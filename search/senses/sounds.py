"""Owns how a word sounds, roughly: "facturassion", "juridic" and "frait" are spelled by ear."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_RULES: Final = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"ph", "f"),
        (r"[sc]h", "#"),
        (r"(?<!^)h|^h", ""),
        (r"t(?=i(?:on|el|eu))", "s"),
        (r"sc(?=[eiy])|c(?=[eiy])|z", "s"),
        (r"ge(?=[aou])|g(?=[eiy])", "j"),
        (r"qu|ck|[cq]", "k"),
        (r"eau|au", "o"),
        (r"ou|oo", "u"),
        (r"ai|ei|ay|ey|(?:er|ez|et)$", "e"),
        (r"[ae][mn](?=[^aeiouy])", "a~"),
        (r"y", "i"),
        (r"w", "v"),
        (r"(.)\1+", r"\1"),
        (r"[estdxp]+$", ""),
    )
)


@lru_cache(maxsize=20_000)
def sound(word: str) -> str:
    """How a folded word sounds in French, and often in English: equal for what is heard alike."""
    for pattern, heard in _RULES:
        word = pattern.sub(heard, word)
    return word
