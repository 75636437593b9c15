"""Owns the life of a profile: begun, published, paused; never its contents."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.accounts.events import PersonSuspended
from marketplace.core import clock, events
from marketplace.core.db import command, connection, lock
from marketplace.core.errors import Invalid
from marketplace.core.i18n import _
from marketplace.core.ids import new_id, slugify
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.parties import queries as parties
from marketplace.parties.events import PartyChecked
from marketplace.profiles import queries
from marketplace.profiles.events import ProfilePaused, ProfilePublished
from marketplace.profiles.models import Profile
from marketplace.profiles.rules.publishing import (
    TAKEN,
    EmailUnconfirmed,
    NobodyStands,
    NotReady,
    missing,
)
from marketplace.profiles.rules.states import Status
from marketplace.profiles.service.changing import locked, move_to, noted
from payments.money import HELD_CURRENCIES

if TYPE_CHECKING:
    from marketplace.parties.events import PartyChanged, PartyCreated
    from marketplace.web.sessions import Viewer

SLUG_LENGTH_MAX = 70


@command
async def start(viewer: Viewer, party_id: UUID) -> Profile:
    """The profile of the viewer's assistant, begun as a draft if there is none.

    Raises NotFound, and Invalid for a business.
    """
    viewer.require(party_id)
    return await _begun(party_id)


async def _begun(party_id: UUID) -> Profile:
    party = await lock(parties.Party, party_id)  # two starts at once take turns here
    existing = await queries.of_party(party_id)
    if existing is not None:
        return existing
    if party.kind is not parties.PartyKind.ASSISTANT:
        raise Invalid({"party_id": _("Only an assistant has a profile.")})
    place = jurisdictions.get(party.jurisdiction)
    now = clock.now()
    profile = await Profile.create(
        id=new_id(),
        party_id=party_id,
        slug=await _free_slug(party.display_name),
        country=party.country,
        time_zone=place.time_zone,
        currency=place.currency if place.currency in HELD_CURRENCIES else "EUR",
        created_at=now,
        updated_at=now,
    )
    return await queries.whole(profile.id)


async def _free_slug(name: str) -> str:
    """An unused slug for a name; it is kept when the name changes, as links point to it."""
    base = slugify(name)[:SLUG_LENGTH_MAX].strip("-") or "assistant"
    # All who begin at the same moment take turns: the second "Marie" and the first "Marie 2" would
    # meet in "marie-2". Released when the command ends.
    await connection().execute_query(
        "SELECT pg_advisory_xact_lock(hashtextextended('profile.slug', 0))"
    )
    rows = await Profile.filter(slug__startswith=base).values("slug")
    taken = TAKEN | {str(row["slug"]) for row in rows}
    if base not in taken:
        return base
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return f"{base}-{number}"


@command
async def publish(viewer: Viewer, profile_id: UUID) -> Profile:
    """Make a draft or paused profile public.

    Raises NotFound, IllegalStep, EmailUnconfirmed, NobodyStands, and NotReady with what is missing.
    """
    profile = await locked(viewer, profile_id)
    if not await parties.stood_for(profile.party_id):
        raise NobodyStands
    if viewer.person.email_verified_at is None:
        raise EmailUnconfirmed
    lacking = missing(queries.contents(await queries.whole(profile_id)))
    if lacking:
        raise NotReady(lacking)
    await move_to(profile, Status.PUBLISHED)
    await events.record(ProfilePublished(profile.id, profile.version))
    return await queries.whole(profile_id)


@command
async def pause(viewer: Viewer, profile_id: UUID) -> Profile:
    """Take a public profile out of the directory. Raises NotFound, IllegalStep."""
    profile = await locked(viewer, profile_id)
    await move_to(profile, Status.PAUSED)
    await events.record(ProfilePaused(profile.id, profile.version))
    return await queries.whole(profile_id)


async def on_person_suspended(event: PersonSuspended) -> None:
    """Take what the person alone stands for out of the directory, in the same transaction.

    Whom another owner who may log in stands for stays: it is theirs as much.
    """
    for party_id in await parties.left_alone(event.person_id):
        found = await Profile.get_or_none(party_id=party_id, status=Status.PUBLISHED)
        if found is not None:
            profile = await lock(Profile, found.id)
            await move_to(profile, Status.PAUSED)
            await events.record(ProfilePaused(profile.id, profile.version))


async def on_party_created(event: PartyCreated) -> None:
    """Begin a new assistant's profile in the command that created it."""
    if event.kind == parties.PartyKind.ASSISTANT.value:
        await _begun(event.party_id)


async def on_party_changed(event: PartyChanged | PartyChecked) -> None:
    """A party's name or tax status shows on its profile: count it as a change of the profile.

    What a register found is no change by its owner, and lifts nobody's rank.
    """
    found = await Profile.get_or_none(party_id=event.party_id)
    if found is None:
        return
    profile = await lock(Profile, found.id)
    if isinstance(event, PartyChecked):
        await noted(profile)
        return
    profile.updated_at = clock.now()
    await noted(profile, "updated_at")
