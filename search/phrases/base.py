"""Owns what a recogniser yields and what it knows of the world; never reads a text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from search.notes import Why

Said = tuple[str, str]
"""A parameter of the HTTP contract and its value."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the caller knows of places by name: town -> (slug, is it large), country, region.

    `begins`: whether the name of a land or of a large town begins with a word; `certain`: whether
    a name is that of a town so large that it is meant wherever it stands; `unlikely`: whether it is
    rather somebody's, or of a town too far away, where no word says "in".
    `department`: number or name of a French department -> the slug of its chief town.
    """

    town: Callable[[str], tuple[str, bool] | None]
    country: Callable[[str], str | None]
    region: Callable[[str], str | None]
    begins: Callable[[str], bool] = lambda _word: False
    certain: Callable[[str], bool] = lambda _name: False
    unlikely: Callable[[str], bool] = lambda _name: False
    department: Callable[[str], str | None] = lambda _name: None


@dataclass(frozen=True, slots=True)
class Found:
    """What was said from `start` to `end` of the folded text; nothing, where no filter says it.

    `why`: why none does. `matter`: the words tell of the work, too, and stay text.
    """

    start: int
    end: int
    said: tuple[Said, ...]
    why: Why = Why.REFUSED
    matter: bool = False
