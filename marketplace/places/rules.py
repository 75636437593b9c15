"""Owns what a town and a region are and how far apart two points lie; never reads the files."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

AT_HOME: Final = frozenset({"FR", "BE", "CH", "LU", "MC"})
KINDRED: Final = frozenset("CA GB IE MA TN DZ SN CI CM MG ML BF BJ TG NE GN GA CG CD MU HT".split())
"""Countries where much French is spoken, and those across the Channel."""
OVERSEAS: Final = "FR-9"
ALSO_REGIONS: Final = {
    "FR-IDF": "idf, parisienne",
    "FR-PAC": "paca",
    "FR-GES": "alsace, champagne ardenne",
    "FR-HDF": "picardie, picardy, nord pas de calais",
    "FR-BFC": "bourgogne, burgundy, franche comte",
    "FR-ARA": "auvergne, rhone alpes",
    "FR-NAQ": "limousin, aquitaine, poitou charentes",
    "FR-OCC": "languedoc roussillon, midi pyrenees",
}
"""Regions as people shorten them, and by the names of those they were made of."""
KNOWN_ALONE: Final = 10
"""So many times larger than any other of its name, a town needs no region beside it."""


@dataclass(frozen=True, slots=True)
class Region:
    """An ISO 3166-2 subdivision. `code` is like FR-IDF; `country` is its ISO 3166-1 part."""

    code: str
    name_fr: str
    name_en: str

    @property
    def country(self) -> str:
        """The ISO 3166-1 code of its country."""
        return self.code[:2]

    def name(self, locale: str) -> str:
        """The region's name in `fr` or `en`."""
        return self.name_fr if locale == "fr" else self.name_en


@dataclass(frozen=True, slots=True)
class City:
    """A town. Coordinates in degrees (WGS 84), `time_zone` an IANA name, `region` ISO 3166-2."""

    slug: str
    country: str
    region: str
    name_en: str
    name_fr: str
    lat: float
    lng: float
    population: int
    time_zone: str
    also: tuple[str, ...] = ()
    """Other names people write."""

    def name(self, locale: str) -> str:
        """The town's name in `fr` or `en`."""
        return self.name_fr if locale == "fr" else self.name_en


def fold(text: str) -> str:
    """Lower case without accents, punctuation as single blanks; "st" and "ste" written out."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe"))
    plain = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    words = re.sub(r"[\W_]+", " ", plain).split()
    full = {"st": "saint", "ste": "sainte"}
    return " ".join(full.get(word, word) for word in words)


def weight(town: City) -> int:
    """How likely a town is meant by its name: its people, the nearer the more often counted.

    Ten times in France and its French-speaking neighbours; three times overseas, in other
    countries where much French is spoken and across the Channel; once elsewhere.
    """
    if town.country in AT_HOME:
        return town.population * (3 if town.region.startswith(OVERSEAS) else 10)
    return town.population * (3 if town.country in KINDRED else 1)


_VOWEL: Final = re.compile(r"[aeiou]|y(?![aeiou])")
_ELIDED: Final = frozenset(
    "hyeres henin herouville hendaye hennebont herblay hazebrouck haubourdin halluin hirson"
    " hericourt hesdin hagetmau herbignac homecourt herserange hopital yerres yerville".split()
)
"""First words with a mute h, or a y before a vowel that is one itself: "d’Hyères", "d’Yerres"."""
_ARTICLES: Final = {
    ("de", "le"): "du",
    ("de", "les"): "des",
    ("à", "le"): "au",
    ("à", "les"): "aux",
}


def after(small: str, name: str, locale: str) -> str:
    """A place's name after "de" or "à" as French has it: "d’Annecy", "du Havre", "à La Rochelle".

    Other languages change neither; there the name is returned alone.
    """
    if locale != "fr":
        return name
    article, _blank, rest = name.partition(" ")
    if joined := _ARTICLES.get((small, article.lower())):
        return f"{joined} {rest}"
    plain = fold(name)
    if small == "de" and (_VOWEL.match(plain) or plain.partition(" ")[0] in _ELIDED):
        return f"d’{name}"
    return f"{small} {name}"


def parted(text: str) -> tuple[str, str]:
    """A town's name and what was written behind it to say which: "London, UK", "Vienne (Isère)"."""
    name, _bar, where = re.sub(r"\)\s*$", "", text).replace("(", ",").rpartition(",")
    return (name.strip(" ,"), where.strip()) if name else (text.strip(), "")
