"""Owns the JSON operations of paying for a unit."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.billing.queries import funding as bills
from marketplace.billing.schemas.funding import BillView, FundingDraft, LinkView
from marketplace.billing.service import funding as service
from marketplace.core.i18n import DEFAULT, LOCALES
from marketplace.web.guards import viewer
from marketplace.web.operations import Own

own = Own("billing", "money")
api = own.api


@own.read("/units/{unit_id:uuid}/funding")
async def bill(request: Request, unit_id: UUID) -> BillView:
    """What funding a unit costs, line by line (business)."""
    return BillView.of(await bills.bill(viewer(request), unit_id))


@own.make("/units/{unit_id:uuid}/funding", errors=(409, 503))
async def fund(request: Request, unit_id: UUID, body: FundingDraft) -> LinkView:
    """The payment page for a unit's missing money (business)."""
    locale = body.locale if body.locale in LOCALES else DEFAULT
    return LinkView(url=await service.start_funding(viewer(request), unit_id, locale))
