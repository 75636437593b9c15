"""Setup intents: permission to charge a payment method later, without its owner.

Never moves money.
"""

from __future__ import annotations

from payments.sandbox.box import Box
from payments.sandbox.errors import Declined, Refused
from payments.sandbox.events import public
from payments.sandbox.operations import Call, operation, page
from payments.sandbox.resources import payment_methods
from payments.sandbox.resources.intents import allowed_types
from payments.sandbox.skeleton import Json, part
from payments.sandbox.testcards import DECLINES, MESSAGES, Behaviour

_CONFIRMABLE = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})


def make(box: Box, call: Call) -> Json:
    """A new setup intent from parameters, not yet confirmed."""
    customer = call.text("customer")
    if customer is not None:
        box.get(customer, "customer", call.account, "customer")
    identifier = box.store.identifier("seti")
    given = call.params.get("allowed_payment_method_types")
    setup = box.new(
        "setup_intent",
        call.account,
        id=identifier,
        client_secret=f"{identifier}_secret_{box.store.identifier('s')[2:]}",
        customer=customer,
        description=call.text("description"),
        metadata=call.metadata(),
        payment_method_types=allowed_types(given, "eur"),
        status="requires_payment_method",
        usage=call.text("usage") or "off_session",
        _return_url=call.text("return_url"),
    )
    box.emit("setup_intent.created", setup)
    return setup


def confirm_with(box: Box, setup: Json, method: Json, *, proved: bool = False) -> None:
    """Set a payment method up. `proved`: 3-D Secure was passed."""
    if setup["status"] not in _CONFIRMABLE:
        raise Refused(
            f"This SetupIntent's status is {setup['status']}; it cannot be confirmed.",
            code="setup_intent_unexpected_state",
        )
    if method["customer"] not in (None, setup["customer"]) or method.get("_detached"):
        raise Refused("This PaymentMethod cannot be used here.", param="payment_method")
    box.edit(setup, payment_method=method["id"])
    behaviour = Behaviour(method["_behaviour"])
    if behaviour in DECLINES and behaviour is not Behaviour.CHARGE_FAILS:
        code, decline_code = DECLINES[behaviour]
        raise fail(box, setup, code, decline_code)
    needs_proof = behaviour in (Behaviour.SCA_UNLESS_SETUP, Behaviour.SCA_ALWAYS)
    if needs_proof and not proved:
        url = f"{box.settings.base_url}/3ds/{setup['id']}"
        target = {"return_url": setup["_return_url"], "url": url}
        action = {"type": "redirect_to_url", "redirect_to_url": target}
        box.edit(setup, status="requires_action", next_action=action)
        box.emit("setup_intent.requires_action", setup)
        return
    attached = method["customer"] is None and setup["customer"] is not None
    set_up = method["_set_up"] or setup["usage"] == "off_session"
    box.edit(method, customer=setup["customer"], _set_up=set_up)
    box.edit(setup, status="succeeded", next_action=None, last_setup_error=None)
    if attached:
        box.emit("payment_method.attached", method)
    box.emit("setup_intent.succeeded", setup)


def fail(box: Box, setup: Json, code: str, decline_code: str | None) -> Declined:
    """Record that a setup failed; the caller raises what it returns."""
    message = MESSAGES.get(decline_code or "") or MESSAGES[code]
    method = public(box.store.objects[setup["payment_method"]])
    error = {
        "type": "card_error" if decline_code else "invalid_request_error",
        "code": code,
        "decline_code": decline_code,
        "message": message,
        "payment_method": method,
    }
    box.edit(
        setup,
        status="requires_payment_method",
        payment_method=None,
        next_action=None,
        last_setup_error=part("setup_intent", "LastSetupError", **error),
    )
    box.emit("setup_intent.setup_failed", setup)
    return Declined(
        message,
        code,
        decline_code=decline_code,
        setup_intent=public(setup),
        payment_method=method,
    )


@operation("POST", "/v1/setup_intents", "setup_intent.created", "setup_intent.succeeded")
def create(box: Box, call: Call) -> Json:
    """Create a setup intent, and confirm it when `confirm` is true."""
    setup = make(box, call)
    _take_method(box, call, setup)
    if call.flag("confirm"):
        _confirm(box, setup)
    return setup


def _take_method(box: Box, call: Call, setup: Json) -> None:
    if (named := call.text("payment_method")) is not None:
        method = payment_methods.resolve(box, named, call.account)
        box.edit(setup, payment_method=method["id"], status="requires_confirmation")
    elif isinstance(data := call.params.get("payment_method_data"), dict):
        method = payment_methods.make(box, data)
        box.edit(setup, payment_method=method["id"], status="requires_confirmation")


def _confirm(box: Box, setup: Json) -> None:
    if setup["payment_method"] is None:
        raise Refused(
            "You cannot confirm this SetupIntent because it's missing a payment method.",
            code="setup_intent_unexpected_state",
        )
    confirm_with(box, setup, box.store.objects[setup["payment_method"]])


@operation("GET", "/v1/setup_intents/{intent}")
def retrieve(box: Box, call: Call) -> Json:
    """Get a setup intent."""
    return box.get(call.ids["intent"], "setup_intent", call.account)


@operation("GET", "/v1/setup_intents")
def index(box: Box, call: Call) -> Json:
    """List setup intents, also by customer or payment method."""
    return page(box, call, "setup_intent", "customer", "payment_method")


@operation(
    "POST",
    "/v1/setup_intents/{intent}/confirm",
    "setup_intent.succeeded",
    "setup_intent.requires_action",
    "setup_intent.setup_failed",
)
def confirm(box: Box, call: Call) -> Json:
    """Confirm a setup intent with its or another payment method."""
    setup = box.get(call.ids["intent"], "setup_intent", call.account)
    if "return_url" in call.params:
        box.edit(setup, _return_url=call.text("return_url"))
    _take_method(box, call, setup)
    _confirm(box, setup)
    return setup


@operation("POST", "/v1/setup_intents/{intent}/cancel", "setup_intent.canceled")
def cancel(box: Box, call: Call) -> Json:
    """Cancel a setup intent that has not succeeded."""
    setup = box.get(call.ids["intent"], "setup_intent", call.account)
    if setup["status"] not in _CONFIRMABLE:
        raise Refused(
            f"This SetupIntent's status is {setup['status']}; it cannot be canceled.",
            code="setup_intent_unexpected_state",
        )
    reason = call.text("cancellation_reason")
    box.edit(setup, status="canceled", cancellation_reason=reason, next_action=None)
    box.emit("setup_intent.canceled", setup)
    return setup
