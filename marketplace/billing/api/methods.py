"""Owns the JSON operations of what a business pays with."""

from __future__ import annotations

from uuid import UUID

from starlette.requests import Request

from marketplace.billing.queries import methods as queries
from marketplace.billing.schemas.funding import FundingDraft, LinkView
from marketplace.billing.schemas.methods import MethodDraft, WalletView
from marketplace.billing.service import methods as service
from marketplace.core.i18n import DEFAULT, LOCALES
from marketplace.web.guards import viewer
from marketplace.web.operations import Own

own = Own("billing", "money")
api = own.api


@own.read("/payment-methods/{party_id:uuid}", errors=(503,))
async def methods(request: Request, party_id: UUID) -> WalletView:
    """Saved cards and SEPA mandates of a business, and what it has to get back."""
    return WalletView.of(await queries.wallet(viewer(request), party_id))


@own.make("/payment-methods/{party_id:uuid}/add", errors=(503,))
async def add_method(request: Request, party_id: UUID, body: FundingDraft) -> LinkView:
    """The hosted page that saves a card or a mandate; nothing is charged."""
    locale = body.locale if body.locale in LOCALES else DEFAULT
    return LinkView(url=await service.add_link(viewer(request), party_id, locale))


@own.change("/payment-methods/{party_id:uuid}/default", errors=(503,))
async def choose_method(request: Request, party_id: UUID, body: MethodDraft) -> WalletView:
    """Have a saved card pay the weeks to come."""
    await service.choose_default(viewer(request), party_id, body.method)
    return WalletView.of(await queries.wallet(viewer(request), party_id))


@own.act("/payment-methods/{party_id:uuid}/remove", errors=(409, 503))
async def remove_method(request: Request, party_id: UUID, body: MethodDraft) -> None:
    """Forget a saved card or mandate, unless a running hourly contract needs it."""
    await service.remove(viewer(request), party_id, body.method)


@own.act("/payment-methods/{party_id:uuid}/refunds/{movement:uuid}/send")
async def send_refund_again(request: Request, party_id: UUID, movement: UUID) -> None:
    """Send a refund that the business's bank returned once more."""
    await service.send_again(viewer(request), party_id, movement)
