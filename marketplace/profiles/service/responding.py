"""Owns noting how quickly somebody answers; never measures it."""

from __future__ import annotations

from uuid import UUID

from marketplace.core import events
from marketplace.core.db import command, lock
from marketplace.profiles.events import ProfileChanged
from marketplace.profiles.models import Profile
from marketplace.profiles.rules.states import Status


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
    profile.version += 1
    await profile.save(update_fields=["response_minutes", "response_answers", "version"])
    if profile.status is not Status.DRAFT:
        await events.record(ProfileChanged(profile.id, profile.version))
