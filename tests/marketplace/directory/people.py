"""Makes published profiles for tests of the directory, straight into their tables."""

from __future__ import annotations

from typing import Any

from marketplace.core import clock, events
from marketplace.core.db import command
from marketplace.parties.models import Party
from marketplace.parties.rules import PartyKind
from marketplace.places import queries as places
from marketplace.profiles.events import ProfileChanged, ProfilePaused, ProfilePublished
from marketplace.profiles.models import (
    Profile,
    ProfileCoverage,
    ProfileLanguage,
    ProfilePackage,
    ProfileSkill,
    ProfileTool,
)
from marketplace.profiles.rules.states import Status

OFFICE_HOURS = [(day, 9 * 60, 18 * 60) for day in range(5)]


@command
async def publish(slug: str, **given: Any) -> Profile:
    """A published profile: name, headline, skills, tools, languages, city, rate_minor, ..."""
    now = clock.now()
    town = places.city(given.get("city", "toulouse"))
    assert town is not None
    party = await Party.create(
        kind=PartyKind.ASSISTANT,
        display_name=given.get("name", slug.replace("-", " ").title()),
        legal_name=given.get("name", slug),
        jurisdiction=given.get("jurisdiction", "FR"),
        legal_form=given.get("legal_form", "sole_trader"),
        tax_status=given.get("tax_status", "franchise"),
        country=town.country,
        created_at=now,
        updated_at=now,
    )
    profile = await Profile.create(
        party=party,
        slug=slug,
        status=Status.PUBLISHED,
        headline_fr=given.get("headline", "Assistance administrative"),
        headline_en=given.get("headline_en", ""),
        text_fr=given.get("text", "Je reprends vos dossiers en retard."),
        country=town.country,
        region=town.region,
        city=town.slug,
        lat=town.lat,
        lng=town.lng,
        time_zone=given.get("time_zone", town.time_zone),
        currency=given.get("currency", "EUR"),
        hourly_rate_minor=given.get("rate_minor", 3000),
        engagement=list(given.get("engagement", ["hourly"])),
        hours_week=given.get("hours_week", 20),
        available_from=given.get("available_from"),
        response_minutes=given.get("response_minutes"),
        created_at=now,
        updated_at=now,
        published_at=now,
    )
    for code in given.get("skills", ["virtual-assistance"]):
        await ProfileSkill.create(profile=profile, code=code, level=2, years=3)
    for code in given.get("tools", []):
        await ProfileTool.create(profile=profile, code=code)
    for code, level in given.get("languages", [("fr", "C2")]):
        await ProfileLanguage.create(profile=profile, code=code, level=level)
    for weekday, start, end in given.get("coverage", OFFICE_HOURS):
        await ProfileCoverage.create(
            profile=profile, weekday=weekday, start_minute=start, end_minute=end
        )
    if given.get("package"):
        await ProfilePackage.create(
            profile=profile, position=1, name_fr=given["package"], price_minor=30000
        )
    await events.record(ProfilePublished(profile.id, profile.version))
    return profile


@command
async def change(profile: Profile, **values: Any) -> None:
    """Change columns of a profile, as its owner would."""
    profile.version += 1
    profile.updated_at = clock.now()
    for name, value in values.items():
        setattr(profile, name, value)
    await profile.save()
    await events.record(ProfileChanged(profile.id, profile.version))


@command
async def pause(profile: Profile) -> None:
    """Take a profile out of the directory."""
    profile.version += 1
    profile.status = Status.PAUSED
    await profile.save()
    await events.record(ProfilePaused(profile.id, profile.version))
