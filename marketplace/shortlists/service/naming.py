"""Owns lists as such: made, named, deleted; never what stands on them."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.core import clock
from marketplace.core.db import command, connection, lock
from marketplace.core.errors import NotFound
from marketplace.core.ids import hash_token
from marketplace.shortlists import queries
from marketplace.shortlists.models import Entry, Review, Shortlist
from marketplace.shortlists.rules import lists as rules
from marketplace.shortlists.schemas import ListDraft, TeamDraft

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer


async def locked(viewer: Viewer, shortlist_id: UUID) -> Shortlist:
    """The viewer's list, locked until the command ends. Raises NotFound."""
    await queries.get(viewer, shortlist_id)
    return await lock(Shortlist, shortlist_id)


@command
async def create(viewer: Viewer, draft: ListDraft) -> Shortlist:
    """A new list of a business of the viewer, of the person alone, or of the browser.

    Raises NotFound for a business of others, TooManyLists.
    """
    if len(await queries.all_of(viewer)) >= rules.LISTS_MAX:
        raise rules.TooManyLists(most=rules.LISTS_MAX)
    party = draft.party
    if party is not None and party not in queries.businesses(viewer):
        raise NotFound
    now = clock.now()
    made = await Shortlist.create(
        party_id=party,
        person_id=viewer.person_id if viewer.signed_in and party is None else None,
        made_by_id=viewer.person_id if viewer.signed_in else None,
        visitor=None if viewer.signed_in else hash_token(viewer.visitor),
        name=draft.name,
        created_at=now,
        updated_at=now,
    )
    await made.fetch_related("entries", "reviews")
    return made


async def turn(viewer: Viewer) -> None:
    """Wait for whoever shares the viewer's lists, until the command ends.

    Of two hearts pressed at once the second finds the list that the first one made.
    """
    own = viewer.person_id if viewer.signed_in else hash_token(viewer.visitor)
    keeper = next(iter(queries.businesses(viewer)), own)
    await connection().execute_query(
        "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", [f"shortlists:{keeper}"]
    )


async def first(viewer: Viewer) -> Shortlist:
    """The list a first click makes, inside its command: of the viewer's only business, else theirs.

    None of two is called as the other.
    """
    taken = {rules.named(one.name) for one in await queries.all_of(viewer)}
    names = (f"{rules.named(rules.FIRST_NAME)} {number}" for number in count(2))
    free = rules.FIRST_NAME
    while rules.named(free) in taken:
        free = next(names)
    return await create(viewer, ListDraft(name=free, party=queries.only_business(viewer)))


@command
async def share(viewer: Viewer, shortlist_id: UUID, draft: TeamDraft) -> Shortlist:
    """Let the team of a business see a list of the viewer's own, with its notes.

    Raises NotFound, also for a business of others, SharedAlready.
    """
    found = await locked(viewer, shortlist_id)
    if draft.party not in queries.businesses(viewer):
        raise NotFound
    if found.party_id not in {None, draft.party}:
        raise rules.SharedAlready
    found.party_id, found.person_id = draft.party, None
    await found.save(update_fields=["party_id", "person_id"])
    return found


@command
async def rename(viewer: Viewer, shortlist_id: UUID, name: str) -> Shortlist:
    """Give the list another name. Raises NotFound."""
    found = await locked(viewer, shortlist_id)
    found.name, found.updated_at = name, clock.now()
    await found.save(update_fields=["name", "updated_at"])
    return found


@command
async def delete(viewer: Viewer, shortlist_id: UUID) -> None:
    """Remove the list with its notes and reviews, for good. Raises NotFound."""
    await erase(await locked(viewer, shortlist_id))


async def erase(shortlist: Shortlist) -> None:
    """The rows of a locked list, inside a command."""
    await Review.filter(shortlist=shortlist).delete()
    await Entry.filter(shortlist=shortlist).delete()
    await shortlist.delete()
