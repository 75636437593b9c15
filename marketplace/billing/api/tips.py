"""Owns the JSON operations of tips."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.billing.models import Tip
from marketplace.billing.queries import tips as queries
from marketplace.billing.schemas.amounts import Amount
from marketplace.billing.schemas.tips import TipAnswer, TipDraft, TipView
from marketplace.billing.service import tips as service
from marketplace.core.i18n import DEFAULT, LOCALES
from marketplace.web.guards import viewer
from marketplace.web.operations import Own
from marketplace.web.paging import Page, PageQuery, cut

own = Own("billing", "money")
api = own.api


async def _view(tip: Tip) -> TipView:
    return TipView(
        id=tip.id,
        amount=Amount.of(tip.amount),
        given_back=Amount.of(await queries.given_back(tip)),
        note=tip.note,
        asked_at=tip.asked_at,
        paid_at=tip.paid_at,
    )


@own.read("/contracts/{contract_id:uuid}/tips")
async def list_tips(request: Request, contract_id: UUID, query: PageQuery) -> Page[TipView]:
    """The tips of a contract in order; the assistant sees those that were paid."""
    rows = list(reversed((await queries.tips(viewer(request), contract_id)).tips))
    found, after = cut(rows, query, lambda row: f"{row.asked_at:%Y%m%d%H%M%S%f} {row.id}")
    return Page(items=[await _view(each) for each in found], next=after)


@own.make("/contracts/{contract_id:uuid}/tips", errors=(409, 503))
async def give_tip(request: Request, contract_id: UUID, body: TipDraft) -> TipAnswer:
    """Give a tip on a contract of which something was released (business)."""
    who = viewer(request)
    locale = body.locale if body.locale in LOCALES else DEFAULT
    tip = await service.ask(who, contract_id, body)
    url = await service.pay(who, tip, locale, saved_card=body.saved_card) if not tip.paid_at else ""
    return TipAnswer(tip=await _view(await queries.tip(who, tip.id)), url=url or None)
