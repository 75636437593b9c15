"""Owns the JSON operations of money: statements, funding, payout set-up."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.billing import queries, service
from marketplace.billing.schemas import (
    Amount,
    FundingDraft,
    LinkView,
    PayeeLineView,
    PayeeView,
    StatementView,
)
from marketplace.core.i18n import DEFAULT, LOCALES
from marketplace.web.guards import signed_in, viewer
from marketplace.web.routing import Api

api = Api("billing")
READ, WRITE = "money:read", "money:write"


@api.get("/contracts/{contract_id:uuid}/statement", guard=signed_in, scope=READ)
async def statement(request: Request, contract_id: UUID) -> StatementView:
    """Every movement of a contract's money, equal to the ledger."""
    _contract, found = await queries.contract_statement(viewer(request), contract_id)
    return StatementView.of(contract_id, found)


@api.post(
    "/units/{unit_id:uuid}/funding",
    guard=signed_in,
    scope=WRITE,
    status=201,
    idempotent=True,
    errors=(409, 503),
)
async def fund(request: Request, unit_id: UUID, body: FundingDraft) -> LinkView:
    """The payment page for a unit's missing money (business)."""
    locale = body.locale if body.locale in LOCALES else DEFAULT
    return LinkView(url=await service.start_funding(viewer(request), unit_id, locale))


@api.get("/payouts/{party_id:uuid}", guard=signed_in, scope=READ)
async def payout(request: Request, party_id: UUID) -> PayeeView:
    """Whether a party can be paid, and everything it was paid."""
    found = await queries.payee_page(viewer(request), party_id)
    return PayeeView(
        party_id=party_id,
        payable=found.payable,
        status=found.state.status.value,
        requirements=list(found.state.requirements),
        lines=[PayeeLineView.of(line) for line in found.statement.lines],
        owed=[Amount.of(amount) for amount in found.statement.owed.values()],
        transferred=[Amount.of(amount) for amount in found.statement.transferred.values()],
    )


@api.post(
    "/payouts/{party_id:uuid}/set-up",
    guard=signed_in,
    scope=WRITE,
    idempotent=True,
    errors=(409, 503),
)
async def set_up(request: Request, party_id: UUID, body: FundingDraft) -> LinkView:
    """The hosted page where a party gives its identity and bank details."""
    locale = body.locale if body.locale in LOCALES else DEFAULT
    return LinkView(url=await service.payout_link(viewer(request), party_id, locale))
