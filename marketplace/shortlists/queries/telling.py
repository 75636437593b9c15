"""Owns the reading of what names a candidate: who they are, where they live, what they trade as."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from marketplace.parties import queries as parties
from marketplace.places import queries as places
from marketplace.places.rules import ALSO_REGIONS
from marketplace.shortlists.rules.ordinary import ORDINARY
from marketplace.shortlists.rules.proper import Proper, proper
from marketplace.shortlists.rules.redaction import initials, tokens
from search.geo import distance_km

if TYPE_CHECKING:
    from collections.abc import Iterator

    from marketplace.places.queries import City
    from marketplace.profiles.queries import Profile

Telling = tuple[frozenset[str], Proper]
"""The words of the person's names, and the names of their places and trade."""

_NEAR_KM: Final = 30
_KM_PER_DEGREE: Final = 111
_LARGE: Final = 20_000
"""A town of so many people within so far: whoever names it has said where they live."""
_FORMER: Final = {"FR-GES": ("Lorraine",)}
"""What else a region is called; a search does not read it so, since people have the name, too."""


async def telling(profile: Profile) -> Telling:
    """What is hidden in a candidate's texts."""
    party = profile.party
    people = [one.person.name for one in await parties.people(profile.party_id)]
    people.append(party.representative_name)
    names = tokens(people)
    trades = [party.display_name, party.legal_name, profile.slug]
    for one in map(tokens, [[trade] for trade in trades]):
        # "Léa Roussel-Dupont", "roussel-assistance": beside a name may stand another of theirs.
        names |= one - ORDINARY if one & names else frozenset()
    return names | initials(people), await asyncio.to_thread(_places_and, trades, profile)


def _places_and(trades: list[str], profile: Profile) -> Proper:
    party, town = profile.party, places.city(profile.city)
    code = profile.region or (town.region if town else "")
    lands = {profile.country, party.country} - {""}
    numbers = [one for one in places.departments_of(code) if one[0].isdigit()]
    numbers += [code[3:]] if code[3:].isdecimal() else []  # overseas a department is a region
    return proper(
        [party.town, *_towns(town), *_regions(code)],
        [*trades, party.address_line1, party.address_line2],
        [party.postcode, *numbers],
        [places.country_name(land, locale) for land in lands for locale in ("fr", "en")],
    )


def _towns(town: City | None) -> Iterator[str]:
    """All names of the town, of its county and of the larger towns around it."""
    if town is None:
        return
    yield from (name for name, slug in places.counties().items() if slug == town.slug)
    apart = _NEAR_KM / _KM_PER_DEGREE
    yield from (town.name_fr, town.name_en, *town.also)
    for one in places.cities_between(town.lat - apart, town.lat + apart):
        near = distance_km((town.lat, town.lng), (one.lat, one.lng)) <= _NEAR_KM
        if near and one.population >= _LARGE:
            yield from (one.name_fr, one.name_en, *one.also)


def _regions(code: str) -> Iterator[str]:
    """The region's names, those of its departments and of the regions it was made of."""
    if known := places.region(code):
        yield from (known.name_fr, known.name_en)
    yield from (one for one in places.departments_of(code) if not one[0].isdigit())
    yield from ALSO_REGIONS.get(code, "").split(", ")
    yield from _FORMER.get(code, ())
