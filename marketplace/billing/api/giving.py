"""Owns the JSON operations of giving money back."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.billing.schemas.giving import GiveBackDraft
from marketplace.billing.service import giving as service
from marketplace.web.guards import viewer
from marketplace.web.operations import Own

own = Own("billing", "money")
api = own.api


@own.act("/units/{unit_id:uuid}/give-back")
async def give_back(request: Request, unit_id: UUID, body: GiveBackDraft) -> None:
    """Return a part of what was released for a unit to the client (assistant)."""
    await service.give_back(viewer(request), unit_id, body)


@own.act("/contracts/{contract_id:uuid}/tips/{tip_id:uuid}/give-back")
async def give_tip_back(
    request: Request, contract_id: UUID, tip_id: UUID, body: GiveBackDraft
) -> None:
    """Return a tip, or a part of it, to the client (assistant)."""
    await service.give_tip_back(viewer(request), contract_id, tip_id, body)
