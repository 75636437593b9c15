"""Owns the operator's reads of money that waits for a person: long held, or credit of a debit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.admin.queries import records
from marketplace.core.errors import NotFound
from payments import escrow

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract

LIMIT = 500


@dataclass(frozen=True)
class LongHeld:
    """Money held for longer than both sides are warned of; it may stay until `until`."""

    unit_id: UUID
    held: escrow.HeldLong
    until: datetime
    contract: Contract | None


async def long_held() -> list[LongHeld]:
    """The oldest first, at most LIMIT."""
    return [await _shown(each) for each in await escrow.held_long(LIMIT)]


async def _shown(held: escrow.HeldLong) -> LongHeld:
    until = held.since + timedelta(days=escrow.limits().stop_days)
    return LongHeld(UUID(held.holding), held, until, await records.contract(held.contract))


async def one(unit_id: UUID) -> LongHeld:
    """One of them. Raises NotFound when its money is not old, or not held."""
    found = await escrow.held_long(1, holding=str(unit_id))
    if not found:
        raise NotFound
    return await _shown(found[0])


async def safe_from(movement_id: UUID) -> datetime | None:
    """When the direct debit behind a waiting refund can no longer be taken back by itself."""
    waiting = {each.movement_id: each for each in await escrow.credits_of()}
    credit = waiting.get(movement_id)
    return credit.safe_from if credit else None
