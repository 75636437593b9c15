"""Owns the JSON operations of a contract's papers and signs for its two sides."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from marketplace.contracts.rules.access import side_of
from marketplace.contracts.rules.states import Actor
from marketplace.vigilance import queries, service
from marketplace.vigilance.schemas import (
    CheckDraft,
    CheckView,
    HandedView,
    PaperDraft,
    PaperQuery,
    PapersView,
    PaperView,
    SignsView,
    SignView,
    WaiverDraft,
)
from marketplace.web.guards import viewer
from marketplace.web.operations import Own

own = Own("vigilance", "contracts")
api = own.api
CONTRACT = "/contracts/{contract_id:uuid}/documents"


@own.read(CONTRACT)
async def papers(request: Request, contract_id: UUID) -> PapersView:
    """The documents that the law makes this pair exchange, and how each of them stands."""
    return await _papers(request, contract_id)


async def _papers(request: Request, contract_id: UUID) -> PapersView:
    contract, found = await queries.of_contract(viewer(request), contract_id)
    mine = side_of(viewer(request), contract) is Actor.ASSISTANT
    locale = request.state.locale
    items = [PaperView.of(each, locale, shown=mine or each.called) for each in found]
    return PapersView(contract=contract.id, items=items)


@own.change(CONTRACT + "/{code}", raw_body="application/pdf", errors=(404, 409, 413, 422, 429))
async def hand_in(request: Request, contract_id: UUID, code: str, query: PaperQuery) -> HandedView:
    """Hand in a document as PDF, JPEG or PNG; the same once more changes nothing (assistant)."""
    draft = PaperDraft(**dict(query))
    content = await request.body()
    row = await service.hand_in(viewer(request), contract_id, code, draft, content)
    return HandedView.model_validate(row)


@own.read(CONTRACT + "/{document_id:uuid}/file", errors=(404,), media_type="application/pdf")
async def file(request: Request, contract_id: UUID, document_id: UUID) -> Response:
    """A document's file as it was handed in."""
    name, media, content = await queries.file(viewer(request), contract_id, document_id)
    # Saved, never shown under our address: it is a stranger's file.
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media, headers=headers)


@own.make(CONTRACT + "/{document_id:uuid}/checks", errors=(404, 409))
async def check(
    request: Request, contract_id: UUID, document_id: UUID, body: CheckDraft
) -> CheckView:
    """Note that a document was checked at its issuer, or what is wrong with it (business)."""
    row = await service.check(viewer(request), contract_id, document_id, body)
    await row.fetch_related("person")
    return CheckView.of(row)


@own.act(CONTRACT + "/{code}/waiver")
async def waive(request: Request, contract_id: UUID, code: str, body: WaiverDraft) -> PapersView:
    """Go on without a document, where the law leaves that to the client (business)."""
    await service.waive(viewer(request), contract_id, code, body)
    return await _papers(request, contract_id)


@own.read("/contracts/{contract_id:uuid}/independence")
async def signs(request: Request, contract_id: UUID) -> SignsView:
    """Signs of disguised employment in a contract's life, with what to do; they block nothing."""
    found = await queries.signs(viewer(request), contract_id)
    locale = request.state.locale
    return SignsView(contract=contract_id, items=[SignView.of(each, locale) for each in found])
