"""Owns saving, choosing and forgetting what a business pays with, and what it gets back again.

What asks Stripe is never inside a command.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.billing.queries import methods as queries
from marketplace.core import held
from marketplace.core.db import command
from marketplace.core.errors import Conflict, NotFound
from marketplace.core.i18n import _
from marketplace.core.settings import settings
from payments import cards, escrow, explorer
from payments.errors import NotReturned, UnknownMethod

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer


class CardNeeded(Conflict):
    """A running hourly contract would have no card left to pay its weeks."""

    message = _(
        "This card pays a running hourly contract every week. Add another card first, then remove "
        "this one."
    )


async def add_link(viewer: Viewer, party_id: UUID, locale: str) -> str:
    """The address of the hosted page that saves a card or a mandate; nothing is charged.

    Raises Held, NotFound, StripeProblem.
    """
    await held.refuse()
    party = await queries.business(viewer, party_id)
    here = f"{settings().base_url}/{locale}/payment-methods/{party.id}"
    return await cards.save_link(
        str(party.id),
        f"{here}?added=1",
        here,
        locale=locale,
        payer_name=party.legal_name or party.display_name,
        payer_email=viewer.person.email,
    )


async def choose_default(viewer: Viewer, party_id: UUID, method_id: str) -> None:
    """Have this card pay the weeks to come. Raises Held, NotFound (also for a mandate)."""
    await held.refuse()
    party = await queries.business(viewer, party_id)
    try:
        await cards.choose_default(str(party.id), method_id)
    except UnknownMethod:
        raise NotFound from None


@command
async def send_again(viewer: Viewer, party_id: UUID, movement_id: UUID) -> None:
    """Send a refund that the bank returned once more, by its payer's word. Again does nothing.

    Raises NotFound when it is not this business's, or did not come back.
    """
    party = await queries.business(viewer, party_id)
    refund = await explorer.movement(movement_id)
    if refund is None or refund.payer != str(party.id):
        raise NotFound
    try:
        await escrow.resend_refund(movement_id)
    except NotReturned:
        raise NotFound from None


async def remove(viewer: Viewer, party_id: UUID, method_id: str) -> None:
    """Forget a card or mandate.

    Raises Held, NotFound, CardNeeded while weeks could not be paid then.
    """
    await held.refuse()
    found = await queries.wallet(viewer, party_id)
    gone = next((each for each in found.methods if each.method.id == method_id), None)
    if gone is None:
        raise NotFound
    others = [
        each for each in found.methods
        if each.method.kind == "card" and each is not gone and each.state != "expired"
    ]  # fmt: skip
    if gone.used_by and not others:
        raise CardNeeded
    await cards.forget(str(found.party.id), method_id)
