"""Owns noting what the visible reviews of somebody add up to; never reads a review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core.db import command, lock
from marketplace.profiles.models import Profile
from marketplace.profiles.service.changing import noted

if TYPE_CHECKING:
    from uuid import UUID


@command
async def note_rating(party_id: UUID, marks: int, reviews: int) -> None:
    """Keep the sum of all marks of a party's visible reviews, and how many reviews there are.

    No change of the profile by its owner: `updated_at` stays. Nothing for parties without one.
    """
    found = await Profile.get_or_none(party_id=party_id)
    if found is None:
        return
    profile = await lock(Profile, found.id)
    if (profile.review_marks, profile.reviews) == (marks, reviews):
        return
    profile.review_marks, profile.reviews = marks, reviews
    await noted(profile, "review_marks", "reviews")
