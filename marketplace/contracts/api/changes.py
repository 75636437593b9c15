"""Owns the JSON operations on changes of a signed contract; they are signed like a contract."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.contracts import queries
from marketplace.contracts.api.agreements import CONTRACT, READ, WRITE, sign_view, trace_of
from marketplace.contracts.models import ContractChange
from marketplace.contracts.rules.offers import differences
from marketplace.contracts.rules.terms import Agreement
from marketplace.contracts.schemas import (
    CapDraft,
    ChangeDraft,
    ChangeRefusal,
    ChangeView,
    FreedomView,
    PartFreedom,
)
from marketplace.contracts.service import amending, changes
from marketplace.web.guards import signed_in, viewer
from marketplace.web.paging import Page, PageQuery, cut
from marketplace.web.routing import Api

api = Api("contracts")


@api.get(f"{CONTRACT}/changes", guard=signed_in, scope=READ, errors=(404,))
async def list_changes(request: Request, contract_id: UUID, query: PageQuery) -> Page[ChangeView]:
    """Changes proposed for a signed contract, in order; at most one is open."""
    contract = await queries.get(viewer(request), contract_id)
    rows = list(reversed(await queries.changes(contract.id)))
    found, after = cut(rows, query, lambda row: f"{row.version.number:010}")
    return Page(items=[await change_view(each) for each in found], next=after)


async def change_view(change: ContractChange) -> ChangeView:
    """A change with its version at hand, as the API shows it."""
    version = change.version
    before = await queries.version(change.contract_id, await queries.base_of(change))
    found = differences(
        Agreement.model_validate(before.agreement), Agreement.model_validate(version.agreement)
    )
    return ChangeView(
        id=change.id,
        contract_id=change.contract_id,
        status=change.status,
        side=change.side,
        reason=change.reason,
        version=version.number,
        file_sha256=version.file_sha256,
        differences=tuple((each.field, each.before, each.after) for each in found),
        independence=tuple(
            sign_view(each)
            for each in queries.independence_of(Agreement.model_validate(version.agreement))
        ),
        signed_by=tuple([each.side for each in await queries.consents(version.id)]),
        proposed_at=change.proposed_at,
        expires_at=change.expires_at,
        closed_at=change.closed_at,
        answer=change.answer,
    )


@api.post(
    f"{CONTRACT}/changes",
    guard=signed_in,
    scope=WRITE,
    status=201,
    idempotent=True,
    errors=(404, 409),
)
async def propose_cap(request: Request, contract_id: UUID, body: CapDraft) -> ChangeView:
    """Propose a higher weekly cap for a running contract; it counts once both sides signed it."""
    change = await amending.propose_cap(viewer(request), contract_id, body, trace=trace_of(request))
    return await change_view(change)


@api.get(f"{CONTRACT}/changes/freedom", guard=signed_in, scope=READ, errors=(404,))
async def changeable(request: Request, contract_id: UUID) -> FreedomView:
    """Which parts of the contract may still change."""
    contract = await queries.get(viewer(request), contract_id)
    found = await amending.freedom(contract)
    return FreedomView(parts=[PartFreedom(part=n, may=found[n]) for n in sorted(found)])


@api.post(
    f"{CONTRACT}/change-orders",
    guard=signed_in,
    scope=WRITE,
    status=201,
    idempotent=True,
    errors=(404, 409),
)
async def propose_change(request: Request, contract_id: UUID, body: ChangeDraft) -> ChangeView:
    """Propose any change of a signed contract; it counts once both sides signed it."""
    change = await amending.propose(viewer(request), contract_id, body, trace=trace_of(request))
    return await change_view(change)


@api.post(
    f"{CONTRACT}/changes/close", guard=signed_in, scope=WRITE, idempotent=True, errors=(404, 409)
)
async def close_change(request: Request, contract_id: UUID, body: ChangeRefusal) -> ChangeView:
    """Withdraw your proposed change, or decline the other side's."""
    who = viewer(request)
    found = await changes.answer(
        who, contract_id, body.reason, version=body.version, trace=trace_of(request)
    )
    return await change_view(found)
