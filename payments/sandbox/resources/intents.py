"""Payment intents and their charges: on and off session, captured at once or later.

Never settles by itself: `charging` decides what a confirmation does.
"""

from __future__ import annotations

from payments.sandbox import charges, charging
from payments.sandbox.box import Box
from payments.sandbox.errors import Refused
from payments.sandbox.events import public
from payments.sandbox.operations import Call, merged, operation, page
from payments.sandbox.resources import payment_methods
from payments.sandbox.skeleton import Json

SUPPORTED_TYPES = ("card", "sepa_debit")
MINIMUM_MINOR = {"eur": 50, "gbp": 30, "chf": 50, "usd": 50, "cad": 50}
_COPIED = (
    "description",
    "receipt_email",
    "setup_future_usage",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_group",
)


def allowed_types(given: object, currency: str) -> list[str]:
    """The method types offered: those asked for, else every one that suits the currency."""
    types = [t for t in SUPPORTED_TYPES if t == "card" or currency == "eur"]
    if isinstance(given, list):
        types = [t for t in types if t in given]
        if not types:
            raise Refused(
                "None of the allowed payment method types can be used.",
                param="allowed_payment_method_types",
            )
    return types


def make(box: Box, call: Call) -> Json:
    """A new intent from parameters, not yet confirmed."""
    amount, currency = call.integer("amount"), str(call.text("currency")).lower()
    if currency not in MINIMUM_MINOR:
        raise Refused(f"Invalid currency: {currency}.", param="currency")
    if amount < MINIMUM_MINOR[currency]:
        raise Refused(
            f"Amount must be at least {MINIMUM_MINOR[currency]} in {currency}.",
            code="amount_too_small",
            param="amount",
        )
    if amount > 99_999_999:
        raise Refused("Amount must be no more than 999999.99.", code="amount_too_large")
    customer = call.text("customer")
    if customer is not None:
        box.get(customer, "customer", call.account, "customer")
    given = call.params.get("allowed_payment_method_types")
    identifier = box.store.identifier("pi")
    intent = box.new(
        "payment_intent",
        call.account,
        **{name: call.text(name) for name in _COPIED},
        id=identifier,
        client_secret=f"{identifier}_secret_{box.store.identifier('s')[2:]}",
        amount=amount,
        currency=currency,
        customer=customer,
        metadata=call.metadata(),
        capture_method=call.text("capture_method") or "automatic_async",
        confirmation_method=call.text("confirmation_method") or "automatic",
        status="requires_payment_method",
        payment_method_types=allowed_types(given, currency),
        allowed_payment_method_types=given if isinstance(given, list) else None,
        automatic_payment_methods=None if given else {"enabled": True, "allow_redirects": "always"},
        _return_url=call.text("return_url"),
        _refuse_action=call.flag("error_on_requires_action"),
    )
    box.emit("payment_intent.created", intent)
    return intent


def _take_method(box: Box, call: Call, intent: Json) -> None:
    """Put the payment method named by a request on the intent."""
    method: Json | None = None
    if (named := call.text("payment_method")) is not None:
        method = payment_methods.resolve(box, named, call.account)
    elif isinstance(data := call.params.get("payment_method_data"), dict):
        method = payment_methods.make(box, data)
    if method is not None:
        box.edit(intent, payment_method=method["id"], status="requires_confirmation")


def _is_off_session(call: Call) -> bool:
    return call.params.get("off_session") in (True, "true", "one_off", "recurring")


def _confirm(box: Box, call: Call, intent: Json) -> None:
    if intent["payment_method"] is None:
        raise Refused(
            "You cannot confirm this PaymentIntent because it's missing a payment method.",
            code="payment_intent_unexpected_state",
            payment_intent=public(intent),
        )
    method = box.store.objects[intent["payment_method"]]
    charging.confirm(box, intent, method, off_session=_is_off_session(call))


@operation(
    "POST",
    "/v1/payment_intents",
    "payment_intent.created",
    "payment_intent.succeeded",
    "payment_intent.processing",
    "payment_intent.requires_action",
    "payment_intent.payment_failed",
)
def create(box: Box, call: Call) -> Json:
    """Create a payment intent, and confirm it when `confirm` is true."""
    if _is_off_session(call) and not call.flag("confirm"):
        raise Refused("off_session can only be set when confirm is true.", param="off_session")
    intent = make(box, call)
    _take_method(box, call, intent)
    if call.flag("confirm"):
        _confirm(box, call, intent)
    return intent


