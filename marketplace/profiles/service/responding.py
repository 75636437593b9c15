"""Owns noting how quickly somebody answers; never measures it."""

from __future__ import annotations

from uuid import UUID

from marketplace.core.db import command, lock
from marketplace.profiles.models import Profile
from marketplace.profiles.service.changing import noted


@command
async def note_response(party_id: UUID, minutes: int | None, answers: int) -> None:
    """Keep a party's usual minutes to a first answer, of so many answers; None is not known yet.

    No change of the profile by its owner: `updated_at` stays. Nothing for parties without one.
    """
    found = await Profile.get_or_none(party_id=party_id)
    if found is None:
        return
    profile = await lock(Profile, found.id)
    if (profile.response_minutes, profile.response_answers) == (minutes, answers):
        return
    profile.response_minutes, profile.response_answers = minutes, answers
    await noted(profile, "response_minutes", "response_answers")
