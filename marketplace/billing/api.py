"""Owns the JSON operations of money: statements, funding, payout set-up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from starlette.requests import Request

from marketplace.billing import queries, service
from marketplace.billing.schemas import (
    Amount,
    BillView,
    FundingDraft,
    GiveBackDraft,
    LinkView,
    PayeeLineView,
    PayeeView,
    StatementView,
)
from marketplace.core.i18n import DEFAULT, LOCALES
from marketplace.web.guards import signed_in, viewer
from marketplace.web.paging import PageQuery, cut
from marketplace.web.routing import Api

api = Api("billing")
READ, WRITE = "money:read", "money:write"
L = TypeVar("L")


@api.get("/contracts/{contract_id:uuid}/statement", guard=signed_in, scope=READ)
async def statement(request: Request, contract_id: UUID, query: PageQuery) -> StatementView:
    """Every movement of a contract's money, equal to the ledger; totals over all pages."""
    _contract, found = await queries.contract_statement(viewer(request), contract_id)
    lines, after = _page(found.lines if found else (), query)
    return StatementView.of(contract_id, found, lines, after)


def _page(lines: Sequence[L], query: PageQuery) -> tuple[list[L], str | None]:
    """A page of lines that are only ever appended: their place in the list names them."""
    found, after = cut(list(enumerate(lines)), query, lambda row: f"{row[0]:010}")
    return [line for _number, line in found], after


@api.get("/units/{unit_id:uuid}/funding", guard=signed_in, scope=READ)
async def bill(request: Request, unit_id: UUID) -> BillView:
    """What funding a unit costs, line by line (business)."""
    return BillView.of(await queries.bill(viewer(request), unit_id))


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


@api.post(
    "/units/{unit_id:uuid}/give-back",
    guard=signed_in,
    scope=WRITE,
    idempotent=True,
    errors=(409,),
)
async def give_back(request: Request, unit_id: UUID, body: GiveBackDraft) -> None:
    """Return a part of what was released for a unit to the client (assistant)."""
    await service.give_back(viewer(request), unit_id, body)


@api.get("/payouts/{party_id:uuid}", guard=signed_in, scope=READ)
async def payout(request: Request, party_id: UUID, query: PageQuery) -> PayeeView:
    """Whether a party can be paid, and everything it was paid, in order; sums over all pages."""
    found = await queries.payee_page(viewer(request), party_id)
    lines, after = _page(found.statement.lines, query)
    return PayeeView(
        party_id=party_id,
        payable=found.payable,
        status=found.state.status.value,
        requirements=list(found.state.requirements),
        lines=[PayeeLineView.of(line) for line in lines],
        next=after,
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
