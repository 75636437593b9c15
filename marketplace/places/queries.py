"""Owns the reading of the offline gazetteer; never writes, never asks the network.

The whole gazetteer (some 28,000 towns) is read once into memory: about 10 MB and 0.2 seconds.
"""

from __future__ import annotations

import gzip
import json
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from babel import Locale

from marketplace.places.rules import KNOWN_ALONE, City, Region, after, fold, parted, weight

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "City",
    "Country",
    "after",
    "cities_between",
    "cities_matching",
    "city",
    "city_named",
    "counties",
    "countries",
    "country_name",
    "departments",
    "departments_of",
    "fold",
    "largest",
    "region",
    "regions",
    "time_zones",
    "title",
    "whereabouts",
    "written",
]

DATA: Final = Path(__file__).parent / "data"
WHOLE: Final = 20
"""How much more a town counts whose whole name was typed."""
ALSO: Final = 0.1
"""How much less one counts of which only another name begins so."""
ALSO_CALLED: Final = {"uk": "GB", "usa": "US", "ile maurice": "MU", "hollande": "NL"}
"""Countries as people shorten them, folded."""
FIRST: Final = ("FR", "BE", "CH", "LU", "MC", "CA")  # offered before the alphabet starts


@dataclass(frozen=True, slots=True)
class Country:
    """A country of the gazetteer: ISO 3166-1 code and its names."""

    code: str
    name_fr: str
    name_en: str

    def name(self, locale: str) -> str:
        """The country's name in `fr` or `en`."""
        return self.name_fr if locale == "fr" else self.name_en


