"""Owns the JSON operations of paying for a unit."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.billing.queries import funding as bills
from marketplace.billing.schemas.funding import BillView, FundingDraft, LinkView
from marketplace.billing.service import funding as service
from marketplace.core.i18n import DEFAULT, LOCALES
from marketplace.web.guards import signed_in, viewer
from marketplace.web.routing import Api

api = Api("billing")
READ, WRITE = "money:read", "money:write"


@api.get("/units/{unit_id:uuid}/funding", guard=signed_in, scope=READ)
async def bill(request: Request, unit_id: UUID) -> BillView:
    """What funding a unit costs, line by line (business)."""
    return BillView.of(await bills.bill(viewer(request), unit_id))


@api.post(
    "/units/{unit_id:uuid}/funding",
    guard=signed_in,
    scope=WRITE,
    status=201,
    idempotent=True,
    errors=(409, 503),
)
async def fund(request: Request, unit_id: UUID, body: FundingDraft) -> LinkView:
    """The payment page for a unit's missing money (business)."""
    locale = body.locale if body.locale in LOCALES else DEFAULT
    return LinkView(url=await service.start_funding(viewer(request), unit_id, locale))
