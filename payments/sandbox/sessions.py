"""What becomes of a Checkout session when the intent behind it changes.

Never confirms anything: `charging` and `setups` do, and then the session follows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from payments.sandbox.skeleton import Json, part

if TYPE_CHECKING:
    from payments.sandbox.box import Box


def follow(box: Box, intent: Json) -> None:
    """Bring the session of an intent in line with it."""
    kind = intent["object"]
    for session in box.store.where("checkout.session", kind, intent["id"]):
        if session["status"] == "open":
            _complete(box, session, intent)
        elif session["status"] == "complete" and session["payment_status"] == "unpaid":
            if intent["status"] == "succeeded":
                box.edit(session, payment_status="paid")
                box.emit("checkout.session.async_payment_succeeded", session)
            elif intent["status"] == "requires_payment_method":
                box.emit("checkout.session.async_payment_failed", session)


def _complete(box: Box, session: Json, intent: Json) -> None:
    if intent["status"] not in ("succeeded", "processing", "requires_capture"):
        return
    paid = session["payment_status"]
    if session["mode"] == "payment" and intent["status"] == "succeeded":
        paid = "paid"
    customer = box.store.find(session["customer"] or "")
    details = part(
        "checkout.session",
        "CustomerDetails",
        email=customer["email"] if customer else session["customer_email"],
        name=customer["name"] if customer else None,
        tax_exempt="none",
        tax_ids=[],
    )
    box.edit(session, status="complete", payment_status=paid, url=None, customer_details=details)
    box.emit("checkout.session.completed", session)
