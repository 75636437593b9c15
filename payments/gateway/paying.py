"""Owns the calls to Stripe by which payers pay, one function per call; never decides an amount."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from stripe import BalanceTransaction, Charge, PaymentIntent
from stripe.checkout import Session

from payments.errors import NotYet
from payments.gateway.client import call, client
from payments.gateway.objects import id_of, metadata_of, money
from payments.gateway.views import ChargeView, IntentView, SessionView
from payments.money import Money

CAPTURE: Final = "automatic"
"""At once: by Stripe's default (`automatic_async`) a charge has no balance transaction, so no fee,
in the answer (docs.stripe.com/payments/payment-intents/asynchronous-capture, read 2026-11-29)."""


async def create_customer(*, payer: str, name: str | None, email: str | None, key: str) -> str:
    """A payer's customer; gives its id."""
    params: Any = {"metadata": {"payer": payer}}
    params |= {field: value for field, value in (("name", name), ("email", email)) if value}
    made = await call(
        "customers.create",
        lambda: client().v1.customers.create_async(params, {"idempotency_key": key}),
    )
    return made.id


async def create_session(
    *,
    customer: str,
    lines: list[tuple[str, Money]],
    group: str,
    metadata: Mapping[str, str],
    locale: str,
    success_url: str,
    cancel_url: str,
    key: str,
) -> SessionView:
    """A hosted Checkout page. `lines` are what the payer reads and pays."""
    params: Any = {
        "mode": "payment",
        "ui_mode": "hosted_page",
        "customer": customer,
        "client_reference_id": metadata["funding"],
        "locale": locale,
        "success_url": success_url,
        "cancel_url": cancel_url,
        "metadata": dict(metadata),
        "saved_payment_method_options": {
            "allow_redisplay_filters": ["always", "limited", "unspecified"]
        },
        "payment_intent_data": {
            "capture_method": CAPTURE,
            "transfer_group": group,
            "metadata": dict(metadata),
            "setup_future_usage": "off_session",
        },
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": amount.currency.lower(),
                    "unit_amount": amount.minor,
                    "product_data": {"name": name},
                },
            }
            for name, amount in lines
            if amount
        ],
    }
    made = await call(
        "checkout.sessions.create",
        lambda: client().v1.checkout.sessions.create_async(params, {"idempotency_key": key}),
    )
    return _session(made)


async def session(session_id: str) -> SessionView:
    """A Checkout Session as it is now."""
    found = await call(
        "checkout.sessions.retrieve",
        lambda: client().v1.checkout.sessions.retrieve_async(session_id),
    )
    return _session(found)


async def expire_session(session_id: str, *, key: str) -> SessionView:
    """Closes an open Checkout page. Raises StripeRefused when it is not open."""
    ended = await call(
        "checkout.sessions.expire",
        lambda: client().v1.checkout.sessions.expire_async(
            session_id, options={"idempotency_key": key}
        ),
    )
    return _session(ended)


def _session(found: Session) -> SessionView:
    return SessionView(
        found.id,
        found.status or "open",
        found.url,
        id_of(found.payment_intent),
        metadata_of(found).get("funding"),
    )


async def create_intent(
    *,
    customer: str,
    method: str,
    amount: Money,
    group: str,
    description: str,
    metadata: Mapping[str, str],
    key: str,
) -> IntentView:
    """Charges a saved card without its holder present.

    Raises CardDeclined or AuthenticationRequired.
    """
    params: Any = {
        "amount": amount.minor,
        "currency": amount.currency.lower(),
        "customer": customer,
        "payment_method": method,
        "confirm": True,
        "capture_method": CAPTURE,
        "off_session": True,
        "transfer_group": group,
        "description": description,
        "metadata": dict(metadata),
    }
    made = await call(
        "payment_intents.create",
        lambda: client().v1.payment_intents.create_async(params, {"idempotency_key": key}),
    )
    return await intent(made.id)


async def intent(intent_id: str) -> IntentView:
    """A PaymentIntent as it is now, with its charge once that succeeded or is under way."""
    found: PaymentIntent = await call(
        "payment_intents.retrieve",
        lambda: client().v1.payment_intents.retrieve_async(
            intent_id, {"expand": ["latest_charge.balance_transaction"]}
        ),
    )
    known = found.status in ("succeeded", "processing")
    charge = found.latest_charge if known else None
    problem = found.last_payment_error
    return IntentView(
        id=found.id,
        status=found.status,
        received=money(found.amount_received, found.currency),
        metadata=metadata_of(found),
        failure=(problem.decline_code or problem.code) if problem else None,
        charge=_charge(charge) if isinstance(charge, Charge) else None,
    )


async def intent_of(charge_id: str) -> str | None:
    """The PaymentIntent behind a charge."""
    found = await call("charges.retrieve", lambda: client().v1.charges.retrieve_async(charge_id))
    return id_of(found.payment_intent)


def _charge(found: Charge) -> ChargeView:
    line = found.balance_transaction
    settled = line if isinstance(line, BalanceTransaction) else None
    return ChargeView(
        found.id,
        money(found.amount_captured, found.currency),
        money(settled.fee, settled.currency) if settled else None,
        money(settled.amount, settled.currency) if settled else None,
        found.payment_method_details.type if found.payment_method_details else None,
    )


def require_settled(charge: ChargeView) -> Money:
    """Stripe's fee for a charge, in the currency it settled in. NotYet while it is unknown."""
    if charge.fee is None:
        raise NotYet(f"{charge.id} has no balance transaction yet")
    return charge.fee
