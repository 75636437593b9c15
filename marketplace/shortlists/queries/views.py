"""Owns how a list is shown to the one who asks, blind or not; never writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core.settings import settings
from marketplace.directory import queries as directory
from marketplace.shortlists.queries import candidates, lists
from marketplace.shortlists.rules import blind
from marketplace.shortlists.rules import lists as rules
from marketplace.shortlists.schemas import (
    EntryView,
    SharedEntry,
    SharedView,
    ShortlistLine,
    ShortlistView,
)
from search.query import EURO

if TYPE_CHECKING:
    from marketplace.shortlists.models import Shortlist
    from marketplace.web.sessions import Viewer


def link_address(locale: str, token: str) -> str:
    """The whole address of a read-only link."""
    return f"{settings().base_url}/{locale}/shared/shortlist?token={token}"


async def lines(viewer: Viewer) -> list[ShortlistLine]:
    """The viewer's lists for an overview, the one used last first."""
    return [line(viewer, one) for one in await lists.all_of(viewer)]


def line(viewer: Viewer, shortlist: Shortlist) -> ShortlistLine:
    """One of them; it comes with its entries and reviews."""
    scored = viewer.signed_in and viewer.person_id in {one.person_id for one in shortlist.reviews}
    return ShortlistLine(
        id=shortlist.id,
        name=rules.named(shortlist.name),
        party=shortlist.party_id,
        size=len(shortlist.entries),
        updated_at=shortlist.updated_at,
        has_link=shortlist.link_hash is not None,
        blind=shortlist.blind_at is not None and not scored,
    )


async def shown(
    viewer: Viewer, shortlist: Shortlist, locale: str, currency: str = EURO
) -> ShortlistView:
    """The whole list; only letters and redacted texts while the viewer has not scored.

    Rates are told in `currency`, too.
    """
    rows = await lists.entries(shortlist)
    saved = await lists.reviews(shortlist)
    is_blind = await lists.is_blind(viewer, shortlist)
    scores = [one.scores for one in saved]
    ids = [] if is_blind else [one.profile_id for one in rows]
    people = await directory.several(ids, locale, currency) if ids else {}
    view = ShortlistView(
        id=shortlist.id,
        name=rules.named(shortlist.name),
        party=shortlist.party_id,
        size=len(rows),
        created_at=shortlist.created_at,
        updated_at=shortlist.updated_at,
        has_link=shortlist.link_hash is not None,
        link_notes=shortlist.link_notes,
        blind=is_blind,
        criteria=list(shortlist.criteria),
        reviewers=len(saved),
    )
    if is_blind:
        view.candidates = await candidates.without_names(rows, locale, currency)
        return view
    view.entries = [
        EntryView(
            id=one.id,
            position=number,
            note=one.note,
            mark=rules.mark(one.note),
            hit=people.get(str(one.profile_id)),
            letter=one.letter,
            score=blind.mean(scores, one.letter) if one.letter else None,
        )
        for number, one in enumerate(rows, start=1)
    ]
    return view


async def shown_by_link(shortlist: Shortlist, locale: str, currency: str = EURO) -> SharedView:
    """What the read-only link shows: profiles in the directory, notes only when chosen."""
    rows = await lists.entries(shortlist)
    people = await directory.several([one.profile_id for one in rows], locale, currency)
    return SharedView(
        name=rules.named(shortlist.name),
        entries=[
            SharedEntry(
                hit=people[str(one.profile_id)], note=one.note if shortlist.link_notes else ""
            )
            for one in rows
            if str(one.profile_id) in people
        ],
    )
