"""Owns which contracts and rounds are due for a step; never takes one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.core import clock
from marketplace.core.db import connection
from marketplace.reviews.models import ReviewRound
from marketplace.reviews.rules import LATE_DAYS, REMIND_DAYS, UNDER_WAY_DAYS, Occasion

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract

# Whether money was released is asked of each by itself.
_TO_OPEN = """
SELECT c.id FROM contract c
 WHERE c.id > $1 AND c.signed_at IS NOT NULL
   AND (c.ended_at > $3 OR (c.ended_at IS NULL AND c.active_at <= $4))
   AND NOT EXISTS (
     SELECT FROM review_round o WHERE o.contract_id = c.id AND (o.revealed_at IS NULL
       OR o.occasion = CASE WHEN c.ended_at IS NULL THEN 'under_way' ELSE 'ended' END))
 ORDER BY c.id LIMIT $2"""


def occasion_of(contract: Contract) -> Occasion | None:
    """What a contract may be reviewed for now, as far as its dates go; None: nothing yet."""
    now = clock.now()
    if contract.signed_at is None:
        return None
    if contract.ended_at is not None:
        late = contract.ended_at + timedelta(days=LATE_DAYS) < now
        return None if late else Occasion.ENDED
    began = contract.active_at
    if began is None or began + timedelta(days=UNDER_WAY_DAYS) > now:
        return None
    return Occasion.UNDER_WAY


async def to_open(beyond: UUID, limit: int) -> list[UUID]:
    """Contracts whose dates let them be reviewed and that have no round for it yet, by id."""
    now = clock.now()
    times = [now - timedelta(days=LATE_DAYS), now - timedelta(days=UNDER_WAY_DAYS)]
    rows = await connection().execute_query_dict(_TO_OPEN, [beyond, limit, *times])
    return [row["id"] for row in rows]


async def to_remind(beyond: UUID, limit: int) -> list[UUID]:
    """Open rounds whose last days have come and of which nobody was reminded, by id."""
    soon = clock.now() + timedelta(days=REMIND_DAYS)
    rows = ReviewRound.filter(
        id__gt=beyond, revealed_at=None, reminded_at=None, closes_at__lte=soon
    )
    return list(await rows.order_by("id").limit(limit).values_list("id", flat=True))  # type: ignore[arg-type]


async def to_reveal(beyond: UUID, limit: int) -> list[UUID]:
    """Open rounds whose time is over, by id."""
    rows = ReviewRound.filter(id__gt=beyond, revealed_at=None, closes_at__lte=clock.now())
    return list(await rows.order_by("id").limit(limit).values_list("id", flat=True))  # type: ignore[arg-type]
