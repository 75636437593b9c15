"""Owns what stands on a list: profiles kept and taken out, their notes and their order."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.core import clock
from marketplace.core.db import command, lock
from marketplace.core.errors import NotFound
from marketplace.exposure import service as exposure
from marketplace.profiles import queries as profiles
from marketplace.shortlists import queries
from marketplace.shortlists.models import Entry, Shortlist
from marketplace.shortlists.rules import blind
from marketplace.shortlists.rules import lists as rules
from marketplace.shortlists.schemas import KeepDraft
from marketplace.shortlists.service import naming

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer


@command
async def keep(viewer: Viewer, draft: KeepDraft) -> tuple[Shortlist, Entry]:
    """Put a published profile on a list; one already there stays as it is.

    Raises NotFound, CandidatesFixed, ListFull.
    """
    profile = await profiles.by_slug(draft.slug)
    found = await _target(viewer, draft.shortlist)
    if found.blind_at is not None:
        raise blind.CandidatesFixed
    rows = await queries.entries(found)
    for row in rows:
        if row.profile_id == profile.id:
            return found, row
    if len(rows) >= rules.ENTRIES_MAX:
        raise rules.ListFull(most=rules.ENTRIES_MAX)
    made = await Entry.create(
        shortlist=found,
        profile_id=profile.id,
        kept_by_id=viewer.person_id if viewer.signed_in else None,
        position=rows[-1].position + 1 if rows else 1,
        created_at=clock.now(),
    )
    await _touched(found)
    await exposure.listed(profile.id)
    return found, made


async def _target(viewer: Viewer, chosen: UUID | None) -> Shortlist:
    if chosen is not None:
        return await naming.locked(viewer, chosen)
    await naming.turn(viewer)
    known = await queries.current(viewer)
    return await lock(Shortlist, known.id) if known else await naming.first(viewer)


async def _touched(shortlist: Shortlist) -> None:
    shortlist.updated_at = clock.now()
    await shortlist.save(update_fields=["updated_at"])


@command
async def drop(viewer: Viewer, slug: str) -> list[str]:
    """Take a profile off the list the viewer last put it on; the names of those it stays on.

    One click undoes one: colleagues' choices, notes and lists under review stay as they are.
    """
    profile = await profiles.by_slug(slug)
    stays = {}
    for one in await queries.all_of(viewer):
        if (await lock(Shortlist, one.id)).blind_at is None:
            if entry := await Entry.get_or_none(shortlist=one, profile_id=profile.id):
                stays[one] = entry
    own = [
        (entry.created_at, one)
        for one, entry in stays.items()
        if not entry.note and (one.party_id is None or entry.kept_by_id == viewer.person_id)
    ]
    if own:
        _moment, last = max(own, key=lambda pair: pair[0])
        await stays.pop(last).delete()
    return [rules.named(one.name) for one in stays]


@command
async def remove(viewer: Viewer, shortlist_id: UUID, entry_id: UUID) -> None:
    """Take an entry out, with its note. Raises NotFound, StillBlind, CandidatesFixed."""
    found, entry = await _entry(viewer, shortlist_id, entry_id)
    if found.blind_at is not None:  # others may have yet to score it
        raise blind.CandidatesFixed
    await entry.delete()


@command
async def note(
    viewer: Viewer, shortlist_id: UUID, entry_id: UUID, text: str, seen: str | None = None
) -> Entry:
    """Write the private note of an entry; "" removes it. `seen`: the mark of what it replaces.

    Raises NotFound, StillBlind, NoteOvertaken.
    """
    found, entry = await _entry(viewer, shortlist_id, entry_id)
    if seen not in {None, rules.mark(entry.note)} and text != entry.note:
        raise rules.NoteOvertaken
    entry.note = text
    await entry.save(update_fields=["note"])
    await _touched(found)
    return entry


@command
async def move(viewer: Viewer, shortlist_id: UUID, entry_id: UUID, step: int) -> Entry:
    """Move an entry up (-1) or down (1). Raises NotFound, StillBlind."""
    found, entry = await _entry(viewer, shortlist_id, entry_id)
    rows = await queries.entries(found)
    index = next(number for number, row in enumerate(rows) if row.id == entry_id)
    for position, row in enumerate(rules.moved(rows, index, step), start=1):
        if row.position != position:
            await Entry.filter(pk=row.id).update(position=position)
    await entry.refresh_from_db()
    return entry


async def _entry(viewer: Viewer, shortlist_id: UUID, entry_id: UUID) -> tuple[Shortlist, Entry]:
    found = await naming.locked(viewer, shortlist_id)
    if await queries.is_blind(viewer, found):
        raise blind.StillBlind
    entry = await Entry.get_or_none(pk=entry_id, shortlist=found)
    if entry is None:
        raise NotFound
    return found, entry
