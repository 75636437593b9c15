"""Owns how a profile is changed: locked, checked, versioned, told; never what changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from marketplace.core import clock, events
from marketplace.core.db import lock
from marketplace.profiles import queries
from marketplace.profiles.events import ProfileChanged
from marketplace.profiles.models import Profile
from marketplace.profiles.rules.publishing import WouldBeIncomplete, missing
from marketplace.profiles.rules.states import IllegalStep, Status, may_move

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer


async def locked(viewer: Viewer, profile_id: UUID) -> Profile:
    """The viewer's profile, locked until the command ends. Raises NotFound."""
    profile = await lock(Profile, profile_id)
    viewer.require(profile.party_id)
    return profile


async def changed(profile: Profile, columns: dict[str, Any] | None = None) -> Profile:
    """Write columns, count the version up, tell the directory; call it after the parts' writes.

    Raises WouldBeIncomplete when a public profile would lose what it needs: nothing is written.
    """
    stamped = {**(columns or {}), "version": profile.version + 1, "updated_at": clock.now()}
    profile.update_from_dict(stamped)
    await profile.save(update_fields=list(stamped))
    whole = await queries.whole(profile.id)
    if whole.status is not Status.DRAFT:
        lacks = missing(queries.contents(whole)) if whole.status is Status.PUBLISHED else []
        if lacks:
            raise WouldBeIncomplete(lacks)
        await events.record(ProfileChanged(whole.id, whole.version))
    return whole


async def noted(profile: Profile, *columns: str) -> None:
    """Count the version up and tell the directory of what others found out about a locked profile.

    No change by its owner: `updated_at` stays, and with it the rank. `columns` are written, too.
    """
    profile.version += 1
    await profile.save(update_fields=[*columns, "version"])
    if profile.status is not Status.DRAFT:
        await events.record(ProfileChanged(profile.id, profile.version))


async def move_to(profile: Profile, target: Status) -> None:
    """The only writer of a profile's status. Raises IllegalStep."""
    if not may_move(profile.status, target):
        raise IllegalStep
    now = clock.now()
    profile.status = target
    profile.version += 1
    profile.updated_at = now
    if target is Status.PUBLISHED and profile.published_at is None:
        profile.published_at = now
    await profile.save(update_fields=["status", "version", "updated_at", "published_at"])
