"""Owns what says where: towns, regions, countries; never looks them up itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from search.phrases.base import Found, Said, Vocabulary

_AT: Final = re.compile(
    r"(?<!\w)(?:(?:basee?s?|situee?s?|located|based|localisee?s?)\s+)?"
    r"(?P<how>pres d[eu']|proche d[eu']|autour d[eu']|aux alentours d[eu']|a cote d[eu']|near"
    r"|around|close to|in the|in|from|sur|dans le|dans la|dans l'|dans|a la|aux|au|a|en)"
    r"(?:(?<=')|\s+)"
)
_NAME_WORDS: Final = 4
_WORD: Final = re.compile(r"[\w'’.-]*\w")
_UNCERTAIN: Final = frozenset("nice bath reading tours mobile orange split sale best".split())


def places(text: str, typed: Callable[[int, int], str], known: Vocabulary) -> Iterator[Found]:
    """Towns, regions and countries after a preposition. `typed(start, end)`: the words as typed."""
    for match in _AT.finditer(text):
        how = match["how"]
        words = [word for word in _WORD.finditer(text, match.end()) if word.start() >= match.end()][
            :_NAME_WORDS
        ]
        for count in range(len(words), 0, -1):
            start, end = match.end(), words[count - 1].end()
            said = _place(how, text[start:end], typed(start, end), known)
            if said:
                # "à la" belongs to the name "La Rochelle"; the cue is given back with it.
                yield Found(match.start(), end, (said,))
                break


def _place(how: str, name: str, as_typed: str, known: Vocabulary) -> Said | None:
    article = {"au": "le ", "aux": "les ", "a la": "la "}.get(how, "")
    if name in _UNCERTAIN and not as_typed[:1].isupper():
        return None
    town = None if how == "en" else known.town(article + name)
    country = known.country(name)
    # "in France" and "au Maroc" are countries, though a town may have the name too.
    if country and (how in {"en", "au", "aux", "in", "in the", "from"} or not town):
        return ("country", country)
    region = known.region(name)
    if region and (how in {"en", "au", "dans", "dans le", "dans la", "dans l'"} or not town):
        return ("region", region)
    if not town:
        return None
    slug, large = town
    certain = large or as_typed[:1].isupper() or how.startswith(("pres", "proche", "near", "close"))
    return ("near", slug) if certain else None


def towns(text: str, typed: Callable[[int, int], str], known: Vocabulary) -> Iterator[Found]:
    """Large towns at the beginning or end of a text, with no word that says "in"."""
    words = list(_WORD.finditer(text))
    for count in range(min(_NAME_WORDS, len(words) - 1), 0, -1):
        for some in (words[-count:], words[:count]):
            start, end = some[0].start(), some[-1].end()
            name = text[start:end]
            town = known.town(name)
            if town and town[1] and (name not in _UNCERTAIN or typed(start, end)[:1].isupper()):
                yield Found(start, end, (("near", town[0]),))
