"""Owns the JSON operations that bring in a contract signed elsewhere and give its file back."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from marketplace.contracts import queries
from marketplace.contracts.api.agreements import CONTRACT, READ, WRITE, trace_of, view
from marketplace.contracts.rules import imported as rules
from marketplace.contracts.rules.access import side_of
from marketplace.contracts.rules.annex import brought_name
from marketplace.contracts.schemas import ContractView, PaperQuery
from marketplace.contracts.service import evidence, imports, papers
from marketplace.core.errors import NotFound
from marketplace.web.guards import signed_in, viewer
from marketplace.web.routing import Api

api = Api("contracts")


@api.put(
    f"{CONTRACT}/imported",
    guard=signed_in,
    scope=WRITE,
    errors=(404, 409, 413, 422, 429, 503),
    raw_body="application/pdf",
)
async def bring(request: Request, contract_id: UUID, query: PaperQuery) -> ContractView:
    """Make a draft the import of a contract that both signed elsewhere: the body is its PDF."""
    who = viewer(request)
    content = await _body(request)
    await imports.attach(
        who, contract_id, content, query.name, query.signed_on, trace=trace_of(request)
    )
    return await view(who, await queries.get(who, contract_id))


async def _body(request: Request) -> bytes:
    """The file that is the body of a request. Raises PaperRefused."""
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > rules.BYTES_MAX:
            raise rules.PaperRefused(rules.TOO_HEAVY)
    return content


@api.get(
    f"{CONTRACT}/imported",
    guard=signed_in,
    scope=READ,
    errors=(404, 409),
    media_type="application/pdf",
)
async def imported_file(request: Request, contract_id: UUID) -> Response:
    """The contract that was brought in, byte for byte."""
    who = viewer(request)
    contract = await queries.get(who, contract_id)
    content = await papers.read(contract)
    if content is None or contract.paper is None:
        raise NotFound
    await evidence.note_reading(
        contract.id, side_of(who, contract), who.person_id, contract.paper.file_sha256,
        "downloaded", trace_of(request),
    )  # fmt: skip
    # Saved, never shown: it is a stranger's file.
    headers = {"content-disposition": f'attachment; filename="{brought_name(contract.number)}"'}
    return Response(content, media_type="application/pdf", headers=headers)
