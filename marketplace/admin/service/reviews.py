"""Owns what an operator decides about a reported review, each act with its reason in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.admin.rules.runs import Act
from marketplace.admin.service.log import record
from marketplace.core.db import command
from marketplace.reviews import service as reviews

if TYPE_CHECKING:
    from marketplace.admin.schemas.queues import ReasonDraft
    from marketplace.admin.schemas.reviews import HideDraft


@command
async def hide_review(operator_id: UUID, review_id: UUID, draft: HideDraft) -> None:
    """Hide a reported review for a ground of the list; both sides are told the reason.

    Raises NotFound, NothingToDecide.
    """
    await reviews.judge(review_id, draft.ground, draft.reason)
    after = {"hidden": True, "ground": draft.ground.value}
    subject = f"review:{review_id}"
    await record(
        operator_id, Act.HIDE_REVIEW, subject, before={"hidden": False}, after=after, draft=draft
    )


@command
async def keep_review(operator_id: UUID, review_id: UUID, draft: ReasonDraft) -> None:
    """Let a reported review stand; both sides are told the reason. Raises as `hide_review`."""
    await reviews.judge(review_id, None, draft.reason)
    stays = {"hidden": False}
    subject = f"review:{review_id}"
    await record(operator_id, Act.KEEP_REVIEW, subject, before=stays, after=stays, draft=draft)
