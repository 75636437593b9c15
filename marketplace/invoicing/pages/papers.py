"""Owns the pages of invoices and of the mandate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from marketplace.contracts.rules.evidence import Trace, seen
from marketplace.core.errors import Conflict, Invalid, NotFound
from marketplace.core.i18n import _, gettext
from marketplace.invoicing.queries import downloads, identities
from marketplace.invoicing.queries import invoices as queries
from marketplace.invoicing.rules import drafting, layout
from marketplace.invoicing.rules import mandate as texts
from marketplace.invoicing.rules.en16931 import paid_words
from marketplace.invoicing.schemas import (
    KIND_NAMES,
    PAPER_NAMES,
    ContestDraft,
    InvoiceQuery,
    MandateDraft,
    OwnInvoiceDraft,
)
from marketplace.invoicing.service import contests, declaring, mandates
from marketplace.jurisdictions.queries import tax_name
from marketplace.parties import queries as parties
from marketplace.web.forms import Form, blank, read_form, refused, validate
from marketplace.web.guards import signed_in, viewer
from marketplace.web.network import address
from marketplace.web.redirects import to
from marketplace.web.routing import Pages
from marketplace.web.templates import render

if TYPE_CHECKING:
    from marketplace.parties.models import Party
    from marketplace.web.sessions import Viewer

pages = Pages("invoicing")
INVOICE = "/invoices/{invoice_id:uuid}"
MANDATE = "/parties/{party_id:uuid}/mandate"


def trace_of(request: Request) -> Trace:
    """Where this request came from, for the evidence."""
    agent = request.headers.get("user-agent")
    return seen(address(request) or None, agent, viewer(request).session_token)


WORDS: dict[str, Any] = {
    "paper_names": PAPER_NAMES, "kind_names": KIND_NAMES, "why": drafting.why,
    "rate": layout.rate, "tax_name": tax_name,
}  # fmt: skip


@pages.get("/invoices", guard=signed_in)
async def index(request: Request) -> Response:
    """The invoices of the viewer's parties, and what their mandates lack."""
    who = viewer(request)
    known = {name: value for name, value in request.query_params.items() if value}
    try:
        query = InvoiceQuery.model_validate(known)
    except ValidationError:
        query = InvoiceQuery()
    rows, after = await queries.page(
        who, year=query.year, contract=query.contract, before=query.cursor, limit=query.limit
    )
    missing = await _missing(who)
    years = await queries.years(who)
    here = f"/{request.state.locale}/invoices"
    tabs = [(here, gettext(_("All")), query.year is None)]
    tabs += [(f"{here}?year={year}", str(year), query.year == year) for year in years]
    return render(
        request, "invoicing/index.html", rows=rows, after=after, query=query, missing=missing,
        years=years, tabs=tabs, operator=identities.behalf(), **WORDS,
    )  # fmt: skip


async def _missing(who: Viewer) -> list[tuple[Party, int]]:
    """The viewer's parties whose mandate lacks or is too old for what waits; how many wait."""
    found = []
    for party in await queries.assistants_of(who):
        signed = await queries.mandate_of(party.id)
        waiting = await queries.waiting_for_mandate(party.id)
        if signed is None or (waiting and signed.version < texts.current_version()):
            found.append((party, waiting))
    return found


@pages.get(INVOICE, guard=signed_in)
async def show(request: Request) -> Response:
    """One invoice: what it says, where it stands, its files, and how to contest it."""
    return await _show(request, blank())


async def _show(request: Request, form: Form, status: int = 200) -> Response:
    who = viewer(request)
    row = await queries.get(who, request.path_params["invoice_id"])
    return render(
        request, "invoicing/show.html", status, row=row, form=form,
        document=queries.document(row) if row.document else None,
        corrections=await queries.corrections(row), operator=identities.behalf(),
        may_contest=await queries.may_still_contest(who, row),
        mine=row.seller_id in who.party_ids, paid_words=paid_words, **WORDS,
    )  # fmt: skip


@pages.post(INVOICE + "/contest", guard=signed_in)
async def contest(request: Request) -> Response:
    """Contest it: a credit note and a new invoice are made."""
    invoice_id: UUID = request.path_params["invoice_id"]
    who = viewer(request)
    await queries.get(who, invoice_id)
    draft, form = validate(ContestDraft, await read_form(request))
    if draft is None:
        return await _show(request, form, 422)
    try:
        made = await contests.contest(who, invoice_id, draft)
    except (Conflict, Invalid) as error:
        return await _show(request, refused(form, error), error.status)
    said = _("Contested. A credit note and this new invoice are being made.")
    return to(request, f"/invoices/{made.id}", said)


