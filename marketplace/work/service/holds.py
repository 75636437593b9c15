"""Owns money that is held for long: both sides are warned, and at the end it is paid anew.

Stripe holds for at most 90 days. Work that is handed in ends by itself, since silence approves it;
work that is not goes on once the returned money is paid again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.core import batches, events, jobs
from marketplace.core.db import command, lock
from marketplace.work import queries, rules
from marketplace.work.events import HoldAged, HoldRenewed
from marketplace.work.models import Unit
from marketplace.work.rules import IllegalStep, Status
from marketplace.work.service import units
from marketplace.work.service.deliveries import require_side
from payments import escrow

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer

WARNED, MUST_END = 1, 2


@jobs.periodic("17 * * * *", "work.holds")
async def look(timestamp: int) -> None:
    """Tell both sides of money that is held for long. `timestamp` is procrastinate's and unused."""
    del timestamp
    await run_due()


async def run_due() -> None:
    """The same now; each stage is told once."""
    last = None
    while found := await escrow.held_long(batches.PAGE, after=last):
        await batches.each("money held for long", found, _tell)
        last = found[-1]


@command
async def _tell(held: escrow.HeldLong) -> None:
    unit = await lock(Unit, UUID(held.holding))
    stage = MUST_END if held.must_end else WARNED
    if unit.hold_told < stage:
        unit.hold_told = stage
        await unit.save(update_fields=["hold_told"])
        await events.record(HoldAged(unit.id, held.must_end))


@command
async def renew(viewer: Viewer, unit_id: UUID) -> Unit:
    """Send money that is held for long back, to be paid anew (business). Raises IllegalStep."""
    require_side(viewer, await queries.unit(viewer, unit_id), "business")
    return await _renew(unit_id)


@command
async def renew_for(unit_id: UUID) -> Unit:
    """The same by an operator, who logs why. Raises IllegalStep, NotFound."""
    return await _renew(unit_id)


async def _renew(unit_id: UUID) -> Unit:
    unit = await lock(Unit, unit_id)
    balance = await queries.balance(unit)
    since = balance.held_since
    if unit.status not in rules.RENEWABLE or queries.ageing(balance) is None or since is None:
        raise IllegalStep
    await units.move(unit, Status.PLANNED, funded_at=None, hold_told=0, review_until=None)
    await escrow.refund(key=f"{unit.id}:renew:{since:%Y%m%d%H%M%S}", holding=str(unit.id))
    await events.record(HoldRenewed(unit.id))
    return unit
