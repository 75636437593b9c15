"""Owns how a search is written in an address; never reads one."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import quote_plus

from search.parameters import PARAMETERS
from search.query import canonical

if TYPE_CHECKING:
    from search.query import SearchQuery

_ORDER: Final = {name: place for place, name in enumerate(PARAMETERS)}


def address(locale: str, query: SearchQuery, **instead: str) -> str:
    """The one address of a search; `instead` writes other values, "" leaves a parameter out."""
    pairs = canonical(query)
    if instead:
        pairs = [pair for pair in pairs if pair[0] not in instead]
        pairs += [(name, value) for name, value in instead.items() if value]
        pairs.sort(key=lambda pair: _ORDER[pair[0]])
    return f"/{locale}/assistants" + ("?" + "&".join(map(_quoted, pairs)) if pairs else "")


@lru_cache(maxsize=4096)
def _quoted(pair: tuple[str, str]) -> str:
    return f"{pair[0]}={quote_plus(pair[1], safe=':@,/')}"
