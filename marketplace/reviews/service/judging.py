"""Owns reports of reviews and what an operator makes of them; a review is never hidden as bad."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts.rules.states import Actor
from marketplace.core import clock, events
from marketplace.core.db import command, lock
from marketplace.core.grounds import Ground, ReportedSince
from marketplace.reviews import queries, rules
from marketplace.reviews.events import ReviewJudged, ReviewReported, ReviewShownAgain
from marketplace.reviews.models import ContractReview, ReviewReport
from marketplace.reviews.service.letters import tell_reporter
from marketplace.reviews.service.rounds import note_rating
from marketplace.web import ratelimit

if TYPE_CHECKING:
    from datetime import datetime

    from marketplace.reviews.schemas import ReportDraft

REPORTS_A_MINUTE = 1
REPORTS_AT_ONCE = 5


async def report(review_id: UUID, draft: ReportDraft, locale: str, address: str) -> ReviewReport:
    """Tell operators that a visible review is unlawful (Digital Services Act, art. 16).

    `address` is who asks. Raises NotFound, TooManyRequests.
    """
    await ratelimit.hit(
        f"reviews:report:{address}", per_minute=REPORTS_A_MINUTE, burst=REPORTS_AT_ONCE
    )
    return await _report(review_id, draft, locale)


@command
async def _report(review_id: UUID, draft: ReportDraft, locale: str) -> ReviewReport:
    await lock(ContractReview, review_id)  # before or after a decision, never beside one
    await queries.visible(review_id)
    known = await ReviewReport.exists(review_id=review_id, decided_at=None)
    made = await ReviewReport.create(
        review_id=review_id,
        ground=draft.ground,
        said=draft.said,
        email=draft.email or "",
        locale=locale,
        created_at=clock.now(),
    )
    if not known:
        await events.record(ReviewReported(made.id))
    return made


@command
async def judge(review_id: UUID, ground: Ground | None, reason: str, read: UUID) -> ContractReview:
    """Hide a reported review for a ground, or keep it (None); both sides and reporters are told.

    For operators; `read` is the newest report they have read. Raises NotFound, NothingToDecide,
    ReportedSince.
    """
    await queries.reported(review_id)
    row = await lock(ContractReview, review_id)
    found = ReviewReport.filter(review_id=review_id, decided_at=None).order_by("created_at", "id")
    waiting = await found.select_for_update()
    if row.hidden_at is not None or not waiting:
        raise rules.NothingToDecide
    if waiting[-1].id != read:
        raise ReportedSince
    now = clock.now()
    if ground is not None:
        await _set_hidden(row, now, ground)
    for each in waiting:
        await tell_reporter(each, ground, reason)
        each.hidden, each.decided_at, each.email = ground is not None, now, ""
        await each.save(update_fields=["hidden", "decided_at", "email"])
    await events.record(ReviewJudged(row.id, ground.value if ground else "", reason))
    return row


@command
async def show_again(review_id: UUID, reason: str) -> ContractReview:
    """Show a review that was hidden by mistake; it counts again, and both sides are told.

    For operators. Raises NotFound, NothingToDecide.
    """
    await queries.reported(review_id)
    row = await lock(ContractReview, review_id)
    if row.hidden_at is None:
        raise rules.NothingToDecide
    await _set_hidden(row, None, "")
    await events.record(ReviewShownAgain(row.id, reason))
    return row


async def _set_hidden(row: ContractReview, at: datetime | None, ground: Ground | str) -> None:
    row.hidden_at, row.hidden_for = at, ground
    await row.save(update_fields=["hidden_at", "hidden_for"])
    if row.side is Actor.BUSINESS:
        await note_rating(row.about_id)
