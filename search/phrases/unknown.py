"""Owns places that someone is looked for in and that nobody knows; never what else a name is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from search.language import STOP_WORDS
from search.notes import Why
from search.phrases.base import Found, Vocabulary
from search.phrases.someone import ANYONE, SOMEONE
from search.senses.lexicon import known as words_of_work
from search.senses.lexicon import meaningful, named

_PLACED: Final = re.compile(
    rf"(?<!\w)(?:{SOMEONE}|{ANYONE}|basee?s?|based|located|situee?s?|localisee?s?)[\s,]+"
    r"(?P<place>(?:(?:pas loin|pres|proche|autour|a cote) d[eu']|near|around|close to|vers|a|in|en)"
    r"(?:\s+|(?<='))(?P<name>[\w'’-]{4,}(?:\s+[\w'’-]{4,})?))(?=\s*(?:$|[,.;!?)]))"
)
_FEASTS: Final = frozenset("noel paques toussaint christmas easter ramadan".split())


def unknown(text: str, typed: Callable[[int, int], str], known: Vocabulary) -> Iterator[Found]:
    """A name with a capital right behind someone and "in", of which nothing is known."""
    ordinary = words_of_work() | STOP_WORDS | _FEASTS
    for match in _PLACED.finditer(text):
        name, as_typed = match["name"], typed(*match.span("name"))
        if not as_typed[:1].isupper() or as_typed.isupper() or named(meaningful(name)):
            continue
        some = {name, *name.split(), *re.findall(r"\w{4,}", name)}
        if ordinary.isdisjoint(some) and not any(
            _is_known(one, known) for one in (name, *name.split())
        ):
            yield Found(*match.span("place"), (), Why.PLACE)


def _is_known(name: str, known: Vocabulary) -> bool:
    return bool(known.town(name) or known.country(name) or known.region(name))
