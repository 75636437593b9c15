"""Owns facet counts kept between searches of the same people; never counts itself.

Counting facets is most of a search's work, and turning a page or sorting changes none of them.
They are right until the index changes: whoever writes to it says so (`forget`), and nothing is
kept while nobody would (`trusted`). A minute bounds what an accident could leave.
"""

from __future__ import annotations

import hashlib
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from search import plan

if TYPE_CHECKING:
    from datetime import date

    from search.answers import Facets
    from search.query import SearchQuery

KEPT_MAX: int = 2_000
SECONDS: Final = 60.0

Key = bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """The counts one search needs: `known` ones, or a place to `keep` those it will get."""

    known: Facets | None
    counts: Counts
    key: Key
    generation: int

    def keep(self, facets: Facets) -> None:
        """Keep what was counted, unless the index has changed since it was asked."""
        if self.key and self.known is None and facets:
            self.counts.put(self.key, self.generation, facets)


class Counts:
    """What one process has counted lately."""

    def __init__(self) -> None:
        self.trusted = False
        self._kept: OrderedDict[Key, tuple[float, Facets]] = OrderedDict()
        self._generation = 0

    def forget(self) -> None:
        """The index has changed, or it is not known whether it has."""
        self._kept.clear()
        self._generation += 1

    def about(self, query: SearchQuery, today: date) -> Asked:
        """The counts of a search: the same on each page and in each order."""
        if not self.trusted or not query.facets or not KEPT_MAX:
            return Asked(None, self, b"", 0)
        # A digest: the towns around a place alone are up to a hundred thousand letters.
        told = "\0".join(plan.counted_by(query, today))
        key = hashlib.blake2b(told.encode(errors="replace"), digest_size=16).digest()
        found = self._kept.get(key)
        if found and found[0] > time.monotonic():
            return Asked(found[1], self, key, self._generation)
        return Asked(None, self, key, self._generation)

    def put(self, key: Key, generation: int, facets: Facets) -> None:
        """Keep counts asked for in this generation."""
        if generation != self._generation:
            return
        now = time.monotonic()
        self._kept.pop(key, None)
        self._kept[key] = (now + SECONDS, facets)
        while len(self._kept) > KEPT_MAX or next(iter(self._kept.values()))[0] <= now:
            self._kept.popitem(last=False)
