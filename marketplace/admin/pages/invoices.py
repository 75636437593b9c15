"""Owns the operator's pages of invoices that do not leave: what is wrong, and another try."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from marketplace.admin import service
from marketplace.admin.pages.router import (
    Form,
    asked,
    blank,
    older,
    pages,
    show,
    with_reason,
)
from marketplace.admin.queries import records
from marketplace.admin.schemas.invoices import UnsettledQuery
from marketplace.core.i18n import _
from marketplace.invoicing.queries import identities
from marketplace.invoicing.queries import invoices as queries
from marketplace.invoicing.rules import drafting
from marketplace.invoicing.schemas import KIND_NAMES, PAPER_NAMES
from marketplace.web.guards import operator, viewer
from marketplace.web.redirects import to

WORDS: dict[str, Any] = {"why": drafting.why, "kind_names": KIND_NAMES, "paper_names": PAPER_NAMES}


@pages.get("/operator/invoices", guard=operator)
async def invoices(request: Request) -> Response:
    """What waits for a side or is parked, the newest first."""
    query, _form = asked(request, UnsettledQuery)
    query = query or UnsettledQuery()
    rows = await queries.unsettled(query.before, query.limit)
    return show(
        request, "invoices", rows=rows, older=older(request, rows, query.limit),
        operator=identities.behalf(), tab="invoices", **WORDS,
    )  # fmt: skip


async def _one(request: Request, form: Form, status: int = 200) -> Response:
    invoice_id: UUID = request.path_params["id"]
    return show(
        request, "invoice", status=status, row=await queries.by_id(invoice_id), form=form,
        acts=await records.acts_on(f"invoice:{invoice_id}"), operator=identities.behalf(),
        tab="invoices", **WORDS,
    )  # fmt: skip


@pages.get("/operator/invoices/{id:uuid}", guard=operator)
async def invoice(request: Request) -> Response:
    """One document: which rules it breaks, and the form to try it again."""
    return await _one(request, blank())


@pages.post("/operator/invoices/{id:uuid}/retry", guard=operator)
async def retry_invoice(request: Request) -> Response:
    """Try it once more."""
    invoice_id: UUID = request.path_params["id"]
    done = _("The invoice is tried again within a minute.")
    return await with_reason(
        request,
        lambda draft: service.retry_invoice(viewer(request).person_id, invoice_id, draft),
        lambda form, status: _one(request, form, status),
        lambda: to(request, f"/operator/invoices/{invoice_id}", done),
    )
