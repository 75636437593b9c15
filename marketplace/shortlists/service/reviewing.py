"""Owns the blind review: opened once, scored once by each person; never shows a name."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.core import clock
from marketplace.core.db import command
from marketplace.core.errors import Invalid, Unavailable
from marketplace.core.i18n import _
from marketplace.directory import queries as directory
from marketplace.directory.queries import written
from marketplace.profiles import queries as profiles
from marketplace.shortlists import queries
from marketplace.shortlists.models import Entry, Review, Shortlist
from marketplace.shortlists.rules import blind
from marketplace.shortlists.schemas import BlindDraft, BlindSearchDraft, ListDraft, ScoresDraft
from marketplace.shortlists.service import naming

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer


async def _published(shortlist: Shortlist) -> list[Entry]:
    rows = await queries.entries(shortlist)
    found = await profiles.several([one.profile_id for one in rows])
    listed = {one.id for one in found if one.status == profiles.Status.PUBLISHED}
    return [one for one in rows if one.profile_id in listed]


@command
async def open_blind(viewer: Viewer, shortlist_id: UUID, draft: BlindDraft) -> Shortlist:
    """Put the list under blind review: letters by chance, candidates fixed, the link revoked.

    Raises NotFound, AlreadyBlind, WrongNumber.
    """
    found = await naming.locked(viewer, shortlist_id)
    if found.blind_at is not None:
        raise blind.AlreadyBlind
    candidates = await _published(found)
    if not blind.CANDIDATES_LEAST <= len(candidates) <= blind.CANDIDATES_MOST:
        raise blind.WrongNumber(least=blind.CANDIDATES_LEAST, most=blind.CANDIDATES_MOST)
    for entry, letter in zip(candidates, blind.letters(len(candidates)), strict=True):
        await Entry.filter(pk=entry.id).update(letter=letter)
    found.criteria, found.blind_at = list(draft.criteria), clock.now()
    found.link_hash, found.link_notes = None, False
    await found.save(update_fields=["criteria", "blind_at", "link_hash", "link_notes"])
    return found


async def open_from_search(viewer: Viewer, draft: BlindSearchDraft) -> Shortlist:
    """A new list of the first matches of a search, under blind review from its first moment.

    Raises NotFound for a business of others, Invalid, WrongNumber, TooManyLists, Unavailable while
    the search is being restored.
    """
    query = written.parsed(draft.query).changed(per_page=draft.count, facets=False)
    found = await directory.find(query, near=False)
    if found.plain:  # the newest, not the first that the search shows
        raise Unavailable
    ids = [UUID(raw["id"]) for raw in found.answer.hits]
    return await _made(viewer, draft, ids)


@command
async def _made(viewer: Viewer, draft: BlindSearchDraft, ids: list[UUID]) -> Shortlist:
    made = await naming.create(viewer, ListDraft(name=draft.name, party=draft.party))
    for position, profile_id in enumerate(ids, start=1):
        await Entry.create(
            shortlist=made, profile_id=profile_id, position=position, created_at=clock.now()
        )
    return await open_blind(viewer, made.id, BlindDraft(criteria=draft.criteria))


@command
async def score(viewer: Viewer, shortlist_id: UUID, draft: ScoresDraft) -> Shortlist:
    """Save the viewer's scores of every candidate: from now on they see who is who.

    Raises NotFound, NotBlind, AlreadyScored, Invalid naming `score-<letter>-<criterion>`.
    """
    found = await naming.locked(viewer, shortlist_id)
    if found.blind_at is None:
        raise blind.NotBlind
    if not await queries.is_blind(viewer, found):
        raise blind.AlreadyScored
    asked = sorted(one.letter for one in await _published(found) if one.letter)
    missing = blind.unscored(draft.scores, asked, len(found.criteria))
    if missing:
        text = _("Please choose a score from 1 to 5.")
        raise Invalid({f"score-{letter}-{number}": text for letter, number in missing})
    kept = {letter: list(draft.scores[letter][: len(found.criteria)]) for letter in asked}
    await Review.create(
        shortlist=found, person_id=viewer.person_id, scores=kept, saved_at=clock.now()
    )
    return found
