"""Owns the end of a profile: it goes with its party, whether or not that must be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core import events, jobs
from marketplace.core.db import lock
from marketplace.profiles import queries
from marketplace.profiles.events import ProfileRemoved
from marketplace.profiles.models import (
    Profile,
    ProfileCoverage,
    ProfileLanguage,
    ProfilePackage,
    ProfileProof,
    ProfileSkill,
    ProfileTool,
)

if TYPE_CHECKING:
    from marketplace.parties.events import PartyClosed

PARTS = (
    ProfileCoverage, ProfileLanguage, ProfilePackage, ProfileProof, ProfileSkill, ProfileTool,
)  # fmt: skip


async def on_party_closed(event: PartyClosed) -> None:
    """Reaction: remove the profile with all its parts; its photo follows by job."""
    found = await queries.of_party(event.party_id)
    if found is None:
        return
    profile = await lock(Profile, found.id)
    await events.record(ProfileRemoved(profile.id))
    for part in PARTS:
        await part.filter(profile_id=profile.id).delete()
    await profile.delete()
    if profile.photo:
        await jobs.defer("profiles.drop_photo", photo=profile.photo)
