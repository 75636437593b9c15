"""Owns the JSON operations on transfers that cannot leave."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.admin import service
from marketplace.admin.api.queues import movement
from marketplace.admin.api.router import act
from marketplace.admin.schemas import queues as shapes
from marketplace.web.guards import viewer

MOVEMENT = "/operator/movements/{movement_id:uuid}"


@act(f"{MOVEMENT}/set-aside")
async def set_aside(
    request: Request, movement_id: UUID, body: shapes.ReasonDraft
) -> shapes.OperatorMovementView:
    """Take a transfer that cannot leave out of the queue; its payee is told the reason."""
    await service.aside.set_aside(viewer(request).person_id, movement_id, body)
    return await movement(request, movement_id)


@act(f"{MOVEMENT}/put-back")
async def put_back(
    request: Request, movement_id: UUID, body: shapes.ReasonDraft
) -> shapes.OperatorMovementView:
    """Queue a transfer that was set aside again; its payee is told the reason."""
    await service.aside.put_back(viewer(request).person_id, movement_id, body)
    return await movement(request, movement_id)


@act(f"{MOVEMENT}/paid-by-hand")
async def paid_by_hand(
    request: Request, movement_id: UUID, body: shapes.PaidByHandDraft
) -> shapes.OperatorMovementView:
    """Note that a transfer that was set aside was paid from our own bank, for good."""
    await service.aside.paid_by_hand(viewer(request).person_id, movement_id, body)
    return await movement(request, movement_id)


@act(f"{MOVEMENT}/take-back")
async def take_back(
    request: Request, movement_id: UUID, body: shapes.SureDraft
) -> shapes.OperatorMovementView:
    """Give what was released with a transfer that was set aside back to the client, for good."""
    await service.aside.take_back(viewer(request).person_id, movement_id, body)
    return await movement(request, movement_id)
