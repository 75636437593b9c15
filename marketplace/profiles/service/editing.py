"""Owns the steps of the editor: each replaces its part of the profile; never publishes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from marketplace.core.db import command
from marketplace.core.errors import Invalid
from marketplace.core.i18n import _
from marketplace.core.ids import new_id
from marketplace.places import queries as places
from marketplace.profiles import queries
from marketplace.profiles.models import (
    Profile,
    ProfileCoverage,
    ProfileLanguage,
    ProfilePackage,
    ProfileSkill,
    ProfileTool,
)
from marketplace.profiles.rules.states import Overtaken
from marketplace.profiles.schemas import windows
from marketplace.profiles.service.changing import changed, locked

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from pydantic import BaseModel

    from marketplace.profiles.schemas import (
        AvailabilityDraft,
        IdentityDraft,
        LanguagesDraft,
        PlaceDraft,
        ProfileDraft,
        RatesDraft,
        SkillsDraft,
    )
    from marketplace.web.sessions import Viewer

CITY_UNKNOWN = _("We do not know this town. Try the nearest larger one, or leave it empty.")


@command
async def save_identity(viewer: Viewer, profile_id: UUID, draft: IdentityDraft) -> Profile:
    """Replace headline and text."""
    return await changed(await locked(viewer, profile_id), draft.model_dump())


@command
async def save_skills(viewer: Viewer, profile_id: UUID, draft: SkillsDraft) -> Profile:
    """Replace skills and tools."""
    profile = await locked(viewer, profile_id)
    await _replace_skills(profile, draft)
    return await changed(profile)


@command
async def save_languages(viewer: Viewer, profile_id: UUID, draft: LanguagesDraft) -> Profile:
    """Replace the languages."""
    profile = await locked(viewer, profile_id)
    await _replace_languages(profile, draft)
    return await changed(profile)


@command
async def save_place(viewer: Viewer, profile_id: UUID, draft: PlaceDraft) -> Profile:
    """Replace the place. Raises Invalid under `city` or `region`."""
    return await changed(await locked(viewer, profile_id), place_columns(draft))


@command
async def save_rates(viewer: Viewer, profile_id: UUID, draft: RatesDraft) -> Profile:
    """Replace engagement, rates and packages."""
    profile = await locked(viewer, profile_id)
    await _replace_packages(profile, draft)
    return await changed(profile, _rate_columns(draft))


@command
async def save_availability(viewer: Viewer, profile_id: UUID, draft: AvailabilityDraft) -> Profile:
    """Replace the week and the hours."""
    profile = await locked(viewer, profile_id)
    await _replace_coverage(profile, draft)
    return await changed(profile, draft.model_dump(exclude={"coverage"}))


@command
async def save_as_seen(
    viewer: Viewer,
    profile_id: UUID,
    draft: BaseModel,
    save: Callable[[Viewer, UUID, Any], Awaitable[Profile]],
    overtaken: Callable[[Profile], bool],
) -> Profile:
    """Save a step by `save`, unless the locked profile is no more what the person looked at.

    Raises Overtaken, and what `save` raises.
    """
    await locked(viewer, profile_id)
    if overtaken(await queries.whole(profile_id)):
        raise Overtaken
    return await save(viewer, profile_id, draft)


@command
async def save_all(viewer: Viewer, profile_id: UUID, draft: ProfileDraft) -> Profile:
    """Replace everything but the photo, as one new version."""
    profile = await locked(viewer, profile_id)
    await _replace_skills(profile, draft.skills)
    await _replace_languages(profile, draft.languages)
    await _replace_packages(profile, draft.rates)
    await _replace_coverage(profile, draft.availability)
    columns = {
        **draft.identity.model_dump(),
        **place_columns(draft.place),
        **_rate_columns(draft.rates),
        **draft.availability.model_dump(exclude={"coverage"}),
    }
    return await changed(profile, columns)


def place_columns(draft: PlaceDraft) -> dict[str, Any]:
    """Country, region, town and coordinates. Raises Invalid."""
    if draft.city:
        stored = places.city(draft.city)  # a slug means the town it was given to
        own = stored if stored and stored.country == draft.country else None
        town = own or places.city_named(draft.city, draft.country)
        if town is None:
            raise Invalid({"city": CITY_UNKNOWN})
        return {
            "country": town.country,
            "region": town.region,
            "city": town.slug,
            "lat": town.lat,
            "lng": town.lng,
        }
    region = places.region(draft.region)
    if region is None or region.country != draft.country:
        raise Invalid({"city": _("Give your town, or choose a region.")})
    empty = {"city": "", "lat": None, "lng": None}
    return {"country": draft.country, "region": region.code, **empty}


def _rate_columns(draft: RatesDraft) -> dict[str, Any]:
    return {
        "currency": draft.currency,
        "engagement": sorted({each.value for each in draft.engagement}),
        "hourly_rate_minor": draft.hourly_rate_minor,
        "project_minimum_minor": draft.project_minimum_minor,
    }


async def _replace_skills(profile: Profile, draft: SkillsDraft) -> None:
    await ProfileSkill.filter(profile_id=profile.id).delete()
    await ProfileSkill.bulk_create(
        ProfileSkill(id=new_id(), profile_id=profile.id, **skill.model_dump())
        for skill in draft.skills
    )
    await ProfileTool.filter(profile_id=profile.id).delete()
    await ProfileTool.bulk_create(
        ProfileTool(id=new_id(), profile_id=profile.id, code=code) for code in draft.tools
    )


async def _replace_languages(profile: Profile, draft: LanguagesDraft) -> None:
    await ProfileLanguage.filter(profile_id=profile.id).delete()
    await ProfileLanguage.bulk_create(
        ProfileLanguage(id=new_id(), profile_id=profile.id, code=each.code, level=each.level.value)
        for each in draft.languages
    )


async def _replace_packages(profile: Profile, draft: RatesDraft) -> None:
    await ProfilePackage.filter(profile_id=profile.id).delete()
    await ProfilePackage.bulk_create(
        ProfilePackage(id=new_id(), profile_id=profile.id, position=place, **each.model_dump())
        for place, each in enumerate(draft.packages)
    )


async def _replace_coverage(profile: Profile, draft: AvailabilityDraft) -> None:
    await ProfileCoverage.filter(profile_id=profile.id).delete()
    await ProfileCoverage.bulk_create(
        ProfileCoverage(
            id=new_id(),
            profile_id=profile.id,
            weekday=each.weekday,
            start_minute=each.start_minute,
            end_minute=each.end_minute,
        )
        for each in windows(draft.coverage)
    )
