"""Owns to which pages of the directory search engines are led; finds nobody for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from marketplace.profiles import queries as profiles
from marketplace.profiles.rules.states import Status
from search import taxonomy

if TYPE_CHECKING:
    from tortoise.queryset import QuerySet

PROFILES: Final = 10_000
"""So many profiles in one file: in two languages, far from the 50,000 addresses it may hold."""


async def landing_pages() -> list[str]:
    """The paths of the pages of skills, and of towns where somebody is."""
    towns = _published().exclude(city="").distinct().order_by("city").values_list("city", flat=True)
    skills = [f"/assistants/skill/{one.code}" for one in taxonomy.skills()]
    return [*skills, *(f"/assistants/city/{town}" for town in await towns)]


async def parts() -> int:
    """How many files hold all published profiles."""
    return -(-await _published().count() // PROFILES)


async def people(part: int) -> list[str]:
    """The paths of the published profiles of a part, from 1 on; in the order of their ids."""
    some = _published().order_by("id").offset((part - 1) * PROFILES).limit(PROFILES)
    return [f"/assistants/{slug}" for slug in await some.values_list("slug", flat=True)]


def _published() -> QuerySet[profiles.Profile]:
    return profiles.Profile.filter(status=Status.PUBLISHED)
