"""Owns a sentence that is being read: what of it was used, left and told; never what it says."""

from __future__ import annotations

import re
from typing import Final

from search.language import fold
from search.notes import Why
from search.phrases import REFUSED

USED: Final = "\x00"
"""Stands for what became a filter in a sentence that is being read."""
HEDGES: Final = frozenset(
    "environ approximativement approx roughly minimum mini min maximum maxi max moins least most"
    " compris inclus included"
    " seulement uniquement exclusivement only".split()
)
"""Right beside what is a filter they told of it."""
_JOINS: Final = frozenset("et and ou or / | + & – —".split())
_EDGES: Final = frozenset(
    "- / | + & – — et and avec with pour for de a au en in qui who dispo disponible available on le"
    " la les the to of at or ou mais but".split()
)


class Sentence:
    """Folded text that knows where each of its letters stood in what was typed."""

    def __init__(self, typed: str) -> None:
        self.typed = typed
        self.unsaid: list[tuple[Why, str]] = []
        letters = [(char, at) for at, whole in enumerate(typed) for char in fold(whole)]
        self.folded = "".join(char for char, _at in letters)
        self._origin = [*(at for _char, at in letters), len(typed)]

    def words(self, start: int, end: int) -> str:
        """The words as typed between two places of the folded text."""
        return self.typed[self._origin[start] : self._origin[end - 1] + 1].strip(" ,.;")

    def use(self, start: int, end: int) -> None:
        """Take a stretch out, for later recognisers and for what is left."""
        self.folded = self.folded[:start] + USED * (end - start) + self.folded[end:]

    def leave(self, start: int, end: int) -> None:
        """Leave a stretch as text; no later recogniser reads it."""
        self.folded = self.folded[:start] + REFUSED * (end - start) + self.folded[end:]

    def rest(self) -> str:
        """What was typed and not used, without the words that joined it to the rest."""
        kept = list(self.typed)
        for place, char in enumerate(self.folded):
            if char == USED:
                kept[self._origin[place]] = USED
        some = re.split(f"{USED}+", "".join(kept))
        last = len(some) - 1
        parts = [_trimmed(one, before=at < last, after=at > 0) for at, one in enumerate(some)]
        return " ".join(re.sub(r"\(\s*\)", " ", " ".join(parts)).split())


def _trimmed(text: str, *, before: bool, after: bool) -> str:
    """A part of what was typed, `before` what became a filter and `after` such a thing."""
    words = [word for word in text.replace(";", ",").split() if word.strip(",.")]
    last = _EDGES | HEDGES if before else _EDGES
    while words and fold(words[-1]).strip(",.") in last:
        words.pop()
    while words and fold(words[0]).strip(",.") in (_JOINS | HEDGES if after else _JOINS):
        words.pop(0)
    return " ".join(words).strip(" ,")
