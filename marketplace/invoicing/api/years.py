"""Owns the JSON operations of a seller's year and of what tax offices ask of it."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from marketplace.core.errors import NotFound
from marketplace.invoicing.queries import reports as queries
from marketplace.invoicing.schemas import (
    SellerDetailsView,
    SellerDraft,
    SellerYearView,
    YearView,
)
from marketplace.invoicing.service import diligence, reports
from marketplace.parties import queries as parties
from marketplace.web.guards import signed_in, viewer
from marketplace.web.routing import Api

api = Api("invoicing")
READ, WRITE = "money:read", "money:write"
PARTY = "/parties/{party_id:uuid}"


@api.get(PARTY + "/years/{year:int}", guard=signed_in, scope=READ, errors=(404,))
async def year(request: Request, party_id: UUID, year: int) -> YearView:
    """What an assistant's party earned in a year, by quarter: its copy of what is reported."""
    _party, figures, regime = await queries.seller_year(viewer(request), party_id, year)
    return YearView(
        party=party_id,
        year=year,
        reported_as=regime.code if regime else "",
        figures=[SellerYearView.of(each) for each in figures],
    )


@api.get(
    "/contracts/{contract_id:uuid}/diligence", guard=signed_in, scope=READ, errors=(404,),
    media_type="application/zip",
)  # fmt: skip
async def diligence_zip(request: Request, contract_id: UUID) -> Response:
    """The client's dated proof of diligence about the assistant, as a ZIP."""
    _name, content = await diligence.pack(viewer(request), contract_id)
    return Response(content, media_type="application/zip")


@api.get(PARTY + "/tax-details", guard=signed_in, scope=READ, errors=(404,))
async def details(request: Request, party_id: UUID) -> SellerDetailsView:
    """What is kept of a seller for tax offices."""
    party = await parties.get(viewer(request), party_id)
    if party.kind is not parties.PartyKind.ASSISTANT:
        raise NotFound
    await parties.require_owner(viewer(request), party_id)
    return SellerDetailsView.of(await queries.details_of(party_id))


@api.put(PARTY + "/tax-details", guard=signed_in, scope=WRITE, errors=(404,))
async def save_details(request: Request, party_id: UUID, body: SellerDraft) -> SellerDetailsView:
    """Keep what tax offices ask of a seller."""
    row = await reports.save_details(viewer(request), party_id, body)
    return SellerDetailsView.of(row)
