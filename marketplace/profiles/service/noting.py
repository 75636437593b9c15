"""Owns what others' contracts tell of a profile: how quickly it answers, its rating. Measures none.

No change of the profile by its owner: `updated_at` stays. Nothing for parties without one.
"""

from __future__ import annotations

from uuid import UUID

from marketplace.core.db import command, lock
from marketplace.profiles.models import Profile
from marketplace.profiles.service.changing import noted


@command
async def note_response(party_id: UUID, minutes: int | None, answers: int) -> None:
    """Keep a party's usual minutes to a first answer, of so many answers; None is not known yet."""
    await _note(party_id, response_minutes=minutes, response_answers=answers)


@command
async def note_rating(party_id: UUID, marks: int, reviews: int) -> None:
    """Keep the sum of all marks of a party's visible reviews, and how many reviews there are."""
    await _note(party_id, review_marks=marks, reviews=reviews)


async def _note(party_id: UUID, **facts: int | None) -> None:
    found = await Profile.get_or_none(party_id=party_id)
    if found is None:
        return
    profile = await lock(Profile, found.id)
    if any(getattr(profile, name) != value for name, value in facts.items()):
        profile.update_from_dict(facts)
        await noted(profile, *facts)
