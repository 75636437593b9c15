"""Owns the JSON operations of payments made outside and recorded here."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.billing.queries import recorded as queries
from marketplace.billing.schemas.recorded import (
    ObjectionDraft,
    RecordedDraft,
    RecordedPaymentView,
    RecordView,
)
from marketplace.billing.service import recorded as service
from marketplace.web.guards import signed_in, viewer
from marketplace.web.routing import Api

api = Api("billing")
READ, WRITE = "money:read", "money:write"


@api.get("/units/{unit_id:uuid}/payments", guard=signed_in, scope=READ)
async def payments(request: Request, unit_id: UUID) -> RecordView:
    """A unit's payments outside; 404 where the money is held and released here."""
    return RecordView.of(await queries.record(viewer(request), unit_id))


@api.post(
    "/units/{unit_id:uuid}/payments",
    guard=signed_in,
    scope=WRITE,
    status=201,
    idempotent=True,
    errors=(409,),
)
async def record(request: Request, unit_id: UUID, body: RecordedDraft) -> RecordedPaymentView:
    """Record a payment made outside (business)."""
    return RecordedPaymentView.of(await service.record(viewer(request), unit_id, body))


@api.post(
    "/recorded-payments/{payment_id:uuid}/confirm",
    guard=signed_in,
    scope=WRITE,
    idempotent=True,
    errors=(409,),
)
async def confirm(request: Request, payment_id: UUID) -> RecordedPaymentView:
    """Say that a payment arrived (assistant)."""
    return RecordedPaymentView.of(await service.confirm(viewer(request), payment_id))


@api.post(
    "/recorded-payments/{payment_id:uuid}/dispute",
    guard=signed_in,
    scope=WRITE,
    idempotent=True,
    errors=(409,),
)
async def dispute(request: Request, payment_id: UUID, body: ObjectionDraft) -> RecordedPaymentView:
    """Say that a payment did not arrive, or not so (assistant)."""
    return RecordedPaymentView.of(await service.dispute(viewer(request), payment_id, body))


@api.post(
    "/recorded-payments/{payment_id:uuid}/withdraw",
    guard=signed_in,
    scope=WRITE,
    idempotent=True,
    errors=(409,),
)
async def withdraw(request: Request, payment_id: UUID) -> RecordedPaymentView:
    """Take a payment back that was recorded by mistake (business)."""
    return RecordedPaymentView.of(await service.withdraw(viewer(request), payment_id))
