"""Owns the JSON operations of invoices and of the mandate."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from marketplace.contracts.rules.evidence import seen
from marketplace.core.errors import NotFound
from marketplace.invoicing.queries import downloads, identities
from marketplace.invoicing.queries import invoices as queries
from marketplace.invoicing.schemas import (
    ContestDraft,
    InvoiceList,
    InvoiceQuery,
    InvoiceView,
    MandateDraft,
    MandateView,
    OwnInvoiceDraft,
)
from marketplace.invoicing.service import contests, declaring, mandates
from marketplace.parties import queries as parties
from marketplace.web.guards import signed_in, viewer
from marketplace.web.network import address
from marketplace.web.routing import Api

api = Api("invoicing")
READ, WRITE = "money:read", "money:write"
INVOICE = "/invoices/{invoice_id:uuid}"
MANDATE = "/parties/{party_id:uuid}/mandate"


@api.get("/invoices", guard=signed_in, scope=READ)
async def index(request: Request, query: InvoiceQuery) -> InvoiceList:
    """Invoices and credit notes of your parties, sent and received, the newest first."""
    rows, after = await queries.page(
        viewer(request),
        year=query.year,
        contract=query.contract,
        before=query.cursor,
        limit=query.limit,
    )
    name, locale = identities.behalf(), request.state.locale
    return InvoiceList(items=[InvoiceView.of(row, name, locale) for row in rows], next=after)


@api.get(INVOICE, guard=signed_in, scope=READ, errors=(404,))
async def show(request: Request, invoice_id: UUID) -> InvoiceView:
    """One invoice or credit note."""
    row = await queries.get(viewer(request), invoice_id)
    return InvoiceView.of(row, identities.behalf(), request.state.locale)


@api.get(INVOICE + "/pdf", guard=signed_in, scope=READ, errors=(404,), media_type="application/pdf")
async def pdf(request: Request, invoice_id: UUID) -> Response:
    """Its PDF/A-3, with the Factur-X XML inside where the standard can say it."""
    _name, content = await downloads.file(viewer(request), invoice_id, "pdf")
    return Response(content, media_type="application/pdf")


@api.get(INVOICE + "/xml", guard=signed_in, scope=READ, errors=(404,), media_type="application/xml")
async def xml(request: Request, invoice_id: UUID) -> Response:
    """Its Factur-X XML (EN 16931)."""
    _name, content = await downloads.file(viewer(request), invoice_id, "xml")
    return Response(content, media_type="application/xml")


@api.get(INVOICE + "/ubl", guard=signed_in, scope=READ, errors=(404,), media_type="application/xml")
async def ubl(request: Request, invoice_id: UUID) -> Response:
    """Its UBL file, between two Belgian parties."""
    _name, content = await downloads.file(viewer(request), invoice_id, "ubl.xml")
    return Response(content, media_type="application/xml")


@api.get(
    "/invoices/years/{year:int}", guard=signed_in, scope=READ, errors=(404,),
    media_type="application/zip",
)  # fmt: skip
async def year_zip(request: Request, year: int) -> Response:
    """A ZIP of all files of a year, with a table of them."""
    if not 2000 <= year <= 2200:
        raise NotFound
    content = await downloads.year_archive(viewer(request), year)
    return Response(content, media_type="application/zip")


@api.post(
    INVOICE + "/contest", guard=signed_in, scope=WRITE, status=201, idempotent=True,
    errors=(404, 409, 422, 429),
)  # fmt: skip
async def contest(request: Request, invoice_id: UUID, body: ContestDraft) -> InvoiceView:
    """Contest an invoice within its period: a credit note and a new invoice are made."""
    made = await contests.contest(viewer(request), invoice_id, body)
    row = await queries.by_id(made.id)
    return InvoiceView.of(row, identities.behalf(), request.state.locale)


@api.post(
    INVOICE + "/own", guard=signed_in, scope=WRITE, idempotent=True, errors=(404, 409, 422),
)  # fmt: skip
async def declare(request: Request, invoice_id: UUID, body: OwnInvoiceDraft) -> InvoiceView:
    """Say that you issued a document that waits yourself: its number and day."""
    made = await declaring.declare(viewer(request), invoice_id, body)
    row = await queries.by_id(made.id)
    return InvoiceView.of(row, identities.behalf(), request.state.locale)


async def _view(request: Request, party_id: UUID) -> MandateView:
    party = await parties.get(viewer(request), party_id)
    if party.kind is not parties.PartyKind.ASSISTANT:
        raise NotFound
    text = await queries.mandate_text(party, request.state.locale)
    signed = await queries.mandate_of(party_id)
    return MandateView.of(text, signed, await queries.waiting_for_mandate(party_id))


@api.get(MANDATE, guard=signed_in, scope=READ, errors=(404,))
async def mandate(request: Request, party_id: UUID) -> MandateView:
    """The invoicing mandate in force: its text, and who signed it when."""
    return await _view(request, party_id)


@api.post(MANDATE, guard=signed_in, scope=WRITE, status=201, idempotent=True, errors=(404, 409))
async def sign_mandate(request: Request, party_id: UUID, body: MandateDraft) -> MandateView:
    """Give the mandate in the text whose hash is sent."""
    who = viewer(request)
    trace = seen(address(request) or None, request.headers.get("user-agent"), who.session_token)
    await mandates.sign(who, party_id, body, locale=request.state.locale, trace=trace)
    return await _view(request, party_id)


@api.delete(MANDATE, guard=signed_in, scope=WRITE, errors=(404, 409))
async def revoke_mandate(request: Request, party_id: UUID) -> MandateView:
    """End the mandate: later invoices wait, payouts go on."""
    await mandates.revoke(viewer(request), party_id)
    return await _view(request, party_id)
