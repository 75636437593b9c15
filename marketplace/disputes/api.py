"""Owns the JSON operations of a contract's disputes for its two sides."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.disputes import queries, service
from marketplace.disputes.schemas import AccountDraft, DisputeCases, DisputeCaseView
from marketplace.web.guards import viewer
from marketplace.web.operations import Own

own = Own("disputes", "money")
api = own.api


@own.read("/contracts/{contract_id:uuid}/disputes")
async def index(request: Request, contract_id: UUID) -> DisputeCases:
    """What banks dispute of a contract's payments, and what the sides told about it."""
    contract, cases = await queries.of_contract(viewer(request), contract_id)
    locale = request.state.locale
    return DisputeCases(
        contract=contract.id, items=[DisputeCaseView.of(case, locale) for case in cases]
    )


@own.make("/contracts/{contract_id:uuid}/disputes/{dispute}/accounts")
async def tell(
    request: Request, contract_id: UUID, dispute: str, body: AccountDraft
) -> DisputeCaseView:
    """Tell what happened, for the bank to read; it cannot be changed afterwards."""
    await service.tell(viewer(request), contract_id, dispute, body)
    _contract, case = await queries.one(viewer(request), contract_id, dispute)
    return DisputeCaseView.of(case, request.state.locale)
