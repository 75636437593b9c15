"""Owns the one projection from a profile and its party to a search document; never sends it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Final

from marketplace.core import clock
from marketplace.directory import rules
from marketplace.directory.queries import views
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.places import queries as places
from marketplace.profiles import queries as profiles
from search import coverage, taxonomy
from search.parameters import UNION
from search.rating import rating
from search.schema import LEVELS, PROOFS, AssistantDocument, Spoken

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from marketplace.parties.models import Party
    from marketplace.profiles.queries import Profile

DAY_MINUTES = 1440


@dataclass(frozen=True, slots=True)
class Registers:
    """What registers said: `refused` VAT numbers, `confirmed` numbers, when and of whom."""

    refused: frozenset[str] = frozenset()
    confirmed: Mapping[str, jurisdictions.Confirmed] = field(default_factory=dict)


NOTHING_SAID: Final = Registers()


def document(profile: Profile, said: Registers = NOTHING_SAID) -> AssistantDocument:
    """What the index knows of a published profile; `profile` comes with all its parts."""
    party = profile.party
    city = places.city(profile.city)
    region = places.region(profile.region)
    skills = [
        skill
        for skill in sorted(profile.skills, key=lambda one: (-one.level, -one.years, str(one.id)))
        if taxonomy.is_skill(skill.code)
    ]
    proven = proofs(profile, said)
    known = AssistantDocument(
        id=str(profile.id),
        slug=profile.slug,
        version=profile.version,
        name=party.display_name,
        headline_fr=profile.headline_fr,
        headline_en=profile.headline_en,
        bio_fr=profile.text_fr,
        bio_en=profile.text_en,
        skills=tuple(skill.code for skill in skills),
        skill_years=tuple(skill.years for skill in skills),
        tools=tuple(sorted(tool.code for tool in profile.tools if taxonomy.is_tool(tool.code))),
        spoken=spoken(profile),
        country=profile.country,
        region=profile.region,
        region_names=(region.name_fr, region.name_en) if region else (),
        city=profile.city,
        city_names=(city.name_fr, city.name_en) if city else (),
        lat=profile.lat,
        lng=profile.lng,
        jurisdiction=party.jurisdiction,
        legal_form=legal_form(party),
        tax_status=party.tax_status,
        charges_vat=charges_vat(party),
        can_contract_with=_reach(party, said.refused),
        payable=payable(party),
        engagement=tuple(str(kind) for kind in profile.engagement),
        rate_minor=profiles.hourly_rate(profile),
        currency=profile.currency,
        coverage=week(profile),
        time_zone=profile.time_zone,
        hours_week=profile.hours_week or 0,
        available_on=profile.available_from.toordinal() if profile.available_from else 0,
        verified=tuple(proven),
        verified_on=tuple(day.isoformat() for day, _until in proven.values()),
        rating=rating(profile.review_marks, profile.reviews),
        reviews=profile.reviews,
        response_minutes=profile.response_minutes,
        photo=profile.photo,
        published_at=int(profile.published_at.timestamp()) if profile.published_at else 0,
        updated_at=int(profile.updated_at.timestamp()),
    )
    return replace(known, shown=views.shown(known))


def spoken(profile: Profile) -> tuple[Spoken, ...]:
    """The languages, best first."""
    found = [Spoken(one.code, str(one.level)) for one in profile.languages if one.level in LEVELS]
    return tuple(sorted(found, key=lambda one: (-LEVELS.index(one.level), one.code)))


def week(profile: Profile) -> frozenset[int]:
    """The covered quarter-hours of the week, in the profile's own zone."""
    return coverage.quarters(
        (
            window.weekday * DAY_MINUTES + window.start_minute,
            window.weekday * DAY_MINUTES + window.end_minute,
        )
        for window in profile.coverage
    )


def charges_vat(party: Party) -> bool | None:
    """Whether invoices carry VAT at home; None while jurisdiction or status are not known."""
    place = jurisdictions.find(party.jurisdiction)
    status = place.tax_status(party.tax_status) if place else None
    return status.charges_vat if status else None


