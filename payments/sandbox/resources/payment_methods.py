"""Payment methods: test cards and test bank accounts.

Never keeps a full number: only the last four digits and what the number does.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any, Final

from payments.sandbox.box import Box
from payments.sandbox.errors import Declined, Refused, Unsupported
from payments.sandbox.operations import Call, merged, operation, paged
from payments.sandbox.skeleton import Json, of_kind, part
from payments.sandbox.testcards import CARDS, COUNTRIES, DECLINES, IBANS, MAGIC, Behaviour, brand_of

CARD_YEARS: Final = 8  # how long a card counts that was saved without a date
_KEPT = frozenset(
    {
        "allow_redisplay",
        "billing_details",
        "created",
        "customer",
        "customer_account",
        "id",
        "livemode",
        "metadata",
        "object",
        "type",
    }
)


def resolve(box: Box, identifier: str, account: str = Box.PLATFORM) -> Json:
    """A payment method by id; `pm_card_visa` and its kin make a new one."""
    if identifier in MAGIC:
        return make(box, {"type": "card", "card": {"number": MAGIC[identifier]}})
    return box.get(identifier, "payment_method", account, "payment_method")


def make(box: Box, given: Json) -> Json:
    """A new payment method from `payment_method_data` or a page's form."""
    kind = given["type"]
    if kind == "card":
        detail, behaviour = _card(given.get("card") or {}, box.now())
    elif kind == "sepa_debit":
        detail, behaviour = _debit(given.get("sepa_debit") or {})
    else:
        raise Unsupported(f"payment method type {kind}")
    billing = given.get("billing_details")
    blank = of_kind("payment_method", type=kind)
    named = {k: blank[k] for k in blank if k in _KEPT}
    named |= {
        kind: detail,
        "id": box.store.identifier("pm"),
        "created": box.now(),
        "metadata": dict(given.get("metadata") or {}),
        "allow_redisplay": given.get("allow_redisplay", "unspecified"),
        "billing_details": part("payment_method", "BillingDetails", **(billing or {})),
        "_account": box.PLATFORM,
        "_behaviour": str(behaviour),
        "_set_up": False,
    }
    return box.store.put(named)


def _card(given: dict[str, Any], now: int) -> tuple[Json, Behaviour]:
    number = str(given.get("number") or MAGIC.get(str(given.get("token")), ""))
    number = "".join(number.split()).replace("-", "")
    if number not in CARDS:
        raise Declined("Your card number is incorrect.", "incorrect_number", param="number")
    checks = part(
        "payment_method",
        "Card",
        "Checks",
        cvc_check="pass" if CARDS[number] is not Behaviour.INCORRECT_CVC else "fail",
    )
    card = part(
        "payment_method",
        "Card",
        brand=brand_of(number),
        checks=checks,
        country=COUNTRIES.get(number, "FR"),
        display_brand=brand_of(number),
        exp_month=int(given.get("exp_month") or 12),
        exp_year=int(given.get("exp_year") or datetime.fromtimestamp(now, UTC).year + CARD_YEARS),
        fingerprint=_fingerprint(number),
        funding="credit",
        last4=number[-4:],
    )
    return card, CARDS[number]


def _debit(given: dict[str, Any]) -> tuple[Json, Behaviour]:
    iban = "".join(str(given.get("iban") or "").split()).upper()
    if iban not in IBANS:
        raise Refused(
            "The IBAN you provided is invalid.", code="invalid_bank_account_iban", param="iban"
        )
    debit = part(
        "payment_method",
        "SepaDebit",
        bank_code=iban[4:9],
        branch_code="",
        country=iban[:2],
        fingerprint=_fingerprint(iban),
        last4=iban[-4:],
    )
    return debit, IBANS[iban]


def _fingerprint(number: str) -> str:
    return hashlib.sha256(number.encode()).hexdigest()[:16]


@operation("POST", "/v1/payment_methods")
def create(box: Box, call: Call) -> Json:
    """Create a payment method from a test card or a test IBAN."""
    if call.text("type") is None:
        raise Refused("Missing required param: type.", code="parameter_missing", param="type")
    return make(box, call.params)


@operation("GET", "/v1/payment_methods/{payment_method}")
def retrieve(box: Box, call: Call) -> Json:
    """Get a payment method."""
    return box.get(call.ids["payment_method"], "payment_method", call.account)


@operation("POST", "/v1/payment_methods/{payment_method}", "payment_method.updated")
def update(box: Box, call: Call) -> Json:
    """Change a payment method's billing details or metadata."""
    method = box.get(call.ids["payment_method"], "payment_method", call.account)
    changes: Json = {}
    if "metadata" in call.params:
        changes["metadata"] = merged(method["metadata"], call.params["metadata"])
    if isinstance(call.params.get("billing_details"), dict):
        changes["billing_details"] = method["billing_details"] | call.params["billing_details"]
    box.edit(method, **changes)
    box.emit("payment_method.updated", method)
    return method


@operation("POST", "/v1/payment_methods/{payment_method}/attach", "payment_method.attached")
def attach(box: Box, call: Call) -> Json:
    """Keep a payment method for a customer; a card the bank refuses is not kept."""
    method = resolve(box, call.ids["payment_method"], call.account)
    customer = box.get(str(call.text("customer")), "customer", call.account, "customer")
    behaviour = Behaviour(method["_behaviour"])
    if behaviour in DECLINES and behaviour is not Behaviour.CHARGE_FAILS:
        code, decline_code = DECLINES[behaviour]
        raise Declined("Your card was declined.", code, decline_code=decline_code)
    if method.get("_detached") or method["customer"] not in (None, customer["id"]):
        raise Refused(
            "The payment method you provided has already been attached to a customer.",
            code="payment_method_unexpected_state",
        )
    box.edit(method, customer=customer["id"])
    box.emit("payment_method.attached", method)
    return method


@operation("POST", "/v1/payment_methods/{payment_method}/detach", "payment_method.detached")
def detach(box: Box, call: Call) -> Json:
    """Forget a customer's payment method; it can never be used again."""
    method = box.get(call.ids["payment_method"], "payment_method", call.account)
    if method["customer"] is None:
        raise Refused(
            "The payment method you provided is not attached to a customer so detachment is"
            " impossible.",
            code="payment_method_unexpected_state",
        )
    former = method["customer"]
    box.edit(method, customer=None, _detached=True)
    box.emit("payment_method.detached", method, {"customer": former})
    return method


@operation("GET", "/v1/payment_methods")
def index(box: Box, call: Call) -> Json:
    """List a customer's payment methods, also by type."""
    return _of_customer(box, call, call.text("customer"))


@operation("GET", "/v1/customers/{customer}/payment_methods")
def of_customer(box: Box, call: Call) -> Json:
    """List the payment methods of the customer in the address."""
    customer = box.get(call.ids["customer"], "customer", call.account)
    return _of_customer(box, call, customer["id"])


def _of_customer(box: Box, call: Call, customer: str | None) -> Json:
    rows = box.store.where("payment_method", "customer", customer) if customer else []
    kind = call.text("type")
    return paged(call, [r for r in rows if kind in (None, r["type"])])
