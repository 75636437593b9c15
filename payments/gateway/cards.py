"""Owns the calls to Stripe about saved means of payment, one function each; never charges."""

from __future__ import annotations

from typing import Any

from stripe import PaymentMethod

from payments.gateway.client import call, client
from payments.gateway.objects import PAGE, everything
from payments.gateway.views import MethodView


async def saved_methods(customer: str) -> list[MethodView]:
    """The cards and SEPA mandates the payer allowed us to charge later, newest first."""
    found = everything(
        "payment_methods.list",
        lambda: client().v1.payment_methods.list_async({"customer": customer, "limit": PAGE}),
    )
    seen = [_method(method) async for method in found]
    return [method for method in seen if method is not None]


# Only the part that the type names is there at all.
def _method(method: PaymentMethod) -> MethodView | None:
    if method.type == "card" and method.card is not None:
        card = method.card
        return MethodView(
            method.id,
            "card",
            card.brand,
            card.last4 or "",
            card.exp_month,
            card.exp_year,
            card.fingerprint,
        )
    if method.type == "sepa_debit" and method.sepa_debit is not None:
        debit = method.sepa_debit
        last4, fingerprint = debit.last4 or "", debit.fingerprint
        return MethodView(method.id, "sepa_debit", "sepa", last4, fingerprint=fingerprint)
    return None


async def create_setup_session(
    *, customer: str, currency: str, locale: str, success_url: str, cancel_url: str, key: str
) -> str:
    """The address of a hosted page that saves a card or a mandate without charging it."""
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
    """Forgets a saved means of payment for good."""
    await call(
        "payment_methods.detach",
        lambda: client().v1.payment_methods.detach_async(method, options={"idempotency_key": key}),
    )
