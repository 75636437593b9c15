"""Owns the JSON operations on money that waits for a person."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.admin import service
from marketplace.admin.api.router import act, read
from marketplace.admin.queries import holding
from marketplace.admin.schemas import queues as shapes
from marketplace.admin.schemas.holding import LongHeldView
from marketplace.core.errors import NotFound
from marketplace.web.guards import viewer
from payments import explorer


@read("/operator/held")
async def long_held(_request: Request) -> list[LongHeldView]:
    """Money held for longer than both sides are warned of, oldest first."""
    return [LongHeldView.of(row) for row in await holding.long_held()]


@act("/operator/held/{unit_id:uuid}/renew")
async def renew_hold(request: Request, unit_id: UUID, body: shapes.ReasonDraft) -> None:
    """Send money back that was held for too long, to be paid anew; the reason is logged."""
    await service.renew_hold(viewer(request).person_id, unit_id, body)


@act("/operator/movements/{movement_id:uuid}/send")
async def send_credit(
    request: Request, movement_id: UUID, body: shapes.ReasonDraft
) -> shapes.OperatorMovementView:
    """Send a refund of a direct debit that waits for a person; the reason is logged."""
    await service.send_credit(viewer(request).person_id, movement_id, body)
    row = await explorer.movement(movement_id)
    if row is None:
        raise NotFound
    return shapes.OperatorMovementView.of(row)
