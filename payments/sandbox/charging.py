"""What a confirmation does: charge, ask for authentication, decline, authorise, debit.

Never reads HTTP parameters; the intents and the Checkout page both come here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from payments.sandbox.charges import create_charge, decline, settle
from payments.sandbox.clock import DAY, HOUR, MINUTE
from payments.sandbox.errors import Refused
from payments.sandbox.events import public
from payments.sandbox.sessions import follow
from payments.sandbox.skeleton import Json, part
from payments.sandbox.testcards import DECLINES, Behaviour
from payments.sandbox.timers import timer

if TYPE_CHECKING:
    from payments.sandbox.box import Box

CONFIRMABLE = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})
CAPTURE_WINDOW_SECONDS = 7 * DAY
# docs.stripe.com/payments/place-a-hold-on-a-payment-method: merchant-initiated Visa payments
CAPTURE_WINDOW_OFF_SESSION_SECONDS = 4 * DAY + 18 * HOUR
_SEPA_SECONDS = {
    Behaviour.SLOW: 3 * MINUTE,
    Behaviour.FAILS_SLOWLY: 3 * MINUTE,
    Behaviour.BANK_DAYS: 5 * DAY,
}


def confirm(
    box: Box, intent: Json, method: Json, *, off_session: bool = False, proved: bool = False
) -> None:
    """Try to collect an intent with a payment method. `proved`: 3-D Secure was passed.

    Raises Refused when the intent cannot be confirmed and Declined when the bank says no; a
    declined intent can be confirmed again with another method.
    """
    _confirmable(intent, method)
    box.edit(intent, payment_method=method["id"], _off_session=off_session)
    if method["type"] == "sepa_debit":
        _process_debit(box, intent, method)
        return
    behaviour = Behaviour(method["_behaviour"])
    if not proved and _needs_authentication(method, behaviour, off_session=off_session):
        _ask_authentication(box, intent, method, off_session=off_session)
        return
    if behaviour in DECLINES:
        code, decline_code = DECLINES[behaviour]
        raise decline(box, intent, method, code, decline_code)
    if intent["capture_method"] == "manual" and intent["status"] != "requires_capture":
        _authorise(box, intent, method, off_session=off_session)
        return
    settle(box, intent, method)


def _confirmable(intent: Json, method: Json) -> None:
    if intent["status"] not in CONFIRMABLE:
        raise Refused(
            f"This PaymentIntent's status is {intent['status']}; it cannot be confirmed.",
            code="payment_intent_unexpected_state",
            payment_intent=public(intent),
        )
    if method["customer"] not in (None, intent["customer"]):
        raise Refused(
            "The provided PaymentMethod does not belong to the Customer of this PaymentIntent.",
            param="payment_method",
        )
    if method.get("_detached"):
        raise Refused(
            "The provided PaymentMethod was detached from a Customer and may not be used again.",
            param="payment_method",
        )
    if method["type"] not in intent["payment_method_types"]:
        raise Refused(
            f"The PaymentMethod's type ({method['type']}) is not allowed on this PaymentIntent.",
            param="payment_method",
        )


def _needs_authentication(method: Json, behaviour: Behaviour, *, off_session: bool) -> bool:
    if behaviour is Behaviour.SCA_UNLESS_SETUP:
        return not (off_session and method.get("_set_up"))
    return behaviour is Behaviour.SCA_ALWAYS


def _ask_authentication(box: Box, intent: Json, method: Json, *, off_session: bool) -> None:
    if off_session or intent.get("_refuse_action"):
        code = "authentication_required"
        raise decline(box, intent, method, code, code)
    url = f"{box.settings.base_url}/3ds/{intent['id']}"
    action = {
        "type": "redirect_to_url",
        "redirect_to_url": {"return_url": intent.get("_return_url"), "url": url},
    }
    box.edit(intent, status="requires_action", next_action=action)
    box.emit("payment_intent.requires_action", intent)


def _authorise(box: Box, intent: Json, method: Json, *, off_session: bool) -> None:
    charge = create_charge(box, intent, method, "succeeded")
    box.edit(
        intent,
        status="requires_capture",
        amount_capturable=intent["amount"],
        latest_charge=charge["id"],
        next_action=None,
    )
    box.emit("payment_intent.amount_capturable_updated", intent)
    window = CAPTURE_WINDOW_OFF_SESSION_SECONDS if off_session else CAPTURE_WINDOW_SECONDS
    box.later(window, "capture.expire", intent["id"])


@timer("capture.expire")
def _expire_capture(box: Box, identifier: str) -> None:
    intent = box.store.objects[identifier]
    if intent["status"] != "requires_capture":
        return
    box.edit(
        intent,
        status="canceled",
        cancellation_reason="automatic",
        canceled_at=box.now(),
        amount_capturable=0,
    )
    charge = box.store.objects[intent["latest_charge"]]
    box.edit(charge, refunded=True, amount_refunded=charge["amount"])
    box.emit("charge.expired", charge)
    box.emit("payment_intent.canceled", intent)


def _process_debit(box: Box, intent: Json, method: Json) -> None:
    """A SEPA debit: `processing` now, the result later."""
    if intent["currency"] != "eur":
        raise Refused("SEPA Direct Debit payments must be in eur.", param="currency")
    charge = create_charge(box, intent, method, "pending")
    box.edit(
        intent,
        status="processing",
        latest_charge=charge["id"],
        next_action=None,
        last_payment_error=None,
    )
    box.emit("charge.pending", charge)
    box.emit("payment_intent.processing", intent)
    behaviour = Behaviour(method["_behaviour"])
    box.later(_SEPA_SECONDS.get(behaviour, 1), "debit.result", intent["id"])


@timer("debit.result")
def _debit_result(box: Box, identifier: str) -> None:
    intent = box.store.objects[identifier]
    if intent["status"] != "processing":
        return
    method = box.store.objects[intent["payment_method"]]
    if method["_behaviour"] not in (Behaviour.FAILS, Behaviour.FAILS_SLOWLY):
        settle(box, intent, method)
    else:
        _debit_fails(box, intent, method)
    follow(box, intent)


def _debit_fails(box: Box, intent: Json, method: Json) -> None:
    message = "The bank account has insufficient funds."
    charge = box.store.objects[intent["latest_charge"]]
    box.edit(charge, status="failed", failure_code="insufficient_funds", failure_message=message)
    error = {
        "type": "invalid_request_error",
        "code": "insufficient_funds",
        "message": message,
        "charge": charge["id"],
        "payment_method": public(method),
    }
    box.edit(
        intent,
        status="requires_payment_method",
        payment_method=None,
        last_payment_error=part("payment_intent", "LastPaymentError", **error),
    )
    box.emit("charge.failed", charge)
    box.emit("payment_intent.payment_failed", intent)