@operation("GET", "/v1/payment_intents/{intent}")
def retrieve(box: Box, call: Call) -> Json:
    """Get a payment intent."""
    return box.get(call.ids["intent"], "payment_intent", call.account)


@operation("POST", "/v1/payment_intents/{intent}")
def update(box: Box, call: Call) -> Json:
    """Change an intent that is not yet confirmed."""
    intent = box.get(call.ids["intent"], "payment_intent", call.account)
    changes: Json = {name: call.text(name) for name in _COPIED if name in call.params}
    if "metadata" in call.params:
        changes["metadata"] = merged(intent["metadata"], call.params["metadata"])
    for name in ("amount", "currency", "customer"):
        if name in call.params:
            if intent["status"] not in charging.CONFIRMABLE:
                raise _unexpected(intent, "updated")
            changes[name] = call.integer(name) if name == "amount" else call.text(name)
    box.edit(intent, **changes)
    _take_method(box, call, intent)
    return intent


@operation("GET", "/v1/payment_intents")
def index(box: Box, call: Call) -> Json:
    """List payment intents, also by customer."""
    return page(box, call, "payment_intent", "customer")


@operation("POST", "/v1/payment_intents/{intent}/confirm", "payment_intent.succeeded")
def confirm(box: Box, call: Call) -> Json:
    """Confirm a payment intent with its or another payment method."""
    intent = box.get(call.ids["intent"], "payment_intent", call.account)
    if intent["status"] not in charging.CONFIRMABLE:
        raise _unexpected(intent, "confirmed")
    if "return_url" in call.params:
        box.edit(intent, _return_url=call.text("return_url"))
    if "setup_future_usage" in call.params:
        box.edit(intent, setup_future_usage=call.text("setup_future_usage"))
    _take_method(box, call, intent)
    _confirm(box, call, intent)
    return intent


@operation("POST", "/v1/payment_intents/{intent}/cancel", "payment_intent.canceled")
def cancel(box: Box, call: Call) -> Json:
    """Cancel a payment intent that has not been paid."""
    intent = box.get(call.ids["intent"], "payment_intent", call.account)
    if intent["status"] in ("succeeded", "canceled", "processing"):
        raise _unexpected(intent, "canceled")
    charge = box.store.find(intent["latest_charge"] or "")
    if charge and intent["status"] == "requires_capture":
        box.edit(charge, refunded=True, amount_refunded=charge["amount"])
    box.edit(
        intent,
        status="canceled",
        canceled_at=box.now(),
        cancellation_reason=call.text("cancellation_reason"),
        amount_capturable=0,
        next_action=None,
    )
    box.emit("payment_intent.canceled", intent)
    return intent


@operation("POST", "/v1/payment_intents/{intent}/capture", "payment_intent.succeeded")
def capture(box: Box, call: Call) -> Json:
    """Capture an authorised payment, whole or in part."""
    intent = box.get(call.ids["intent"], "payment_intent", call.account)
    if intent["status"] != "requires_capture":
        raise _unexpected(intent, "captured")
    amount = call.integer("amount_to_capture", intent["amount"])
    if not 0 < amount <= intent["amount_capturable"]:
        raise Refused(
            "The capture amount is greater than the capturable amount.",
            code="amount_too_large",
            param="amount_to_capture",
        )
    box.edit(intent, amount=amount)
    charges.settle(box, intent, box.store.objects[intent["payment_method"]])
    return intent


def _unexpected(intent: Json, verb: str) -> Refused:
    return Refused(
        f"This PaymentIntent could not be {verb} because it has a status of {intent['status']}.",
        code="payment_intent_unexpected_state",
        payment_intent=public(intent),
    )


@operation("GET", "/v1/charges/{charge}")
def retrieve_charge(box: Box, call: Call) -> Json:
    """Get a charge."""
    return box.get(call.ids["charge"], "charge", call.account)


@operation("GET", "/v1/charges")
def index_charges(box: Box, call: Call) -> Json:
    """List charges, also by payment intent, customer or transfer group."""
    return page(box, call, "charge", "payment_intent", "transfer_group", "customer")


@operation("POST", "/v1/charges/{charge}", "charge.updated")
def update_charge(box: Box, call: Call) -> Json:
    """Change a charge's description, metadata or (when it has none) transfer group."""
    charge = box.get(call.ids["charge"], "charge", call.account)
    changes: Json = {}
    for name in ("description", "transfer_group"):
        if name in call.params:
            changes[name] = call.text(name)
    if "metadata" in call.params:
        changes["metadata"] = merged(charge["metadata"], call.params["metadata"])
    box.edit(charge, **changes)
    box.emit("charge.updated", charge)
    return charge
