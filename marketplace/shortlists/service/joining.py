"""Owns whose a list becomes: a browser's at sign-up or log-in, nobody's when its owner goes."""

from __future__ import annotations

from uuid import UUID

from marketplace.accounts.events import PersonDeleted
from marketplace.core import clock
from marketplace.core.db import command, lock
from marketplace.core.ids import hash_token
from marketplace.parties.events import PartyClosed
from marketplace.profiles.events import ProfileRemoved
from marketplace.shortlists.models import Entry, Review, Shortlist
from marketplace.shortlists.rules import lists as rules
from marketplace.shortlists.service import naming


@command
async def adopt(secret: str, person_id: UUID) -> None:
    """Bring what a browser kept into the account of the one who signed in; nothing is lost.

    It is theirs alone, whomever they act for: only they give it to a team. It joins a list of
    theirs of the same name that nobody reads by a link; else it stands beside.
    """
    brought = await Shortlist.select_for_update().get_or_none(visitor=hash_token(secret))
    if brought is None:
        return
    await Entry.filter(shortlist=brought).update(kept_by_id=person_id)
    own = Shortlist.filter(person_id=person_id)
    alike = own.filter(name__in=rules.same_names(brought.name), blind_at=None, link_hash=None)
    target = await alike.order_by("-updated_at", "id").first()
    if target is None or not await _merged(brought, target):
        await Shortlist.filter(pk=brought.id).update(
            visitor=None, person_id=person_id, made_by_id=person_id
        )


async def _merged(brought: Shortlist, target: Shortlist) -> bool:
    """Whether the entries went over to `target`; False when it has no room for them or a note."""
    await lock(Shortlist, target.id)
    there = {one.profile_id: one for one in await Entry.filter(shortlist=target)}
    coming = await Entry.filter(shortlist=brought).order_by("position", "id")
    fresh = [one for one in coming if one.profile_id not in there]
    notes = {
        twin.id: rules.joined_notes(twin.note, one.note)
        for one in coming
        if (twin := there.get(one.profile_id))
    }
    longest = max(map(len, notes.values()), default=0)
    if len(there) + len(fresh) > rules.ENTRIES_MAX or longest > rules.NOTE_MAX:
        return False
    last = max((one.position for one in there.values()), default=0)
    for number, one in enumerate(fresh, start=last + 1):
        await Entry.filter(pk=one.id).update(shortlist_id=target.id, position=number)
    for entry_id, note in notes.items():
        await Entry.filter(pk=entry_id).update(note=note)
    await naming.erase(brought)
    await Shortlist.filter(pk=target.id).update(updated_at=clock.now())
    return True


async def on_person_deleted(event: PersonDeleted) -> None:
    """Reaction, before the person goes: their own lists, and their scores on lists of a team.

    What they put on those stays the team's.
    """
    await Review.filter(person_id=event.person_id).delete()
    await Entry.filter(kept_by_id=event.person_id).update(kept_by_id=None)
    await Shortlist.filter(made_by_id=event.person_id).update(made_by_id=None)
    for one in await Shortlist.filter(person_id=event.person_id).select_for_update():
        await naming.erase(one)


async def on_party_closed(event: PartyClosed) -> None:
    """Reaction, before the business goes: its lists."""
    for one in await Shortlist.filter(party_id=event.party_id).select_for_update():
        await naming.erase(one)


async def on_profile_removed(event: ProfileRemoved) -> None:
    """Reaction, before the profile goes: whoever kept it keeps it no more."""
    await Entry.filter(profile_id=event.profile_id).delete()
