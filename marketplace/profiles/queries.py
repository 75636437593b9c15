"""Owns the reading of profiles; never writes.

Functions with `viewer` first raise NotFound for a profile that is not the viewer's; the others are
for jobs and for what is public.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.core.errors import NotFound
from marketplace.profiles.models import Profile
from marketplace.profiles.rules.publishing import Contents
from marketplace.profiles.rules.states import Engagement, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marketplace.web.sessions import Viewer

SLUG = re.compile(r"[a-z0-9-]{1,80}")
PARTS = ("party", "skills", "tools", "languages", "packages", "coverage", "proofs")

__all__ = ["Profile", "Status", "by_slug", "contents", "get", "of_parties", "of_party"]


async def get(viewer: Viewer, profile_id: UUID) -> Profile:
    """A profile of one of the viewer's parties, with all its parts. Raises NotFound."""
    found = await whole(profile_id)
    viewer.require(found.party_id)
    return found


async def whole(profile_id: UUID) -> Profile:
    """The profile with party, skills, tools, languages and all other parts. Raises NotFound."""
    found = await Profile.get_or_none(pk=profile_id).prefetch_related(*PARTS)
    if found is None:
        raise NotFound
    return found


async def several(profile_ids: Sequence[UUID]) -> list[Profile]:
    """Those of the profiles that exist, with all their parts, in no order."""
    return await Profile.filter(id__in=list(profile_ids)).prefetch_related(*PARTS)


async def by_slug(slug: str) -> Profile:
    """A published profile with all its parts. Raises NotFound for any other."""
    if not SLUG.fullmatch(slug):  # nor does the database take every text as a value
        raise NotFound
    found = await Profile.get_or_none(slug=slug, status=Status.PUBLISHED).prefetch_related(*PARTS)
    if found is None:
        raise NotFound
    return found


async def photo_is_public(viewer: Viewer, photo: str) -> bool:
    """Whether everybody may see a stored photo, or its owner alone. Raises NotFound.

    A paused profile shows nobody its photo. One that no profile names any more is about to be
    dropped, and cards may still show it.
    """
    rows = await Profile.filter(photo=photo).only("id", "party_id", "status")
    if not rows or any(row.status is Status.PUBLISHED for row in rows):
        return True
    if any(viewer.acts_for(row.party_id) for row in rows):
        return False
    raise NotFound


async def of_party(party_id: UUID) -> Profile | None:
    """The profile of a party, with all its parts, in any state."""
    return await Profile.get_or_none(party_id=party_id).prefetch_related(*PARTS)


async def of_parties(viewer: Viewer) -> list[Profile]:
    """The profiles of the viewer's parties, with their party."""
    return (
        await Profile.filter(party_id__in=list(viewer.party_ids))
        .prefetch_related("party")
        .order_by("id")
    )


async def published(after: UUID | None = None, limit: int = 1000) -> list[Profile]:
    """A batch of published profiles with all parts, by id, those after `after`: for indexing."""
    listed = Profile.filter(status=Status.PUBLISHED)
    if after is not None:
        listed = listed.filter(id__gt=after)
    return await listed.order_by("id").limit(limit).prefetch_related(*PARTS)


async def anybody_rated() -> bool:
    """Whether anybody in the directory has a review that can be read."""
    return await Profile.filter(status=Status.PUBLISHED, reviews__gt=0).exists()


async def measured() -> list[UUID]:
    """The parties whose time to answer was measured once: what is old must be forgotten."""
    rows = await Profile.filter(response_answers__gt=0).values_list("party_id", flat=True)
    return [UUID(str(row)) for row in rows]


def hourly_rate(profile: Profile) -> int | None:
    """What an hour costs, in minor units; None of whom does not work by the hour."""
    return profile.hourly_rate_minor if Engagement.HOURLY in profile.engagement else None


def project_minimum(profile: Profile) -> int | None:
    """The smallest project, in minor units; None of whom takes no projects."""
    return profile.project_minimum_minor if Engagement.PROJECT in profile.engagement else None


def contents(profile: Profile) -> Contents:
    """What the publishing rules look at; the profile comes with all its parts."""
    return Contents(
        headlines=(profile.headline_fr, profile.headline_en),
        texts=(profile.text_fr, profile.text_en),
        skills=len(list(profile.skills)),
        tools=len(list(profile.tools)),
        languages=len(list(profile.languages)),
        country=profile.country,
        region=profile.region,
        city=profile.city,
        engagement=frozenset(Engagement(each) for each in profile.engagement),
        has_rate=profile.hourly_rate_minor is not None,
        packages=len(list(profile.packages)),
        hours_week=profile.hours_week,
        covered=bool(list(profile.coverage)),
        photo=bool(profile.photo),
    )
