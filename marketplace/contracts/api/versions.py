"""Owns the JSON operations on the frozen versions of a contract."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.contracts import queries
from marketplace.contracts.api.agreements import CONTRACT, READ, sign_view, trace_of
from marketplace.contracts.rules.access import side_of
from marketplace.contracts.schemas import ClauseView, VersionText, VersionView
from marketplace.contracts.service import evidence, french
from marketplace.contracts.service.wording import wording
from marketplace.web.guards import signed_in, viewer
from marketplace.web.paging import Page, PageQuery, cut
from marketplace.web.routing import Api

api = Api("contracts")


@api.get(f"{CONTRACT}/versions", guard=signed_in, scope=READ, errors=(404,))
async def versions(request: Request, contract_id: UUID, query: PageQuery) -> Page[VersionView]:
    """The frozen versions of a contract in order, those of proposed changes among them."""
    contract = await queries.get(viewer(request), contract_id)
    rows = list(reversed(await queries.versions(contract.id)))
    found, after = cut(rows, query, lambda row: f"{row.number:010}")
    return Page(items=[VersionView.model_validate(each) for each in found], next=after)


@api.get(f"{CONTRACT}/versions/{{number:int}}", guard=signed_in, scope=READ, errors=(404, 409))
async def version(request: Request, contract_id: UUID, number: int) -> VersionText:
    """A version in the words it was frozen with; that you read it is evidence."""
    who = viewer(request)
    contract = await queries.get(who, contract_id)
    row = await queries.version(contract.id, number)
    await french.refuse_early(who, row)
    clauses = await wording(row)
    await evidence.note_reading(
        contract.id, side_of(who, contract), who.person_id, row.file_sha256, "viewed",
        trace_of(request),
    )  # fmt: skip
    return VersionText(
        **VersionView.model_validate(row).model_dump(),
        clauses=tuple(ClauseView.model_validate(each) for each in clauses),
        independence=tuple(sign_view(each) for each in queries.independence_then(row)),
    )
