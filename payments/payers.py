"""Owns a payer's customer at Stripe and which of its saved cards pays. Never charges one."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from payments.config import now
from payments.database import connection
from payments.gateway import cards, paying
from payments.gateway.views import MethodView
from payments.models import Payer

CARD = "card"


async def customer(payer: str, name: str | None, email: str | None) -> str:
    """The payer's customer at Stripe, created once."""
    known = await Payer.get_or_none(id=payer)
    if known is not None:
        return known.customer
    # One key always comes with the same parameters: another name is another request.
    details = hashlib.sha256(f"{name}\n{email}".encode()).hexdigest()[:16]
    made = await paying.create_customer(
        payer=payer, name=name, email=email, key=f"payer:{payer}:{details}"
    )
    await connection().execute_query_dict(
        "INSERT INTO payment_payer (id, customer, created_at) VALUES ($1, $2, $3)"
        " ON CONFLICT DO NOTHING",
        [payer, made, now()],
    )
    return (await Payer.get(id=payer)).customer


async def default_card(payer: Payer) -> MethodView | None:
    """The card that is charged without the payer: the chosen one, else the newest."""
    return chosen(payer, await cards.saved_methods(payer.customer))


def chosen(payer: Payer, methods: Sequence[MethodView]) -> MethodView | None:
    """The default among saved methods. A mandate never is: its money takes days to come."""
    saved = [method for method in methods if method.kind == CARD]
    newest = saved[0] if saved else None
    return next((method for method in saved if method.id == payer.default_method), newest)
