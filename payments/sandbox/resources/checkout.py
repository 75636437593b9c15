"""Checkout sessions: a hosted page that collects one payment, or sets a payment method up.

Never draws the page: `pages` does, and comes back here with what was typed.
"""

from __future__ import annotations

from payments.sandbox import charging
from payments.sandbox.box import Box
from payments.sandbox.clock import DAY, MINUTE
from payments.sandbox.errors import Refused, StripeError, Unsupported
from payments.sandbox.events import public
from payments.sandbox.operations import Call, merged, operation, page, paged
from payments.sandbox.resources import intents, payment_methods, setups
from payments.sandbox.resources.accounts import inner
from payments.sandbox.resources.intents import MINIMUM_MINOR, allowed_types
from payments.sandbox.sessions import follow
from payments.sandbox.skeleton import Json, of_kind, part
from payments.sandbox.timers import timer

EXPIRES_SECONDS = DAY
_MINIMUM_SECONDS = 30 * MINUTE


def _lines(box: Box, call: Call) -> list[Json]:
    """The line items of the request, priced."""
    given = call.params.get("line_items")
    if not isinstance(given, list) or not given:
        raise Refused(
            "line_items is required in payment mode.", code="parameter_missing", param="line_items"
        )
    lines = []
    for item in given:
        price = item.get("price_data")
        if not isinstance(price, dict):
            raise Unsupported("line items need price_data; stored prices are not supported")
        product = price.get("product_data")
        if not isinstance(product, dict) or "unit_amount" not in price:
            raise Unsupported("price_data needs product_data and unit_amount")
        quantity = int(item.get("quantity", 1))
        total = int(price["unit_amount"]) * quantity
        lines.append(
            of_kind(
                "item",
                id=box.store.identifier("li"),
                amount_subtotal=total,
                amount_total=total,
                currency=str(price["currency"]).lower(),
                description=str(product["name"]),
                quantity=quantity,
                discounts=[],
                taxes=[],
            )
        )
    if len({line["currency"] for line in lines}) > 1:
        raise Refused("All line items must have the same currency.", param="line_items")
    return lines


def _check(box: Box, call: Call, mode: str) -> None:
    if mode not in ("payment", "setup"):
        raise Unsupported(f"Checkout mode {mode}")
    if call.text("ui_mode") not in (None, "hosted_page"):
        raise Unsupported("only ui_mode=hosted_page is supported")
    if call.text("success_url") is None:
        raise Refused(
            "Missing required param: success_url.", code="parameter_missing", param="success_url"
        )
    if (customer := call.text("customer")) is not None:
        box.get(customer, "customer", call.account, "customer")
    expires = call.integer("expires_at", box.now() + EXPIRES_SECONDS) - box.now()
    if not _MINIMUM_SECONDS <= expires + 5 <= EXPIRES_SECONDS + 10:
        raise Refused(
            "The expires_at timestamp must be between 30 minutes and 24 hours from creation.",
            param="expires_at",
        )


@operation("POST", "/v1/checkout/sessions")
def create(box: Box, call: Call) -> Json:
    """Open a hosted page that collects a payment, or sets a payment method up."""
    mode = call.text("mode") or "payment"
    _check(box, call, mode)
    lines = _lines(box, call) if mode == "payment" else []
    currency = lines[0]["currency"] if lines else call.text("currency") or box.settings.currency
    total = sum(line["amount_total"] for line in lines)
    if mode == "payment" and total < MINIMUM_MINOR.get(currency, 50):
        raise Refused("The Checkout Session's total amount is too small.", code="amount_too_small")
    identifier = box.store.identifier("cs_test", 58)
    details = part("checkout.session", "TotalDetails")
    given = call.params.get("allowed_payment_method_types")
    session = box.new(
        "checkout.session",
        call.account,
        id=identifier,
        mode=mode,
        status="open",
        payment_status="unpaid" if mode == "payment" else "no_payment_required",
        amount_total=total if mode == "payment" else None,
        amount_subtotal=total if mode == "payment" else None,
        total_details=details if mode == "payment" else None,
        currency=currency,
        customer=call.text("customer"),
        customer_email=call.text("customer_email"),
        client_reference_id=call.text("client_reference_id"),
        success_url=call.text("success_url"),
        cancel_url=call.text("cancel_url"),
        expires_at=call.integer("expires_at", box.now() + EXPIRES_SECONDS),
        locale=call.text("locale"),
        metadata=call.metadata(),
        payment_method_types=allowed_types(given, currency),
        ui_mode="hosted_page",
        url=f"{box.settings.base_url}/c/pay/{identifier}",
        automatic_tax=part("checkout.session", "AutomaticTax"),
        custom_text=part("checkout.session", "CustomText"),
        _lines=lines,
        _intent_data=call.params.get("payment_intent_data") or {},
        _message=None,
        _redisplay=_redisplay(call),
    )
    if mode == "setup":
        _prepare_setup(box, call, session)
    box.later(session["expires_at"] - box.now(), "checkout.expire", identifier)
    return session


