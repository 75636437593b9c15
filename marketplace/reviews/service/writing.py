"""Owns writing a review, sending it for good, and replying to one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.access import party_of, side_of
from marketplace.contracts.rules.states import Actor
from marketplace.core import clock, events
from marketplace.core.db import command, lock
from marketplace.core.errors import Forbidden
from marketplace.reviews import queries, rules
from marketplace.reviews.events import ReviewReplied
from marketplace.reviews.models import ContractReview, ReviewRound
from marketplace.reviews.service.rounds import reveal

if TYPE_CHECKING:
    from marketplace.reviews.schemas import OfAssistantDraft, OfBusinessDraft, ReplyDraft
    from marketplace.web.sessions import Viewer


@command
async def write(
    viewer: Viewer, contract_id: UUID, side: Actor, draft: OfAssistantDraft | OfBusinessDraft
) -> ContractReview:
    """Keep what `side` says of the other, and send it for good where the draft says so.

    Once both have sent theirs, both can be read. Raises NotFound, Forbidden for the other side's
    form, OnBothSides, NotOpen, AlreadySent, TooLate, AllGivenBack.
    """
    contract = await contracts.get(viewer, contract_id)
    if side_of(viewer, contract) is not side:
        raise Forbidden
    if viewer.acts_for(party_of(rules.other(side), contract)):
        raise rules.OnBothSides
    found = await queries.open_round(contract_id)
    if found is None:
        raise await _closed(contract_id)
    row = await lock(ReviewRound, found.id)
    mine = await ContractReview.get_or_none(round_id=row.id, side=side)
    if mine is not None and mine.sent_at is not None:
        raise rules.AlreadySent
    if row.revealed_at is not None or row.closes_at <= clock.now():
        raise rules.TooLate
    if not await queries.paid(contract):
        raise rules.AllGivenBack
    if mine is None:
        mine = ContractReview(
            round_id=row.id,
            side=side,
            author_id=party_of(side, contract),
            about_id=party_of(rules.other(side), contract),
        )
    now = clock.now()
    mine.update_from_dict({**draft.model_dump(exclude={"send"}), "written_at": now})
    mine.sent_at = now if draft.send else None
    await mine.save()
    if draft.send:
        await reveal(row.id)
    return mine


async def _closed(contract_id: UUID) -> rules.NotOpen | rules.TooLate:
    over = await ReviewRound.exists(contract_id=contract_id)
    return rules.TooLate() if over else rules.NotOpen()


@command
async def reply(viewer: Viewer, review_id: UUID, draft: ReplyDraft) -> ContractReview:
    """Answer a review in public, once (the reviewed side). Raises NotFound, AlreadyReplied."""
    found = await queries.visible(review_id)
    viewer.require(found.about_id)
    row = await lock(ContractReview, review_id)
    if row.hidden_at is not None or row.replied_at is not None:
        raise rules.AlreadyReplied
    row.reply, row.reply_language, row.replied_at = draft.text, draft.language, clock.now()
    await row.save(update_fields=["reply", "reply_language", "replied_at"])
    await events.record(ReviewReplied(row.id))
    return await queries.visible(review_id)
