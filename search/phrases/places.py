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
_LANDS: Final = frozenset("qc uk usa fr be ch ca on gb ma tn sn lux".split())
"""Written after a town's name."""
_GOING: Final = re.compile(r"(?<!\w)(?:moving|relocating|travel\w*|fly\w*|trips?|flights?) to\s+$")
_UNCERTAIN: Final = frozenset(
    "alliance anchorage ans anthem apex barking bath bell bend best borne bow brick bulle"
    " bury canton celle central clay coin confederation crystal deal delta dig douane draper"
    " eagle enterprise fleet flint fontaine forest fountain gare garner genes goes golden"
    " green halle hermitage hire holiday imperial independence jette lend liberal macon mai"
    " man manage mason medina melle mentor mission mobile nice normal opportunity orange pace"
    " pearl plantation portage providence racine reading rees reno retreat rich rota rugby"
    " sale salt sandy savage sens sparks split spring stains sterling stow summit sunrise"
    " superior surprise temple than tours trier union university vineyard vite walker walnut"
    " wedding wheeling".split()
) | {
    *("la garde", "la porte", "la possession", "la prairie"),
    *("le cap", "le moule", "le plateau", "le port"),
}
"""Names of large towns that are words people write of their work: towns with a capital alone."""
_AFTER_A: Final = frozenset("forest halle jette macon nice orange sens tours".split())
"""Those that are towns after "à" in lower case, too; not after "a", as in "a nice assistant"."""
_COMPASS: Final = frozenset(
    "centre east est littoral marche marches nord north ouest south sud west".split()
)
"""Regions somewhere, and everywhere else directions: "où en est", "au centre de formation"."""


def places(text: str, typed: Callable[[int, int], str], known: Vocabulary) -> Iterator[Found]:
    """Towns, regions and countries after a preposition. `typed(start, end)`: the words as typed."""
    for match in _AT.finditer(text):
        how = match["how"]
        words = [word for word in _WORD.finditer(text, match.end()) if word.start() >= match.end()][
            :_NAME_WORDS
        ]
        for count in range(len(words), 0, -1):
            start, end = match.end(), words[count - 1].end()
            name, as_typed = text[start:end], typed(start, end)
            if name in _AFTER_A and typed(*match.span("how")) in {"à", "À"}:
                as_typed = as_typed.title()
            said = _place(how, name, as_typed, known)
            if said:
                # "à la" belongs to the name "La Rochelle"; the cue is given back with it.
                yield Found(match.start(), end, (said,))
                break


def _place(how: str, name: str, as_typed: str, known: Vocabulary) -> Said | None:
    article = {"au": "le ", "aux": "les ", "a la": "la "}.get(how, "")
    if article + name in _UNCERTAIN and not as_typed[:1].isupper():
        return None
    town = None if how == "en" else known.town(article + name)
    country = known.country(name)
    # "in France" and "au Maroc" are countries, though a town may have the name too.
    if country and (how in {"en", "au", "aux", "in", "in the", "from"} or not town):
        return ("country", country)
    region = None if name in _COMPASS else known.region(name)
    if region and (how in {"en", "au", "dans", "dans le", "dans la", "dans l'"} or not town):
        return ("region", region)
    if not town:
        return None
    slug, large = town
    certain = large or as_typed[:1].isupper() or how.startswith(("pres", "proche", "near", "close"))
    return ("near", slug) if certain else None


def _is_land(name: str, known: Vocabulary) -> bool:
    named = known.country(name) or known.region(name)
    return name in _LANDS or bool(named and not known.town(name))


def towns(text: str, typed: Callable[[int, int], str], known: Vocabulary) -> Iterator[Found]:
    """Large towns at the beginning or end of a text, with no word that says "in"."""
    words = list(_WORD.finditer(text))
    if len(words) > 2 and _is_land(words[-1][0], known):
        words.pop()  # "Montreal QC"
    for count in range(min(_NAME_WORDS, len(words) - 1), 0, -1):
        for some in (words[-count:], words[:count]):
            start, end = some[0].start(), some[-1].end()
            if _GOING.search(text, 0, start):
                continue
            name = text[start:end]
            town = known.town(name)
            # A capital says nothing where a sentence begins.
            meant = name not in _UNCERTAIN or (typed(start, end)[:1].isupper() and start)
            if town and town[1] and meant:
                yield Found(start, end, (("near", town[0]),))