@cache
def _cities() -> dict[str, City]:
    found: dict[str, City] = {}
    more = _more_names()
    with gzip.open(DATA / "cities.tsv.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            slug, country, code, en, fr, lat, lng, population, zone = line.rstrip("\n").split("\t")
            en_too, fr_too, also = more.get(slug, ("", "", ()))
            en, fr = en_too or en, fr_too or fr or en
            place = float(lat), float(lng), int(population)
            found[slug] = City(slug, country, code, en, fr, *place, zone, also)
    return found


def _more_names() -> dict[str, tuple[str, str, tuple[str, ...]]]:
    """English and French name of some towns, and what else they are called."""
    rows = (line.split("\t") for line in (DATA / "names.tsv").read_text("utf-8").splitlines())
    return {slug: (en, fr, tuple(filter(None, also.split(";")))) for slug, en, fr, also in rows}


@cache
def departments() -> dict[str, str]:
    """French departments by number and by folded name -> the slug of the town of their prefect."""
    rows = (line.split("\t") for line in (DATA / "departments.tsv").read_text("utf-8").splitlines())
    return {key: slug for number, name, slug in rows for key in (number.lower(), fold(name))}


@cache
def counties() -> dict[str, str]:
    """English counties by folded name -> the slug of their chief town."""
    rows = (line.split("\t") for line in (DATA / "counties.tsv").read_text("utf-8").splitlines())
    return {fold(name): slug for name, slug in rows}


@cache
def _index() -> tuple[list[str], list[City]]:
    """Folded names in order, and the town each belongs to; a town has one entry per name."""
    pairs = sorted(
        ((key, town) for town in _cities().values() for key in _keys(town)),
        key=lambda pair: pair[0],
    )
    return [key for key, _ in pairs], [town for _, town in pairs]


def _keys(town: City) -> set[str]:
    return {fold(one) for one in (town.name_en, town.name_fr, *town.also)}


@cache
def _regions() -> dict[str, Region]:
    names: dict[str, dict[str, str]] = json.loads((DATA / "regions.json").read_text("utf-8"))
    return {code: Region(code, both["fr"], both["en"]) for code, both in names.items()}


def city(slug: str) -> City | None:
    """The town of this slug, or None."""
    return _cities().get(slug)


@cache
def _by_latitude() -> tuple[list[float], list[City]]:
    towns = sorted(_cities().values(), key=lambda town: town.lat)
    return [town.lat for town in towns], towns


def cities_between(south: float, north: float) -> list[City]:
    """All towns between two latitudes, in degrees."""
    latitudes, towns = _by_latitude()
    return towns[bisect_left(latitudes, south) : bisect_right(latitudes, north)]


def cities(country: str) -> list[City]:
    """All towns of a country (ISO 3166-1)."""
    return [town for town in _cities().values() if town.country == country]


def _starting_with(prefix: str) -> Iterator[City]:
    keys, towns = _index()
    for position in range(bisect_left(keys, prefix), len(keys)):
        if not keys[position].startswith(prefix):
            return
        yield towns[position]


def cities_matching(text: str, country: str | None = None, limit: int = 10) -> list[City]:
    """Towns whose French or English name starts with `text`, the likeliest meant first.

    Accents, case and hyphens do not matter. Empty text matches nothing. A whole name counts for
    more than the beginning of a larger town's.
    """
    prefix = fold(text)
    return list(_matching(prefix, country, limit)) if prefix else []


@lru_cache(maxsize=4096)  # two letters begin the names of thousands: tens of milliseconds
def _matching(prefix: str, country: str | None, limit: int) -> tuple[City, ...]:
    found = {t.slug: t for t in _starting_with(prefix) if country in (None, t.country)}
    likeliest = sorted(found.values(), key=lambda town: -_likelihood(town, prefix))
    return tuple(likeliest[:limit])


def _likelihood(town: City, prefix: str) -> float:
    """How likely a town is meant by the beginning of a name; less so of what else it is called."""
    if prefix in _keys(town):
        return weight(town) * WHOLE
    called = any(fold(one).startswith(prefix) for one in (town.name_fr, town.name_en))
    return weight(town) * (1 if called else ALSO)


def city_named(text: str, country: str | None = None) -> City | None:
    """The town a person means by a full name, alone or with its region or country: the likeliest.

    A slug is understood where no town has such a name.
    """
    name, where = parted(text)
    return (
        _likeliest(fold(text), country)
        or (_likeliest(fold(name), country, fold(where)) if where else None)
        or _of_slug(text.strip(), country)
    )


def _likeliest(name: str, country: str | None, where: str = "") -> City | None:
    found = [
        town
        for town in _same_name(name)
        if country in (None, town.country) and (not where or where in _lies_in(town))
    ]
    return max(found, key=weight, default=None)


def _of_slug(slug: str, country: str | None) -> City | None:
    known = city(slug)
    return known if known and country in (None, known.country) else None


def _same_name(name: str) -> list[City]:
    keys, towns = _index()
    return towns[bisect_left(keys, name) : bisect_right(keys, name)]


@cache
def departments_of(region: str) -> frozenset[str]:
    """Numbers and folded names of the departments of a French region."""
    known = _cities()
    return frozenset(key for key, slug in departments().items() if known[slug].region == region)


def _lies_in(town: City) -> set[str]:
    """What may be written behind a town's name, folded: region, its departments, country, codes."""
    part = _regions().get(town.region)
    names = [part.name_fr, part.name_en] if part else []
    names += [country_name(town.country, "fr"), country_name(town.country, "en"), town.country]
    names += [town.region[3:], *(k for k, code in ALSO_CALLED.items() if code == town.country)]
    told = {fold(one) for one in names} | departments_of(town.region)
    return told | {one.removeprefix("la ") for one in told}  # "Saint-Denis, Réunion"


@cache
def title(town: City, locale: str) -> str:
    """The town's name, with what tells it from others of that name: "Saint-Denis (La Réunion)".

    Its region where one in the same country has the name, else its country; nothing beside a town
    much larger than all of those (`KNOWN_ALONE`).
    """
    name = town.name(locale)
    others = [one for one in _same_name(fold(name)) if one.slug != town.slug]
    if all(one.population * KNOWN_ALONE < town.population for one in others):
        return name
    part = region(town.region)
    near = part and any(one.country == town.country for one in others)
    return f"{name} ({part.name(locale) if part and near else country_name(town.country, locale)})"


def written(town: City, locale: str) -> str:
    """What to write in a field to mean this very town: its title, or its slug where that fails."""
    name = title(town, locale)
    return name if city_named(name, town.country) == town else town.slug


def whereabouts(town: City, locale: str) -> str:
    """The region and country a town lies in, as written under its name."""
    part = region(town.region)
    names = [part.name(locale)] if part else []
    return ", ".join(dict.fromkeys([*names, country_name(town.country, locale)]))


def largest(country: str, limit: int) -> list[City]:
    """The largest towns of a country."""
    found = []
    for town in _cities().values():  # the file is in order of population
        if town.country == country:
            found.append(town)
            if len(found) == limit:
                break
    return found


@cache
def time_zones() -> frozenset[str]:
    """The IANA time zones in which the gazetteer has a town."""
    return frozenset(town.time_zone for town in _cities().values())


def region(code: str) -> Region | None:
    """The region of this ISO 3166-2 code, or None."""
    return _regions().get(code)


def regions(country: str) -> list[Region]:
    """The regions of a country (ISO 3166-1), by French name."""
    found = [r for r in _regions().values() if r.country == country]
    return sorted(found, key=lambda r: fold(r.name_fr))


def country_name(code: str, locale: str) -> str:
    """The country's name in `fr` or `en`, from Unicode CLDR; the code itself if unknown."""
    return str(Locale(locale).territories.get(code, code))


@cache
def _countries() -> tuple[Country, ...]:
    codes = {town.country for town in _cities().values()}
    return tuple(Country(c, country_name(c, "fr"), country_name(c, "en")) for c in codes)


def countries(locale: str = "fr") -> list[Country]:
    """The countries of the gazetteer: France and its neighbours first, then by name."""
    order = {code: place for place, code in enumerate(FIRST)}
    return sorted(_countries(), key=lambda c: (order.get(c.code, len(order)), fold(c.name(locale))))
