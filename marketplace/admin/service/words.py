"""Owns what an operator decides about what people wrote, each act with its reason in the log."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.admin.rules.runs import Act
from marketplace.admin.schemas.queues import HideDraft
from marketplace.admin.schemas.references import KeepReferenceDraft, TakeDownDraft
from marketplace.admin.schemas.reviews import HideReviewDraft, KeepReviewDraft
from marketplace.admin.service.log import record
from marketplace.core.db import command
from marketplace.references import service as references
from marketplace.reviews import service as reviews

if TYPE_CHECKING:
    from marketplace.admin.schemas.queues import ReasonDraft


@command
async def on_review(operator_id: UUID, review_id: UUID, act: Act, draft: ReasonDraft) -> None:
    """Hide a reported review, keep it, or show a hidden one again, as the draft is one for.

    Both sides are told the reason. Raises NotFound, NothingToDecide, ReportedSince.
    """
    if isinstance(draft, HideReviewDraft):
        await reviews.judge(review_id, draft.ground, draft.reason, draft.read)
    elif isinstance(draft, KeepReviewDraft):
        await reviews.judge(review_id, None, draft.reason, draft.read)
    else:
        await reviews.show_again(review_id, draft.reason)
    await _record(operator_id, f"review:{review_id}", act, draft, was=act is Act.SHOW_REVIEW)


@command
async def on_reference(operator_id: UUID, reference_id: UUID, act: Act, draft: ReasonDraft) -> None:
    """Take a reference down, keep a reported one, or put one back, as the draft is one for.

    Who asked for it and who gave it are told unless it is kept; whoever reported it is told.
    Raises NotFound, NothingToJudge, ReportedSince.
    """
    if isinstance(draft, TakeDownDraft):
        await references.judge(reference_id, draft.ground, draft.reason, draft.read)
    elif isinstance(draft, KeepReferenceDraft):
        await references.keep(reference_id, draft.reason, draft.read)
    else:
        await references.judge(reference_id, None, draft.reason)
    was = act is Act.PUT_BACK_REFERENCE
    await _record(operator_id, f"reference:{reference_id}", act, draft, was=was)


async def _record(
    operator_id: UUID, subject: str, act: Act, draft: ReasonDraft, *, was: bool
) -> None:
    """`was`: whether it was hidden before."""
    after: dict[str, object] = {"hidden": False}
    if isinstance(draft, HideDraft):
        after = {"hidden": True, "ground": draft.ground.value}
    await record(operator_id, act, subject, before={"hidden": was}, after=after, draft=draft)
