"""Owns names of peoples, and lands and towns of which nobody is wanted; never where a place is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final

from search.phrases.base import Found, Said, Vocabulary
from search.phrases.places import COMPASS, NAME_WORDS, UNCERTAIN, WORD, WORDS_TOO
from search.phrases.refused import begins_refused, refused
from search.phrases.someone import SOMEONE

_PEOPLES: Final = {
    "BE": "belge belgian", "CH": "suisse suissesse swiss", "LU": "luxembourgeois luxembourger",
    "CA": "canadien canadian", "CA-QC": "quebecois quebecer", "GB": "britannique british",
    "IE": "irlandais irish", "US": "americain american", "MA": "marocain moroccan",
    "TN": "tunisien tunisian", "DZ": "algerien algerian", "SN": "senegalais senegalese",
    "CI": "ivoirien ivorian", "CM": "camerounais cameroonian", "MG": "malgache malagasy",
    "MU": "mauricien mauritian", "BJ": "beninois beninese", "TG": "togolais togolese",
    "ML": "malien malian", "CD": "congolais congolese", "KE": "kenyan", "NG": "nigerian",
    "ZA": "sud-africain south-african", "EG": "egyptien egyptian", "LB": "libanais lebanese",
    "IN": "indien indian", "PK": "pakistanais pakistani", "PH": "philippin filipino filipina",
    "VN": "vietnamien vietnamese", "UA": "ukrainien ukrainian", "HT": "haitien haitian",
    "BR": "bresilien brazilian", "MX": "mexicain mexican", "AU": "australien australian",
}  # fmt: skip
"""Names in French and English, folded."""
_SPEAKERS: Final = {
    "FR": "francais french", "DE": "allemand german", "GB": "anglais english",
    "ES": "espagnol spanish", "IT": "italien italian", "PT": "portugais portuguese",
    "NL": "neerlandais dutch", "PL": "polonais polish",
}  # fmt: skip
"""Those that are languages, too: of someone they are read as languages."""
_LANDS: Final = {name: land for land, names in _PEOPLES.items() for name in names.split()}
_EVERY: Final = {name: land for land, names in _SPEAKERS.items() for name in names.split()} | _LANDS
PEOPLE: Final = rf"(?:(?:{'|'.join(_EVERY)})(?:n?e)?s?)"
_NAME: Final = re.compile(rf"(?<!\w)(?P<name>{'|'.join(_LANDS)})(?:n?e)?s?(?!\w)")
_SOMEONE_BEFORE: Final = re.compile(rf"(?<!\w){SOMEONE}\s+$")
_SOMEONE_AFTER: Final = re.compile(rf"\s+{SOMEONE}(?!\w)")
_REACH: Final = 40
"""No name of a trade has so many letters."""


def peoples(text: str, typed: Callable[[int, int], str], known: Vocabulary) -> Iterator[Found]:
    """Someone of a people ("comptable belge"), and of which people or place nobody is wanted."""
    for match in _NAME.finditer(text):
        start, end = match.span()
        beside = _SOMEONE_BEFORE.search(text, max(0, start - _REACH), start)
        if beside or _SOMEONE_AFTER.match(text, end) or refused(text, start, end):
            land = _LANDS[match["name"]]
            yield Found(start, end, (("region" if "-" in land else "country", land),))
    for start in (word.start() for word in WORD.finditer(text)):
        if not begins_refused(text, start):
            continue
        words = list(islice(WORD.finditer(text, start), NAME_WORDS))
        for word in reversed(words):
            if said := _place(text[start : word.end()], typed(start, word.end()), known):
                yield Found(start, word.end(), (said,))
                break


def people_of(name: str) -> str:
    """The country or region of a people's name, in any of its forms."""
    return next(land for one, land in _EVERY.items() if name.startswith(one))


def _place(name: str, as_typed: str, known: Vocabulary) -> Said | None:
    """A place said right behind a refusal: "surtout pas du Maroc", "no London"."""
    if name in COMPASS | UNCERTAIN | WORDS_TOO or not as_typed[:1].isupper():
        return None
    if land := known.country(name):
        return ("country", land)
    if land := known.region(name):
        return ("region", land)
    town = known.town(name)
    return ("near", town[0]) if town and town[1] else None
