"""Owns the shape of money that is held for long."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from pydantic import BaseModel

from marketplace.admin.schemas.shapes import MinorAmount

if TYPE_CHECKING:
    from marketplace.admin.queries.holding import LongHeld


class LongHeldView(BaseModel):
    """Money of one unit held since `since`; it has to end by `until` (`must_end`: now)."""

    unit_id: UUID
    contract: str
    held: MinorAmount
    since: datetime
    until: datetime
    must_end: bool

    @classmethod
    def of(cls, row: LongHeld) -> LongHeldView:
        """The row as the API shows it."""
        return cls(
            unit_id=row.unit_id,
            contract=row.held.contract,
            held=MinorAmount.of(row.held.held),
            since=row.held.since,
            until=row.until,
            must_end=row.held.must_end,
        )
