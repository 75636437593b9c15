"""Owns a payer's saved card: saving it without paying, showing it, forgetting it.

Never charges it (escrow.charge_saved_card does). All of it talks to Stripe: outside a transaction.
"""

from __future__ import annotations

from uuid import uuid4

from payments import checkout
from payments.database import forbid_command
from payments.gateway import cards as gateway
from payments.gateway.views import CardView
from payments.models import Payer

__all__ = ["CardView", "forget_card", "save_card_link", "saved_card"]


async def save_card_link(
    payer: str,
    success_url: str,
    cancel_url: str,
    *,
    locale: str,
    currency: str = "EUR",
    payer_name: str | None = None,
    payer_email: str | None = None,
) -> str:
    """The address of a hosted page that saves a card for later weeks; nothing is charged.

    The newest saved card is the one that is charged. Raises StripeRefused or StripeUnavailable.
    """
    forbid_command()
    customer = await checkout.customer(payer, payer_name, payer_email)
    return await gateway.create_setup_session(
        customer=customer,
        currency=currency,
        locale=locale,
        success_url=success_url,
        cancel_url=cancel_url,
        key=f"setup:{payer}:{uuid4()}",  # each visit is a new page
    )


async def saved_card(payer: str) -> CardView | None:
    """The card that would be charged now: brand, last four digits, expiry. None without one."""
    forbid_command()
    row = await Payer.get_or_none(id=payer)
    return await gateway.saved_card(row.customer) if row is not None else None


async def forget_card(payer: str) -> bool:
    """Forget the card that would be charged, for good. False when there is none."""
    card = await saved_card(payer)
    if card is None:
        return False
    await gateway.detach(card.id, key=f"forget:{card.id}")
    return True