def _redisplay(call: Call) -> list[str]:
    """Which saved payment methods the page may offer, by their `allow_redisplay`."""
    options = inner(call.params, "saved_payment_method_options")
    for name in ("payment_method_remove", "payment_method_save"):
        if name in options:
            raise Unsupported(f"saved_payment_method_options.{name}")
    return list(options.get("allow_redisplay_filters") or ["always"])


def _prepare_setup(box: Box, call: Call, session: Json) -> None:
    data = call.params.get("setup_intent_data")
    params = dict(data) if isinstance(data, dict) else {}
    params |= {"customer": session["customer"], "usage": "off_session"}
    setup = setups.make(box, Call(params, {}, call.account))
    box.edit(session, setup_intent=setup["id"])


@operation("GET", "/v1/checkout/sessions/{session}")
def retrieve(box: Box, call: Call) -> Json:
    """Get a session."""
    return box.get(call.ids["session"], "checkout.session", call.account)


@operation("GET", "/v1/checkout/sessions")
def index(box: Box, call: Call) -> Json:
    """List sessions, also by payment intent, customer or status."""
    return page(box, call, "checkout.session", "payment_intent", "customer", "status")


@operation("POST", "/v1/checkout/sessions/{session}")
def update(box: Box, call: Call) -> Json:
    """Change a session's metadata."""
    session = box.get(call.ids["session"], "checkout.session", call.account)
    return box.edit(session, metadata=merged(session["metadata"], call.params.get("metadata")))


@operation("GET", "/v1/checkout/sessions/{session}/line_items")
def index_lines(box: Box, call: Call) -> Json:
    """List what a session charges for."""
    session = box.get(call.ids["session"], "checkout.session", call.account)
    return paged(call, session["_lines"])


@operation("POST", "/v1/checkout/sessions/{session}/expire", "checkout.session.expired")
def expire(box: Box, call: Call) -> Json:
    """Close a session that is still open."""
    session = box.get(call.ids["session"], "checkout.session", call.account)
    if session["status"] != "open":
        raise Refused('Only Checkout Sessions with a status in ["open"] can be expired.')
    _expire(box, session)
    return session


@timer("checkout.expire")
def _expire_later(box: Box, identifier: str) -> None:
    session = box.store.objects[identifier]
    if session["status"] == "open":
        _expire(box, session)


def _expire(box: Box, session: Json) -> None:
    box.edit(session, status="expired", url=None)
    for name in ("payment_intent", "setup_intent"):
        intent = box.store.find(session[name] or "")
        if intent and intent["status"] not in ("succeeded", "processing", "canceled"):
            box.edit(intent, status="canceled", next_action=None)
            box.emit(f"{name}.canceled", intent)
    box.emit("checkout.session.expired", session)


# -- what the page does --------------------------------------------------------------------


def submit(box: Box, session: Json, method: Json) -> Json:
    """Pay or set up with what the person typed; returns the intent.

    A decline raises and leaves the session open, as the page shows it and lets them try again.
    """
    if session["status"] != "open":
        raise Refused("This Checkout Session is no longer open.")
    made = _chosen(box, session, method)
    if session["mode"] == "setup":
        setup = box.store.objects[session["setup_intent"]]
        setups.confirm_with(box, setup, made)
        follow(box, setup)
        return setup
    intent = _intent_of(box, session)
    try:
        charging.confirm(box, intent, made)
    finally:
        follow(box, intent)
    return intent


def saved(box: Box, session: Json) -> list[Json]:
    """The payment methods the page offers to use again, newest first."""
    if session["mode"] != "payment" or session["customer"] is None:
        return []
    return [
        method
        for method in box.store.where("payment_method", "customer", session["customer"])
        if method["type"] in session["payment_method_types"]
        and method["allow_redisplay"] in session["_redisplay"]
    ]


def _chosen(box: Box, session: Json, given: Json) -> Json:
    """A saved method of the session's customer, or a new one from what was typed.

    One kept for later may be offered again on a page that asks for such (`limited`). To confirm on
    Stripe, also for setup mode.
    """
    if (named := given.get("saved")) is not None:
        for method in saved(box, session):
            if method["id"] == named:
                return method
        raise Refused("This payment method cannot be used here.", param="payment_method")
    keeps = session["mode"] == "setup" or session["_intent_data"].get("setup_future_usage")
    return payment_methods.make(box, given | ({"allow_redisplay": "limited"} if keeps else {}))


def _intent_of(box: Box, session: Json) -> Json:
    """The session's intent, made at the first attempt as Stripe does."""
    if session["payment_intent"] is not None:
        return box.store.objects[session["payment_intent"]]
    data = dict(session["_intent_data"])
    if session["customer"] is None and data.get("setup_future_usage"):
        customer = box.new("customer", email=session["customer_email"])
        box.emit("customer.created", customer)
        box.edit(session, customer=customer["id"])
    params = data | {
        "amount": session["amount_total"],
        "currency": session["currency"],
        "customer": session["customer"],
        "allowed_payment_method_types": session["payment_method_types"],
    }
    intent = intents.make(box, Call(params, {}, session["_account"]))
    box.edit(session, payment_intent=intent["id"])
    return intent


def finished_url(session: Json) -> str:
    """Where a finished session sends the person."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def told(error: StripeError) -> Json:
    """The error object of a failed attempt, for the page."""
    return dict(public(error.body["error"]))
