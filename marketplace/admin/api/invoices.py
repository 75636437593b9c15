"""Owns the operator's JSON operations on invoices that do not leave."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.admin import service
from marketplace.admin.api.router import act, read
from marketplace.admin.schemas.invoices import (
    UnsettledInvoicePage,
    UnsettledInvoiceView,
    UnsettledQuery,
)
from marketplace.admin.schemas.queues import ReasonDraft
from marketplace.invoicing.queries import identities
from marketplace.invoicing.queries import invoices as queries
from marketplace.web.guards import viewer


@read("/operator/invoices")
async def invoices(request: Request, query: UnsettledQuery) -> UnsettledInvoicePage:
    """Invoices that wait for a side or are parked, the newest first."""
    rows = await queries.unsettled(query.before, query.limit)
    name, locale = identities.behalf(), request.state.locale
    return UnsettledInvoicePage(
        items=[UnsettledInvoiceView.of(row, name, locale) for row in rows],
        next=rows[-1].id if len(rows) == query.limit else None,
    )


@read("/operator/invoices/{invoice_id:uuid}", errors=(404,))
async def invoice(request: Request, invoice_id: UUID) -> UnsettledInvoiceView:
    """One document and what stands against it."""
    row = await queries.by_id(invoice_id)
    return UnsettledInvoiceView.of(row, identities.behalf(), request.state.locale)


@act("/operator/invoices/{invoice_id:uuid}/retry")
async def retry_invoice(
    request: Request, invoice_id: UUID, body: ReasonDraft
) -> UnsettledInvoiceView:
    """Try it once more; the reason is logged."""
    await service.retry_invoice(viewer(request).person_id, invoice_id, body)
    return await invoice(request, invoice_id)