@pages.post(INVOICE + "/own", guard=signed_in)
async def declare(request: Request) -> Response:
    """Its seller has issued it itself."""
    invoice_id: UUID = request.path_params["invoice_id"]
    who = viewer(request)
    await queries.get(who, invoice_id)
    draft, form = validate(OwnInvoiceDraft, await read_form(request))
    if draft is None:
        return await _show(request, form, 422)
    try:
        await declaring.declare(who, invoice_id, draft)
    except (Conflict, Invalid) as error:
        return await _show(request, refused(form, error), error.status)
    return to(request, f"/invoices/{invoice_id}", _("Kept. Your client is told."))


async def _file(request: Request, ending: str) -> Response:
    invoice_id: UUID = request.path_params["invoice_id"]
    name, content = await downloads.file(viewer(request), invoice_id, ending)
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "cache-control": "private, no-store",
    }
    return Response(content, media_type=downloads.MEDIA[ending], headers=headers)


@pages.get(INVOICE + "/invoice.pdf", guard=signed_in)
async def pdf(request: Request) -> Response:
    """The PDF/A-3 with its XML inside."""
    return await _file(request, "pdf")


@pages.get(INVOICE + "/invoice.xml", guard=signed_in)
async def xml(request: Request) -> Response:
    """The Factur-X XML."""
    return await _file(request, "xml")


@pages.get(INVOICE + "/invoice.ubl.xml", guard=signed_in)
async def ubl(request: Request) -> Response:
    """The UBL file that Peppol carries."""
    return await _file(request, "ubl.xml")


@pages.get("/invoices/{year:int}.zip", guard=signed_in)
async def year_zip(request: Request) -> Response:
    """All of a year's files with a table of them."""
    year = int(request.path_params["year"])
    if not 2000 <= year <= 2200:
        raise NotFound
    content = await downloads.year_archive(viewer(request), year)
    headers = {"content-disposition": f'attachment; filename="invoices-{year}.zip"'}
    return Response(content, media_type="application/zip", headers=headers)


@pages.get(MANDATE, guard=signed_in)
async def mandate(request: Request) -> Response:
    """The mandate's text, signed or to be signed."""
    return await _mandate(request, blank())


async def _mandate(request: Request, form: Form, status: int = 200) -> Response:
    who, party_id = viewer(request), request.path_params["party_id"]
    party = await parties.get(who, party_id)
    if party.kind is not parties.PartyKind.ASSISTANT:
        raise NotFound
    signed = await queries.mandate_of(party_id)
    text = await queries.mandate_text(party, request.state.locale)
    return render(
        request, "invoicing/mandate.html", status, party=party, signed=signed, form=form, text=text,
        older=signed is not None and signed.version < text.version,
        held_only=signed is not None and signed.version < texts.OUTSIDE_SINCE,
        waiting=await queries.waiting_for_mandate(party_id),
        owner=await parties.role_of(who.person_id, party_id) is parties.Role.OWNER,
    )  # fmt: skip


@pages.post(MANDATE, guard=signed_in)
async def sign_mandate(request: Request) -> Response:
    """Give the mandate: one click on the sentence that says so."""
    party_id: UUID = request.path_params["party_id"]
    who = viewer(request)
    await parties.get(who, party_id)
    draft, form = validate(MandateDraft, await read_form(request))
    if draft is None:
        return await _mandate(request, form, 422)
    try:
        await mandates.sign(
            who, party_id, draft, locale=request.state.locale, trace=trace_of(request)
        )
    except Conflict as error:
        return await _mandate(request, refused(form, error), error.status)
    said = _("The mandate is signed. Invoices that waited for it are being made.")
    return to(request, f"/parties/{party_id}/mandate", said)


@pages.post(MANDATE + "/revoke", guard=signed_in)
async def revoke_mandate(request: Request) -> Response:
    """End the mandate; payouts go on."""
    party_id: UUID = request.path_params["party_id"]
    await mandates.revoke(viewer(request), party_id)
    said = _("The mandate has ended. Payouts go on; new invoices wait.")
    return to(request, f"/parties/{party_id}/mandate", said)
