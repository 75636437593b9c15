"""Owns the JSON operations of what an assistant is paid."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.billing.api.paging import page_of
from marketplace.billing.queries import payouts as payees
from marketplace.billing.rules.payees import failure, needs
from marketplace.billing.schemas.amounts import Amount
from marketplace.billing.schemas.funding import FundingDraft, LinkView
from marketplace.billing.schemas.payouts import (
    AsideView,
    AwaitedView,
    LeavingView,
    PayeeLineView,
    PayeeView,
)
from marketplace.billing.service import payouts as service
from marketplace.core.i18n import DEFAULT, LOCALES, gettext
from marketplace.web.guards import viewer
from marketplace.web.operations import Own
from marketplace.web.paging import PageQuery

own = Own("billing", "money")
api = own.api


@own.read("/payouts/{party_id:uuid}")
async def payout(request: Request, party_id: UUID, query: PageQuery) -> PayeeView:
    """Whether a party can be paid, and everything it was paid, in order; sums over all pages."""
    found = await payees.payee_page(viewer(request), party_id)
    lines, after = page_of(found.statement.lines, query)
    code = found.state.bank_failure
    return PayeeView(
        party_id=party_id,
        payable=found.payable,
        status=found.state.status.value,
        checking=found.state.checking,
        refused=found.state.refused,
        requirements=list(found.state.requirements),
        requirements_text=[gettext(text) for text in needs(found.state.requirements)],
        bank_failure=code,
        bank_failure_text=gettext(failure(code)) if code else None,
        bank_failed_at=found.state.bank_failed_at,
        lines=[PayeeLineView.of(line) for line in lines],
        next=after,
        owed=[Amount.of(amount) for amount in found.statement.owed.values()],
        transferred=[Amount.of(amount) for amount in found.statement.transferred.values()],
        taken_back=[Amount.of(amount) for amount in found.statement.taken_back.values()],
        debt=[Amount.of(amount) for amount in found.statement.debt.values()],
        leaving=[
            LeavingView(contract_id=each.contract, amount=Amount.of(each.amount), at=each.at)
            for each in found.leaving
        ],
        aside=[
            AsideView(contract_id=each.contract, amount=Amount.of(each.amount), at=each.at)
            for each in found.aside
        ],
        awaited=[
            AwaitedView(unit_id=unit.id, contract_id=unit.contract_id, paid_on=day)
            for unit, day in found.awaited
        ],
    )


@own.act("/payouts/{party_id:uuid}/set-up", errors=(409, 503))
async def set_up(request: Request, party_id: UUID, body: FundingDraft) -> LinkView:
    """The hosted page where a party gives its identity and bank details."""
    locale = body.locale if body.locale in LOCALES else DEFAULT
    return LinkView(url=await service.payout_link(viewer(request), party_id, locale))
