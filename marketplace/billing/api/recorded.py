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
from marketplace.web.guards import viewer
from marketplace.web.operations import Own

own = Own("billing", "money")
api = own.api


@own.read("/units/{unit_id:uuid}/payments")
async def payments(request: Request, unit_id: UUID) -> RecordView:
    """A unit's payments outside; 404 where the money is held and released here."""
    return RecordView.of(await queries.record(viewer(request), unit_id))


@own.make("/units/{unit_id:uuid}/payments")
async def record(request: Request, unit_id: UUID, body: RecordedDraft) -> RecordedPaymentView:
    """Record a payment made outside (business)."""
    return RecordedPaymentView.of(await service.record(viewer(request), unit_id, body))


@own.act("/recorded-payments/{payment_id:uuid}/confirm")
async def confirm(request: Request, payment_id: UUID) -> RecordedPaymentView:
    """Say that a payment arrived (assistant)."""
    return RecordedPaymentView.of(await service.confirm(viewer(request), payment_id))


@own.act("/recorded-payments/{payment_id:uuid}/dispute")
async def dispute(request: Request, payment_id: UUID, body: ObjectionDraft) -> RecordedPaymentView:
    """Say that a payment did not arrive, or not so (assistant)."""
    return RecordedPaymentView.of(await service.dispute(viewer(request), payment_id, body))


@own.act("/recorded-payments/{payment_id:uuid}/withdraw")
async def withdraw(request: Request, payment_id: UUID) -> RecordedPaymentView:
    """Take a payment back that was recorded by mistake (business)."""
    return RecordedPaymentView.of(await service.withdraw(viewer(request), payment_id))
