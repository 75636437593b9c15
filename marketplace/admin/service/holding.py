"""Owns what an operator does about money that waits: refunds of direct debits, old held money."""

from __future__ import annotations

from uuid import UUID

from marketplace.admin.rules.runs import Act, NotWaiting
from marketplace.admin.schemas.queues import ReasonDraft
from marketplace.admin.service.log import record
from marketplace.core.db import command
from marketplace.core.errors import NotFound
from marketplace.work.service import holds
from payments import escrow, explorer

CREDIT = "credit"


@command
async def send_credit(person_id: UUID, movement_id: UUID, draft: ReasonDraft) -> None:
    """Send a refund of a direct debit that waits for a person. Raises NotFound, NotWaiting."""
    before = await explorer.movement(movement_id, lock=True)
    if before is None:
        raise NotFound
    if before.status != CREDIT:
        raise NotWaiting
    await escrow.send_credit(movement_id)
    after = await explorer.movement(movement_id)
    assert after is not None
    await record(
        person_id, Act.SEND_CREDIT, f"movement:{movement_id}",
        before={"status": before.status}, after={"status": after.status}, draft=draft,
    )  # fmt: skip


@command
async def renew_hold(person_id: UUID, unit_id: UUID, draft: ReasonDraft) -> None:
    """Send money back that was held for too long, to be paid anew. Raises NotFound, IllegalStep."""
    unit = await holds.renew_for(unit_id)
    await record(
        person_id, Act.RENEW_HOLD, f"unit:{unit_id}",
        before={"status": "held"}, after={"status": unit.status.value}, draft=draft,
    )  # fmt: skip
