"""Owns what is said not to be wanted: "sans prospection", "no calls"; never a meaning."""

from __future__ import annotations

import re
from typing import Final

from search.language import GENDER_WORDS, fold
from search.senses.lexicon import meaningful
from search.senses.reading import Piece, read
from search.senses.talk import ordinary

_NOT: Final = re.compile(
    r"(?:(?<!\w)(?:(?:pas|jamais|plus|ni|au lieu|plutot que) d'"
    r"|(?:pas de|pas besoin de|ne veux pas de|jamais de|aucune?|au lieu de|au lieu du"
    r"|plutot que(?: de)?|sans(?: aucune?)?|sauf|hors|hormis|excepte|a part"
    r"|ni(?! (?:and|contrib\w*|numbers?|tax|stamps?|for|returns?|payroll)\b)"
    r"|no|nor|neither|not(?: an?(?: (?:full|real|proper|whole))?)?|without|except(?: for)?"
    r"|excluding|apart from|other than|instead of|rather than"
    r"|(?:don'?t|do not) (?:want|need)(?: an?)?)"
    r"(?: (?:les?|la|des?|du|the|any))?\s+)"
    rf"|(?:^(?:{'|'.join(GENDER_WORDS)})?|[,;:.]|(?<!\w)(?:mais|et|surtout))"
    r"\s*pas (?:(?:les?|la|une?|mes|nos) |l')"
    r"|(?<!\S)-(?=\w))(?P<what>(?:(?!\bni\b)[^,;:.!?])*)"
)
_OR: Final = re.compile(r"\s(?:or|ou|nor)\s(?:d'|(?:les?|la|des?|du|the|any|an?)\s)?")


def heard(text: str) -> str:
    """A text without ordinary names of products and without what is said not to be wanted."""
    return _wanted(ordinary(text))


def _wanted(text: str) -> str:
    """A text without what is said not to be wanted: "no phone", "sans prospection", "-medical"."""

    def kept(match: re.Match[str]) -> str:
        parts = [read(part) or [Piece(())] for part in _OR.split(match["what"])]
        if not all(part[0].sense for part in parts):
            return match[0]  # "not sure if a bookkeeper or an accountant" refuses neither
        return " , ".join(["", *(" ".join(one.words) for part in parts for one in part[1:]), ""])

    wanted, times = _NOT.subn(kept, fold(text))
    return wanted if times and meaningful(wanted) else text