def legal_form(party: Party) -> str:
    """The group the party's legal form counts in; "" while jurisdiction or form are not known."""
    place = jurisdictions.find(party.jurisdiction)
    form = place.legal_form(party.legal_form) if place else None
    return str(form.group) if form else ""


def payable(party: Party) -> bool:
    """Whether held funds can be paid out to the party's jurisdiction."""
    place = jurisdictions.find(party.jurisdiction)
    return bool(place and place.payable.value)


async def registers(found: Iterable[Profile]) -> Registers:
    """What registers said of the profiles' numbers."""
    parties = [each.party for each in found]
    return Registers(
        await jurisdictions.refused_vat_numbers(party.vat_number for party in parties),
        await jurisdictions.confirmed_numbers(
            number for one in parties for number in (one.vat_number, one.registration_number)
        ),
    )


def proofs(profile: Profile, said: Registers) -> dict[str, tuple[date, date | None]]:
    """What others proved of somebody, each with the day, and the last day it counts if it ages.

    A number proves nothing of who typed it: the register must name the party, or who acts for it.
    """
    party, today = profile.party, clock.today(profile.time_zone)
    kept = {
        one.proof: (one.proven_on, one.valid_until)
        for one in profile.proofs
        if one.valid_until is None or one.valid_until >= today
    }
    numbers = {"business": party.registration_number, "vat": party.vat_number}
    found = {proof: said.confirmed.get(number) for proof, number in numbers.items() if number}
    own = (party.legal_name, party.representative_name)
    told = {
        proof: (one.on, None)
        for proof, one in found.items()
        if one and any(rules.same_name(each, one.name) for each in own)
    }
    return {proof: each for proof in PROOFS if (each := {**kept, **told}.get(proof))}


def _reach(party: Party, refused: Collection[str]) -> tuple[str, ...]:
    if not jurisdictions.find(party.jurisdiction):
        return ()
    tokens = jurisdictions.contract_tokens(
        party.tax_status,
        party.jurisdiction,
        has_vat_number=bool(party.vat_number) and party.vat_number not in refused,
    )
    whole = [f"{UNION}:{kind}" for kind in ("business", "consumer") if _union(kind) <= {*tokens}]
    return (*tokens, *whole)


@cache
def _union(kind: str) -> frozenset[str]:
    """The tokens of every country of the European Union that we know."""
    known = jurisdictions.countries()
    return frozenset(f"{country}:{kind}" for country in known if jurisdictions.in_eu(country))


async def current(ids: Sequence[UUID]) -> tuple[list[AssistantDocument], list[str]]:
    """What the index should hold for these profiles now: documents, and ids it should not."""
    found = await profiles.several(ids)
    said = await registers(found)
    documents = [document(each, said) for each in found if each.status == profiles.Status.PUBLISHED]
    listed = {each.id for each in documents}
    return documents, [str(one) for one in ids if str(one) not in listed]


async def versions(ids: Sequence[UUID] | None = None) -> dict[str, int]:
    """Id -> version of the published profiles, all of them or those among `ids`."""
    listed = profiles.Profile.filter(status=profiles.Status.PUBLISHED)
    if ids is not None:
        listed = listed.filter(id__in=list(ids))
    return {str(one): version for one, version in await listed.values_list("id", "version")}


async def number() -> int:
    """How many profiles are published."""
    return await profiles.Profile.filter(status=profiles.Status.PUBLISHED).count()


async def everyone(size: int, after: UUID | None = None) -> AsyncIterator[list[AssistantDocument]]:
    """Every published profile by its id, those beyond `after`, in batches of `size`."""
    while batch := await profiles.published(after, size):
        after = batch[-1].id
        said = await registers(batch)
        yield [document(each, said) for each in batch]


async def everybody(size: int) -> AsyncIterator[list[str]]:
    """The ids of all published profiles, in pages of `size`."""
    listed = profiles.Profile.filter(status=profiles.Status.PUBLISHED).order_by("id").limit(size)
    page = await listed.values_list("id", flat=True)
    while page:
        yield [str(one) for one in page]
        page = await listed.filter(id__gt=page[-1]).values_list("id", flat=True)
