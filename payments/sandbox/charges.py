"""Charges of an intent: made, declined, settled into the balance.

Never decides whether an intent may be charged: `charging` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from payments.sandbox import disputing, money, rates
from payments.sandbox.errors import Declined
from payments.sandbox.events import public
from payments.sandbox.skeleton import Json, part
from payments.sandbox.testcards import MESSAGES, Behaviour
from payments.sandbox.timers import timer

if TYPE_CHECKING:
    from payments.sandbox.box import Box


def decline(box: Box, intent: Json, method: Json, code: str, decline_code: str | None) -> Declined:
    """Record a declined attempt; the caller raises what it returns."""
    message = MESSAGES.get(decline_code or "") or MESSAGES[code]
    charge = create_charge(box, intent, method, "failed")
    box.edit(charge, failure_code=code, failure_message=message)
    error = {
        "type": "card_error",
        "code": code,
        "decline_code": decline_code,
        "message": message,
        "charge": charge["id"],
        "payment_method": public(method),
    }
    box.edit(
        intent,
        status="requires_payment_method",
        latest_charge=charge["id"],
        payment_method=None,
        next_action=None,
        last_payment_error=part("payment_intent", "LastPaymentError", **error),
    )
    box.emit("charge.failed", charge)
    box.emit("payment_intent.payment_failed", intent)
    return Declined(
        message,
        code,
        decline_code=decline_code,
        charge=charge["id"],
        payment_intent=public(intent),
        payment_method=public(method),
    )


def fail_authentication(box: Box, intent: Json) -> None:
    """The person did not pass 3-D Secure: the intent waits for another method."""
    code = "payment_intent_authentication_failure"
    error = {
        "type": "invalid_request_error",
        "code": code,
        "message": MESSAGES[code],
        "payment_method": public(box.store.objects[intent["payment_method"]]),
    }
    box.edit(
        intent,
        status="requires_payment_method",
        payment_method=None,
        next_action=None,
        last_payment_error=part("payment_intent", "LastPaymentError", **error),
    )
    box.emit("payment_intent.payment_failed", intent)


def create_charge(box: Box, intent: Json, method: Json, status: str) -> Json:
    """A charge of an intent; money moves only in `settle`."""
    details: Json = {"type": method["type"]}
    if method["type"] == "card":
        card = {k: method["card"][k] for k in ("brand", "country", "exp_month", "exp_year")}
        card |= {k: method["card"][k] for k in ("fingerprint", "funding", "last4")}
        details["card"] = part("charge", "PaymentMethodDetails", "Card", **card)
    else:
        debit = {k: method["sepa_debit"][k] for k in ("country", "fingerprint", "last4")}
        details["sepa_debit"] = part("charge", "PaymentMethodDetails", "SepaDebit", **debit)
    group = intent["transfer_group"]
    return box.new(
        "charge",
        id=box.store.identifier("ch" if method["type"] == "card" else "py"),
        amount=intent["amount"],
        currency=intent["currency"],
        customer=intent["customer"],
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details=details,
        status=status,
        metadata=dict(intent["metadata"]),
        description=intent["description"],
        transfer_group=group or (f"group_{intent['id']}" if status == "succeeded" else None),
        billing_details=dict(method["billing_details"]),
        _method=method["id"],
        _transferred=0,
        _refunded=0,
    )


def settle(box: Box, intent: Json, method: Json) -> None:
    """The money came: charge, balance transaction, events."""
    amount = intent["amount"]
    worth = rates.settled(box, amount, intent["currency"])
    charge = _charge_to_settle(box, intent) or create_charge(box, intent, method, "succeeded")
    is_card = method["type"] == "card"
    behaviour = method["_behaviour"]
    delay = box.settings.card_delay_seconds if is_card else 0
    if behaviour == Behaviour.OK_AVAILABLE:
        delay = 0
    transaction = money.post(
        box,
        box.PLATFORM,
        "charge" if is_card else "payment",
        worth.amount,
        worth.currency,
        charge["id"],
        category="charge",
        fee=_fee(box, method, worth.amount),
        worth=worth,
        available_on=box.now() + delay,
    )
    later = is_card and intent["capture_method"] == "automatic_async"
    box.edit(
        charge,
        status="succeeded",
        paid=True,
        captured=True,
        amount_captured=amount,
        balance_transaction=None if later else transaction["id"],
        _line=transaction["id"],
        transfer_group=charge["transfer_group"] or f"group_{intent['id']}",
    )
    box.edit(
        intent,
        status="succeeded",
        latest_charge=charge["id"],
        amount_received=amount,
        amount_capturable=0,
        next_action=None,
        last_payment_error=None,
        payment_method=method["id"],
    )
    _remember_method(box, intent, method)
    box.emit("charge.succeeded", charge)
    box.emit("payment_intent.succeeded", intent)
    if later:
        box.later(60, "charge.line", charge["id"])
    if behaviour == Behaviour.DISPUTE:
        disputing.open_dispute(box, charge)


@timer("charge.line")
def _name_line(box: Box, identifier: str) -> None:
    """An asynchronous capture is done: the charge names its line in the balance."""
    charge = box.store.objects[identifier]
    box.edit(charge, balance_transaction=charge["_line"])
    box.emit("charge.updated", charge, {"balance_transaction": None})


def _fee(box: Box, method: Json, amount: int) -> int:
    if method["type"] != "card":
        return box.settings.sepa_fee_minor
    return money.card_fee_minor(box, amount, method["card"]["country"])


def _charge_to_settle(box: Box, intent: Json) -> Json | None:
    """The pending debit or uncaptured authorisation that becomes a payment."""
    charge = box.store.find(intent["latest_charge"] or "")
    if charge and (charge["status"] == "pending" or _is_authorisation(charge)):
        return charge
    return None


def _is_authorisation(charge: Json) -> bool:
    return charge["status"] == "succeeded" and not charge["captured"] and not charge["refunded"]


def _remember_method(box: Box, intent: Json, method: Json) -> None:
    if not intent["setup_future_usage"] or not intent["customer"]:
        return
    set_up = method.get("_set_up") or intent["setup_future_usage"] == "off_session"
    attached = method["customer"] is None
    box.edit(method, customer=intent["customer"], _set_up=set_up)
    if attached:
        box.emit("payment_method.attached", method)
