"""Owns which town, region or country a name stands for; never their data, never a label."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import chain
from typing import Final

from marketplace.places import queries as places
from marketplace.places.rules import ALSO_REGIONS
from search import phrases
from search.language import fold
from search.phrases import Vocabulary, town_names

TOWN_LETTERS: Final = 3
TYPED_MAX: Final = 80
"""No name of a town has so many letters; reading one takes the square of them."""
LAND_WORDS: Final = 5
"""The most words that a region or country behind a town's name has."""
TOWN_LARGE: Final = 20_000
"""From so many people on, a town's name after "in" means the town, even in lower case."""

REGION_FIRST: Final = 200_000
"""A town of fewer people, elsewhere, is not meant by the name of a region near: "in Ontario"."""

TOWN_SPELT: Final = 100_000
"""From so many people on, a town is recognised with a letter wrong,"""
NEIGHBOURS: Final = ("FR", "BE", "CH", "LU", "CA", "MA", "TN", "SN", "GB", "IE")
"""in these countries."""

WORLD_CITY: Final = 500_000
"""From so many people on, a town far away is meant where no word says "in"."""
_FIRST_NAMES: Final = frozenset(
    "aurora charlotte chelsea florence milan regina rosario salvador santiago savannah sydney"
    " victoria".split()
)
"""Of towns that are people's names, too."""
_OF: Final = re.compile(r"^(?:de (?P<article>la |l')?|du |d')")
"""Between a town and its land: "Saint-Denis de la Réunion"."""
_SHORT_LANDS: Final = frozenset({"qc", "uk"})


def _large_names() -> Iterator[str]:
    """Of towns of countries people here mostly live in: names that may be misspelt."""
    for code in NEIGHBOURS:
        for town in places.cities(code):
            if town.population >= TOWN_SPELT:
                yield from {fold(town.name_fr), fold(town.name_en)}


_misspelt = town_names.Misspelt(_large_names)


@lru_cache(maxsize=32_768)
def _town_said(name: str) -> tuple[str, bool] | None:
    # Short names ("Y", "Eu") are words far more often, and looking them up goes over many towns.
    if len(name) < TOWN_LETTERS:
        return None
    if county := places.counties().get(name.replace("-", " ")):
        return county, True
    named = town_names.SHORT.get(name.replace("-", " "), name)
    town = places.city_named(named) or places.city_named(_misspelt.name(name))
    if town is None:
        town = _with_its_land(named)
        return (town.slug, True) if town else None
    region = _regions_said().get(name.replace("-", " "))
    elsewhere = region and region[:2] in NEIGHBOURS and town.region != region
    if elsewhere and town.population < REGION_FIRST:
        return None
    return town.slug, town.population >= TOWN_LARGE


def _with_its_land(name: str) -> places.City | None:
    """The town of a name with its region or country behind it: "vienne autriche", "montreal qc"."""
    words = name.split()
    for at in range(max(1, len(words) - LAND_WORDS), len(words)):
        land = " ".join(words[at:])
        # Other letters ("in", "de", "la") are words far more often than states.
        if len(land) >= TOWN_LETTERS or land in _SHORT_LANDS:
            for one in dict.fromkeys((land, _OF.sub("", land), _OF.sub(r"\g<article>", land))):
                if town := places.city_named(f"{' '.join(words[:at])}, {one}"):
                    return town
    return None


def town_typed(text: str) -> places.City | None:
    """The town a person means who writes nothing else: by name, shortened, misspelt, a part."""
    if len(text) > TYPED_MAX:
        return None
    whole = fold(text).strip()
    name = phrases.part_of_town(whole) or whole
    said = None if name == whole else places.city_named(name)
    return said or places.city_named(text) or places.city((_town_said(name) or ("",))[0])


@cache
def _lands() -> dict[str, str]:
    named = {fold(n): c.code for c in places.countries() for n in (c.name_fr, c.name_en)}
    return named | places.ALSO_CALLED


@cache
def _regions_said() -> dict[str, str]:
    # Smaller countries first: a name two regions share means the one of the country offered first.
    found: dict[str, str] = {}
    for country in reversed(places.countries()):
        for one in places.regions(country.code):
            found[fold(one.name_fr)] = found[fold(one.name_en)] = one.code
    # Overseas, a French department is a region: "dans le 974".
    found |= {one.code[3:]: one.code for one in places.regions("FR") if one.code[3:].isdecimal()}
    also = {name: code for code, names in ALSO_REGIONS.items() for name in names.split(", ")}
    return {name.replace("-", " "): code for name, code in found.items()} | also


def lands_starting(text: str) -> list[tuple[str, str]]:
    """("country" or "region", code) of lands whose name starts so: any country, a region near."""
    begun = fold(text).replace("-", " ").strip()
    if not begun:
        return []
    near = {country.code: place for place, country in enumerate(places.countries())}
    named = {"country": _lands(), "region": _regions_said()}
    found = {
        (kind, code): near[code[:2]]
        for kind, names in named.items()
        for name, code in names.items()
        if name.replace("-", " ").startswith(begun)
        and (kind == "country" or code[:2] in NEIGHBOURS)
    }
    return sorted(found, key=lambda one: (one[0], found[one]))


@cache
def _first_words() -> frozenset[str]:
    """Words with which names of large towns and of lands begin."""
    large = (town for town in places.cities_between(-90, 90) if town.population >= TOWN_LARGE)
    names = (one for town in large for one in (town.name_fr, town.name_en, *town.also))
    every = chain(map(fold, names), _lands(), _regions_said(), places.counties(), town_names.SHORT)
    return frozenset(name.split()[0] for name in every if name)


def _certain(name: str) -> bool:
    """A large town near: in lower case its name is the town, too."""
    said = _town_said(name)
    town = places.city(said[0]) if said else None
    return town is not None and town.country in NEIGHBOURS and town.population >= TOWN_SPELT


def _unlikely(name: str) -> bool:
    """A first name, or a town of fewer than WORLD_CITY people beyond the countries near."""
    town = places.city_named(name)
    if town is None or name in places.counties():
        return False
    return name in _FIRST_NAMES or (town.country not in NEIGHBOURS and town.population < WORLD_CITY)


VOCABULARY: Final = Vocabulary(
    begins=lambda word: word in _first_words(),
    certain=_certain,
    unlikely=_unlikely,
    town=_town_said,
    country=lambda name: _lands().get(name.replace("-", " ")) or _lands().get(name),
    region=lambda name: _regions_said().get(name.replace("-", " ")),
    department=lambda name: places.departments().get(places.fold(name)),
)
