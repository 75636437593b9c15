"""Owns the reviews that anybody may read and what they add up to; never shows one before its time.

One contract counts once: by its newest review, so that the one at the end takes the place of the
one written under way. Hidden, it still has that place: its author has replaced the earlier words,
and nobody gains older marks by having newer ones hidden.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts.rules.states import Actor
from marketplace.core.db import connection
from marketplace.core.errors import NotFound
from marketplace.reviews.models import ContractReview
from search.rating import rating

if TYPE_CHECKING:
    from collections.abc import Sequence

_COUNTING = """
SELECT id FROM (
  SELECT DISTINCT ON (o.contract_id) r.id, r.hidden_at
    FROM contract_review r JOIN review_round o ON o.id = r.round_id
   WHERE r.about_id = $1 AND r.side = $2 AND r.sent_at IS NOT NULL AND o.revealed_at IS NOT NULL
     AND NOT o.void
   ORDER BY o.contract_id, o.opened_at DESC, o.id DESC) newest
 WHERE hidden_at IS NULL"""
NEWEST = 3


@dataclass(frozen=True)
class Score:
    """What reviews add up to: the sum of their marks, how many they are, the mean of all marks."""

    marks: int
    reviews: int

    @property
    def rating(self) -> float | None:
        """The rating shown, by the published formula."""
        return rating(self.marks, self.reviews)


def score(found: Sequence[ContractReview]) -> Score:
    """What these reviews add up to."""
    return Score(sum(sum(one.marks.values()) for one in found), len(found))


async def of_party(party_id: UUID, side: Actor) -> list[ContractReview]:
    """The reviews of a party that count, written by `side`, the newest visible first.

    With round, contract and author at hand.
    """
    rows = await connection().execute_query_dict(_COUNTING, [party_id, side.value])
    found = ContractReview.filter(id__in=[row["id"] for row in rows])
    found = found.prefetch_related("round__contract", "author")
    return sorted(await found, key=shown_order)


def shown_order(review: ContractReview) -> str:
    """What a list is sorted by: newest visible first; one text a review, for cursors."""
    at = review.round.revealed_at
    return f"{10**13 - int(at.timestamp() * 1000) if at else 0:014d}:{review.id}"


async def visible(review_id: UUID) -> ContractReview:
    """A review that can be read, with round, contract and both sides. Raises NotFound."""
    found = await ContractReview.get_or_none(
        pk=review_id,
        sent_at__isnull=False,
        hidden_at=None,
        round__revealed_at__isnull=False,
        round__void=False,
    ).prefetch_related("round__contract", "author", "about")
    if found is None:
        raise NotFound
    return found
