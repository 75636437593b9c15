"""Owns saved searches as such: saved, renamed, paused, deleted, stopped from a mail."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.accounts.events import PersonDeleted
from marketplace.core import clock
from marketplace.core.db import command, connection, lock
from marketplace.directory.queries import written
from marketplace.profiles.events import ProfileRemoved
from marketplace.saved_searches import queries
from marketplace.saved_searches.models import ProfileMark, SavedSearch, Told
from marketplace.saved_searches.rules import SEARCHES_MAX, SavedAlready, TooManySearches, following
from marketplace.saved_searches.schemas import ChangeDraft, MailsDraft, SearchDraft

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer


@command
async def save(viewer: Viewer, draft: SearchDraft) -> SavedSearch:
    """Save a search: what changes from now on is told.

    Raises Invalid, SavedAlready, TooManySearches.
    """
    query = written.as_written(written.parsed(draft.query))
    # A double click sends two requests at once: they take turns until the command ends.
    await connection().execute_query(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [f"search:{viewer.person_id}"]
    )
    if already := await queries.same(viewer, query):
        raise SavedAlready(name=already.name)
    if len(await queries.all_of(viewer)) >= SEARCHES_MAX:
        raise TooManySearches(most=SEARCHES_MAX)
    now = clock.now()
    return await SavedSearch.create(
        person_id=viewer.person_id,
        name=draft.name,
        query=query,
        locale=viewer.locale,
        rhythm=draft.rhythm,
        time_zone=draft.time_zone,
        begins_at=now,
        looked_until=now,
        next_at=following(draft.rhythm, now, draft.time_zone),
        created_at=now,
    )


@command
async def change(viewer: Viewer, search_id: UUID, draft: ChangeDraft) -> SavedSearch:
    """Another name, rhythm or time zone; paused or not, where that is said. Raises NotFound."""
    await queries.get(viewer, search_id)
    row = await lock(SavedSearch, search_id)
    zone = draft.time_zone or row.time_zone
    if (row.rhythm, row.time_zone) != (draft.rhythm, zone):
        row.next_at = following(draft.rhythm, clock.now(), zone)
    row.name, row.rhythm, row.time_zone = draft.name, draft.rhythm, zone
    if draft.paused is not None:
        _rest(row, rests=draft.paused)
    await row.save()
    return row


@command
async def pause(viewer: Viewer, search_id: UUID, draft: MailsDraft) -> SavedSearch:
    """Pause the mails or resume them, and nothing else. Raises NotFound."""
    await queries.get(viewer, search_id)
    row = await lock(SavedSearch, search_id)
    _rest(row, rests=draft.paused)
    await row.save()
    return row


def _rest(row: SavedSearch, *, rests: bool) -> None:
    """After a pause only later changes are told."""
    now = clock.now()
    if rests and row.paused_at is None:
        row.paused_at = now
    elif not rests and row.paused_at is not None:
        row.paused_at, row.begins_at, row.looked_until = None, now, now
        row.next_at = following(row.rhythm, now, row.time_zone)


@command
async def delete(viewer: Viewer, search_id: UUID) -> None:
    """Remove it for good. Raises NotFound."""
    await queries.get(viewer, search_id)
    await _erase(await lock(SavedSearch, search_id))


async def _erase(row: SavedSearch) -> None:
    await Told.filter(saved_search=row).delete()
    await row.delete()


@command
async def stop(token: str) -> SavedSearch:
    """Pause the search of a mail's link; a second time changes nothing. Raises StopLinkUnknown."""
    found = await queries.by_stop_token(token)
    row = await lock(SavedSearch, found.id)
    if row.paused_at is None:
        row.paused_at = clock.now()
        await row.save(update_fields=["paused_at"])
    return row


async def on_person_deleted(event: PersonDeleted) -> None:
    """Reaction, before the person goes."""
    for row in await SavedSearch.filter(person_id=event.person_id).select_for_update():
        await _erase(row)


async def on_profile_removed(event: ProfileRemoved) -> None:
    """Reaction, before the profile goes: what was told of it, and how it looked."""
    await Told.filter(profile_id=event.profile_id).delete()
    await ProfileMark.filter(profile_id=event.profile_id).delete()
