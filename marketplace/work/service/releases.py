"""Owns making held money the assistant's, after the security hold; never decides that it should."""

from __future__ import annotations

from datetime import datetime, timedelta

from marketplace.contracts.rules.states import Rail
from marketplace.core import clock
from marketplace.work import queries
from marketplace.work.models import Unit
from payments import escrow
from payments.money import Money


async def release(unit: Unit, amount: Money, key: str = "") -> None:
    """Make held money the assistant's. One release a key (the unit's id), however often asked.

    Nothing moves where payments are only recorded: the business pays directly (billing), with the
    tax of the contract when the first of it was approved.
    """
    if unit.contract.rail is Rail.RECORDED:
        unit.held_version = unit.held_version or unit.contract.version
        await unit.save(update_fields=["held_version"])
    elif amount:
        await escrow.release(
            key=key or str(unit.id),
            holding=str(unit.id),
            payee=str(unit.contract.assistant_id),
            price=amount,
            transfer_after=await hold(unit),
        )


async def hold(unit: Unit) -> datetime | None:
    """Until when a release of this unit waits for the security hold; kept with the unit."""
    days = await queries.hold_days(unit.contract)
    unit.pays_at = clock.now() + timedelta(days=days) if days else None
    await unit.save(update_fields=["pays_at"])
    return unit.pays_at
