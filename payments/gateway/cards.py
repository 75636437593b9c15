"""Owns the calls to Stripe about saved means of payment, one function each; never charges."""

from __future__ import annotations

from typing import Any

from payments.gateway.client import call, client
from payments.gateway.views import CardView


async def saved_card(customer: str) -> CardView | None:
    """The newest card the payer allowed us to charge later, if any."""
    found = await call(
        "payment_methods.list",
        lambda: client().v1.payment_methods.list_async(
            {"customer": customer, "type": "card", "limit": 1}
        ),
    )
    if not found.data or found.data[0].card is None:
        return None
    card = found.data[0].card
    return CardView(found.data[0].id, card.brand, card.last4, card.exp_month, card.exp_year)


async def create_setup_session(
    *, customer: str, currency: str, locale: str, success_url: str, cancel_url: str, key: str
) -> str:
    """The address of a hosted page that saves a card without charging it."""
    params: Any = {
        "mode": "setup",
        "ui_mode": "hosted_page",
        "customer": customer,
        "currency": currency.lower(),
        "locale": locale,
        "success_url": success_url,
        "cancel_url": cancel_url,
    }
    made = await call(
        "checkout.sessions.create",
        lambda: client().v1.checkout.sessions.create_async(params, {"idempotency_key": key}),
    )
    return str(made.url)


async def detach(method: str, *, key: str) -> None:
    """Forgets a saved card for good."""
    await call(
        "payment_methods.detach",
        lambda: client().v1.payment_methods.detach_async(method, options={"idempotency_key": key}),
    )
