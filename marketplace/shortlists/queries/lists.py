"""Owns who may see which list, and the rows of one; never writes."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from tortoise.expressions import Q

from marketplace.core.errors import NotFound
from marketplace.core.ids import hash_token
from marketplace.parties.rules import PartyKind
from marketplace.shortlists.models import Entry, Review, Shortlist
from marketplace.shortlists.rules.lists import FIRST_NAME, LinkGone, same_names

if TYPE_CHECKING:
    from datetime import datetime

    from marketplace.web.sessions import Viewer


def businesses(viewer: Viewer) -> list[UUID]:
    """The businesses the viewer acts for, the oldest first: their lists are the team's."""
    return [each.party_id for each in viewer.parties if each.party.kind == PartyKind.BUSINESS]


def only_business(viewer: Viewer) -> UUID | None:
    """The business the viewer acts for; None without one, and where they have to say which."""
    mine = businesses(viewer)
    return mine[0] if len(mine) == 1 else None


def _mine(viewer: Viewer) -> Q:
    if viewer.signed_in:
        return Q(person_id=viewer.person_id) | Q(party_id__in=businesses(viewer))
    return Q(visitor=hash_token(viewer.visitor))


def _keeps_some(viewer: Viewer) -> bool:
    return viewer.signed_in or bool(viewer.visitor)


async def all_of(viewer: Viewer) -> list[Shortlist]:
    """The viewer's lists with their entries and reviews, the one used last first."""
    if not _keeps_some(viewer):
        return []
    found = Shortlist.filter(_mine(viewer)).order_by("-updated_at", "id")
    return await found.prefetch_related("entries", "reviews")


async def get(viewer: Viewer, shortlist_id: UUID) -> Shortlist:
    """One of the viewer's lists with its entries and reviews. Raises NotFound."""
    if not _keeps_some(viewer):
        raise NotFound
    found = await Shortlist.filter(_mine(viewer), id=shortlist_id).first()
    if found is None:
        raise NotFound
    await found.fetch_related("entries", "reviews")
    return found


async def current(viewer: Viewer) -> Shortlist | None:
    """The list a click on a heart goes to: the one that the viewer, no colleague, used last.

    Never one under review or read by a link. Who has used none begins with the one that the team
    has not named.
    """
    lists = [one for one in await all_of(viewer) if not one.blind_at and not one.link_hash]
    used = [(moment, one.id, one) for one in lists if (moment := _used(viewer, one))]
    if used:
        return max(used)[2]
    return next((one for one in lists if one.name in same_names(FIRST_NAME)), None)


def _used(viewer: Viewer, shortlist: Shortlist) -> datetime | None:
    """When the viewer made the list or last kept somebody on it; None: colleagues alone did."""
    if shortlist.party_id is None:
        return shortlist.updated_at
    moments = [one.created_at for one in shortlist.entries if one.kept_by_id == viewer.person_id]
    if shortlist.made_by_id == viewer.person_id:
        moments.append(shortlist.created_at)
    return max(moments, default=None)


async def kept(viewer: Viewer) -> frozenset[str]:
    """The ids of the profiles on the viewer's lists; those still to be scored blindly left out."""
    if not _keeps_some(viewer):
        return frozenset()
    known = Q(blind_at=None)
    if viewer.signed_in:
        known |= Q(reviews__person_id=viewer.person_id)
    lists = await Shortlist.filter(_mine(viewer)).filter(known).values_list("id", flat=True)
    found = Entry.filter(shortlist_id__in=lists)
    return frozenset(str(one) for one in await found.values_list("profile_id", flat=True))


async def is_blind(viewer: Viewer, shortlist: Shortlist) -> bool:
    """Whether the viewer has yet to score this list before names are shown."""
    if shortlist.blind_at is None:
        return False
    return not await Review.filter(shortlist=shortlist, person_id=viewer.person_id).exists()


async def entries(shortlist: Shortlist) -> list[Entry]:
    """The entries in their order."""
    return await Entry.filter(shortlist=shortlist).order_by("position", "id")


async def reviews(shortlist: Shortlist) -> list[Review]:
    """The saved reviews, the first one first."""
    return await Review.filter(shortlist=shortlist).order_by("saved_at", "id")


async def shared(token: str) -> Shortlist:
    """The list a read-only link shows, whoever asks. Raises LinkGone."""
    found = await Shortlist.get_or_none(link_hash=hash_token(token))
    if found is None:
        raise LinkGone
    return found
