"""Owns the reading of one public profile, in a language; never shows a draft or a paused one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from marketplace.core import clock
from marketplace.core.i18n import told
from marketplace.directory.queries import finding, projection, views, world
from marketplace.directory.schemas import (
    CoverageView,
    Hit,
    PackageView,
    ProfileView,
    ProofView,
    RateView,
    ReachView,
    SkillView,
)
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.profiles import queries as profiles
from marketplace.references import queries as references
from search import coverage
from search.errors import SearchError
from search.index_settings import shown
from search.language import fold
from search.query import SearchQuery

if TYPE_CHECKING:
    from marketplace.parties.models import Party
    from marketplace.profiles.queries import Profile


@dataclass(frozen=True, slots=True)
class LegalFacts:
    """Jurisdiction, form and tax status in words; `*_verified` false: to be confirmed."""

    jurisdiction: str
    legal_form: str
    form_verified: bool
    tax_status: str
    tax_verified: bool
    charges_vat: bool | None
    mention: str
    payable: bool
    payable_verified: bool


@dataclass(frozen=True, slots=True)
class ReachGroup:
    """Clients of one kind for whom one rule gives the same answer; `countries` by name."""

    kind: str
    allowed: bool
    rule: str
    as_of: str
    says: str
    verified: bool
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PublicProfile:
    """A published profile, ready to be shown."""

    view: ProfileView
    legal: LegalFacts
    reach: tuple[ReachGroup, ...]
    party_id: str
    photo: str
    available_from: date | None
    has_languages: tuple[str, ...]
    quarters: frozenset[int]

    def week_in(self, zone: str) -> list[list[tuple[int, int]]]:
        """The coming week in a zone: 7 days of covered spans, in minutes of the day."""
        monday = coverage.reference_week(clock.today("UTC"))
        return coverage.week_in_zone(self.quarters, self.view.time_zone, zone, monday)


async def by_slug(slug: str, locale: str) -> PublicProfile:
    """The published profile. Raises NotFound."""
    profile = await profiles.by_slug(slug)
    said = await projection.registers([profile])
    reach = _reach(profile.party, said)
    view = _view(profile, reach, said, locale)
    view.references = await references.shown(profile, locale)
    return PublicProfile(
        view=view,
        legal=_legal(profile.party, locale),
        reach=_grouped(reach, locale),
        party_id=str(profile.party_id),
        photo=profile.photo,
        available_from=_start(profile),
        has_languages=tuple(one for one in ("fr", "en") if getattr(profile, f"headline_{one}")),
        quarters=projection.week(profile),
    )


def _start(profile: Profile) -> date | None:
    day = profile.available_from
    return day if day is not None and day > clock.today(profile.time_zone) else None


def _reach(party: Party, said: projection.Registers) -> list[jurisdictions.Reach]:
    if jurisdictions.find(party.jurisdiction) is None:
        return []
    usable = bool(party.vat_number) and party.vat_number not in said.refused
    return jurisdictions.can_contract_with(
        party.tax_status, party.jurisdiction, has_vat_number=usable
    )


def _grouped(reach: list[jurisdictions.Reach], locale: str) -> tuple[ReachGroup, ...]:
    """By kind of client and rule: what is possible first."""
    book, groups = jurisdictions.rulebook(), dict[tuple[str, bool, str], list[str]]()
    for one in sorted(reach, key=lambda one: (one.kind, not one.allowed, one.rule)):
        key = (one.kind.value, one.allowed, one.rule)
        groups.setdefault(key, []).append(world.label("country", one.country, locale))
    found = []
    for (kind, allowed, code), names in groups.items():
        rule = book.rule(code)
        found.append(
            ReachGroup(
                kind, allowed, code, rule.as_of or book.as_of.isoformat(), rule.text(locale),
                rule.verified, tuple(sorted(names, key=fold)),
            )
        )  # fmt: skip
    return tuple(found)


def _view(
    profile: Profile, reach: list[jurisdictions.Reach], said: projection.Registers, locale: str
) -> ProfileView:
    known = projection.document(profile, said)
    skills = sorted(profile.skills, key=lambda one: (-one.level, -one.years, str(one.id)))
    windows = sorted(profile.coverage, key=lambda one: (one.weekday, one.start_minute))
    headline, its_language = told(profile.headline_fr, profile.headline_en, locale)
    text, language = told(profile.text_fr, profile.text_en, locale)
    return ProfileView(
        id=known.id,
        slug=known.slug,
        url=f"/{locale}/assistants/{known.slug}",
        version=known.version,
        name=known.name,
        headline=headline,
        headline_language=its_language,
        text=text,
        text_language=language,
        skills=[
            SkillView(
                code=one.code,
                label=world.label("skill", one.code, locale),
                level=one.level,
                years=one.years,
            )
            for one in skills
        ],
        tools=[views.labelled("tool", code, locale) for code in known.tools],
        speaks=[views.spoken(f"{one.code}:{one.level}", locale) for one in known.spoken],
        country=known.country,
        region=known.region,
        city=known.city,
        place=views.place(known.country, known.region, known.city, locale),
        jurisdiction=known.jurisdiction,
        legal_form=known.legal_form,
        tax_status=known.tax_status,
        charges_vat=known.charges_vat,
        can_contract_with=[
            ReachView(
                country=one.country,
                kind=one.kind.value,
                allowed=one.allowed,
                rule=one.rule,
                as_of=one.as_of,
            )
            for one in reach
        ],
        payable=known.payable,
        engagement=list(known.engagement),
        rate=_price(known.rate_minor, profile.currency),
        project_minimum=_price(profiles.project_minimum(profile), profile.currency),
        packages=_packages(profile, locale),
        hours_week=profile.hours_week,
        rating=known.rating,
        reviews=known.reviews,
        response_minutes=known.response_minutes,
        time_zone=profile.time_zone,
        coverage=[
            CoverageView(
                weekday=one.weekday, from_minute=one.start_minute, to_minute=one.end_minute
            )
            for one in windows
        ],
        verified=[
            ProofView(proof=proof, on=day, until=until)
            for proof, (day, until) in projection.proofs(profile, said).items()
        ],
        published_at=profile.published_at,
        updated_at=profile.updated_at,
    )


def _packages(profile: Profile, locale: str) -> list[PackageView]:
    return [
        PackageView(
            name=(name := told(one.name_fr, one.name_en, locale))[0],
            name_language=name[1],
            includes=(includes := told(one.includes_fr, one.includes_en, locale))[0],
            includes_language=includes[1],
            price=RateView(minor=one.price_minor, currency=profile.currency),
        )
        for one in sorted(profile.packages, key=lambda one: one.position)
    ]


def _price(minor: int | None, currency: str) -> RateView | None:
    return RateView(minor=minor, currency=currency) if minor is not None else None


def _legal(party: Party, locale: str) -> LegalFacts:
    place = jurisdictions.find(party.jurisdiction)
    form = place.legal_form(party.legal_form) if place else None
    status = place.tax_status(party.tax_status) if place else None
    today = clock.today()
    apart = bool(place and jurisdictions.taxed_apart(place, party.subdivision, today))
    mention = status.mention(today) if status and not apart else None
    said = (mention.fr if locale == "fr" else mention.en) if mention else ""
    return LegalFacts(
        jurisdiction=world.jurisdiction_name(party.jurisdiction, locale),
        legal_form=form.label(locale) if form else "",
        form_verified=bool(form and form.verified),
        tax_status=status.label(locale) if status else "",
        tax_verified=bool(status and status.verified),
        charges_vat=status.charges_vat if status else None,
        mention=said,
        payable=bool(place and place.payable.value),
        payable_verified=bool(place and place.payable.verified),
    )


async def near_by(profile: PublicProfile, locale: str, limit: int = 3) -> list[Hit]:
    """Others with the same first skill, for the foot of the page; none while the index is away.

    Those of the same town, then of the same region, then of anywhere: else the best rated of a
    skill would stand at the foot of every page.
    """
    client = finding.connected()
    if client is None or not profile.view.skills:
        return []
    skill = profile.view.skills[0].code
    query = SearchQuery(skill=(skill,), per_page=2 * limit, facets=False, locale=locale)
    where = (("city", profile.view.city), ("region", profile.view.region), ("", "anywhere"))
    others: dict[str, dict[str, Any]] = {}
    for name, code in where:
        if len(others) >= limit or not code:
            continue
        around = query.changed(**{name: (code,)}) if name else query
        try:
            answer = await client.find(around, clock.today("UTC"), near=False)
        except SearchError:
            break
        # Documents of an older form (search.schema.SHAPE) tell nothing until written anew.
        told = [raw for raw in answer.hits if shown(locale) in raw]
        others |= {r["id"]: r for r in told if r["id"] != profile.view.id and r["id"] not in others}
    return [views.hit(raw, locale) for raw in list(others.values())[:limit]]
