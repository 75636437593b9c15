"""Owns how towns' names are shortened and misspelt; never which towns there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from search.senses.lexicon import known
from search.senses.spelling import slips

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

SHORT: Final = {
    "bxl": "bruxelles", "bdx": "bordeaux", "mtl": "montreal", "casa": "casablanca",
    "tlse": "toulouse", "nyc": "new york", "aix": "aix-en-provence",
    "aix en pce": "aix-en-provence", "strbg": "strasbourg",
    "londn": "london", "londre": "londres", "nante": "nantes", "marseile": "marseille",
    "clermont": "clermont-ferrand", "boulogne": "boulogne-billancourt", "paname": "paris",
    "quebec city": "quebec", "ville de quebec": "quebec", "ldn": "london", "gva": "geneve",
}  # fmt: skip
"""Towns as people shorten them, folded."""
SLIP_FROM: Final = 8
"""A town's name of so many letters may have one wrong, yet not the first."""


class Misspelt:
    """Names of large towns with a letter wrong -> the name; those that are near two are neither."""

    def __init__(self, names: Callable[[], Iterable[str]]) -> None:
        self._names = names
        self._slips: dict[str, set[str]] = {}

    def name(self, said: str) -> str:
        """The one town of nearly this name, folded; else empty."""
        if len(said) < SLIP_FROM - 1 or said in known():
            return ""
        found = {one for shorter in _shorter(said) for one in self._table().get(shorter, ())}
        near = {one for one in found if one[0] == said[0] and slips(said, one) == 1}
        return near.pop() if len(near) == 1 else ""

    def _table(self) -> dict[str, set[str]]:
        if not self._slips:
            for name in self._names():
                for shorter in _shorter(name) if len(name) >= SLIP_FROM else ():
                    self._slips.setdefault(shorter, set()).add(name)
        return self._slips


def _shorter(text: str) -> Iterator[str]:
    yield text
    yield from (text[:at] + text[at + 1 :] for at in range(1, len(text)))
