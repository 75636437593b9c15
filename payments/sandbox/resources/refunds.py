"""Refunds: money back to the payer, from the platform's balance.

Never gives Stripe's fee back and never reverses a transfer: the platform does that first.
"""

from __future__ import annotations

from payments.sandbox import money, rates
from payments.sandbox.box import Box
from payments.sandbox.clock import DAY, HOUR, MINUTE
from payments.sandbox.errors import Refused
from payments.sandbox.operations import Call, merged, operation, page
from payments.sandbox.skeleton import Json, part
from payments.sandbox.testcards import Behaviour
from payments.sandbox.timers import timer

FAILS_AFTER_SECONDS = MINUTE
PENDING_SECONDS = DAY
RETRY_SECONDS = 6 * HOUR
_MAY_FAIL = ("pending", "succeeded")


def _charge_of(box: Box, call: Call) -> Json:
    if (charge := call.text("charge")) is not None:
        return box.get(charge, "charge", call.account, "charge")
    if (named := call.text("payment_intent")) is None:
        raise Refused("One of charge or payment_intent is required.", code="parameter_missing")
    intent = box.get(named, "payment_intent", call.account, "payment_intent")
    if intent["latest_charge"] is None:
        raise Refused(f"This PaymentIntent ({intent['id']}) does not have a successful charge.")
    return box.get(intent["latest_charge"], "charge", call.account, "payment_intent")


def _refundable(charge: Json, call: Call) -> int:
    """The amount asked for in minor units, when it may be refunded."""
    if charge["status"] != "succeeded" or not charge["captured"]:
        raise Refused(f"Charge {charge['id']} has not been paid and cannot be refunded.")
    if charge["disputed"]:
        raise Refused(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.",
            code="charge_disputed",
        )
    left = charge["amount_captured"] - charge["_refunded"]
    if left == 0:
        raise Refused(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    amount = call.integer("amount", left)
    if amount <= 0:
        raise Refused("Invalid positive integer", code="parameter_invalid_integer", param="amount")
    if amount > left:
        raise Refused(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})",
            param="amount",
        )
    return amount


@operation("POST", "/v1/refunds", "refund.created", "charge.refunded")
def create(box: Box, call: Call) -> Json:
    """Refund a charge, whole or in part; pending when the balance cannot pay for it yet."""
    charge = _charge_of(box, call)
    amount = _refundable(charge, call)
    method = box.store.objects[charge["_method"]]
    kind = method["type"]
    destination = part("refund", "DestinationDetails", type=kind)
    refund = box.new(
        "refund",
        amount=amount,
        charge=charge["id"],
        currency=charge["currency"],
        payment_intent=charge["payment_intent"],
        reason=call.text("reason"),
        metadata=call.metadata(),
        status="pending",
        destination_details={k: v for k, v in destination.items() if v is not None},
        _behaviour=method["_behaviour"],
    )
    _count(box, charge, amount)
    if method["_behaviour"] == Behaviour.REFUND_PENDING:
        box.edit(refund, pending_reason="processing")
        box.later(PENDING_SECONDS, "refund.retry", refund["id"])
    elif not _pay(box, refund):
        box.edit(refund, pending_reason="insufficient_funds")
        box.later(RETRY_SECONDS, "refund.retry", refund["id"])
    box.emit("refund.created", refund)
    box.emit("charge.refunded", charge)
    return refund


def _count(box: Box, charge: Json, amount: int) -> None:
    refunded = charge["_refunded"] + amount
    box.edit(
        charge,
        _refunded=refunded,
        amount_refunded=refunded,
        refunded=refunded == charge["amount_captured"],
    )


def _pay(box: Box, refund: Json) -> bool:
    """Take the refund from the balance; False when there is not enough.

    A refund of a charge whose funds are still pending is set against them and becomes final on
    the same day. To confirm on Stripe.
    """
    charge = box.store.objects[refund["charge"]]
    income = money.line_of(box, charge)
    worth = rates.into(box, refund["amount"], refund["currency"], income["currency"])
    enough, moment = money.available(box, box.PLATFORM, worth.currency), box.now()
    if income["status"] == "pending":
        enough, moment = money.held(box, box.PLATFORM, worth.currency), income["available_on"]
    if enough < worth.amount:
        return False
    is_card = charge["payment_method_details"]["type"] == "card"
    transaction = money.post(
        box,
        box.PLATFORM,
        "refund" if is_card else "payment_refund",
        -worth.amount,
        worth.currency,
        refund["id"],
        category="refund",
        worth=worth,
        available_on=moment,
    )
    box.edit(
        refund,
        status="succeeded",
        pending_reason=None,
        balance_transaction=transaction["id"],
    )
    if refund["_behaviour"] == Behaviour.REFUND_FAILS:
        box.later(FAILS_AFTER_SECONDS, "refund.fail", refund["id"])
    return True


@timer("refund.retry")
def _retry(box: Box, identifier: str) -> None:
    refund = box.store.objects[identifier]
    if refund["status"] != "pending":
        return
    if _pay(box, refund):
        box.emit("refund.updated", refund)
    else:
        box.edit(refund, pending_reason="insufficient_funds")
        box.later(RETRY_SECONDS, "refund.retry", identifier)


@timer("refund.fail")
def _fail_later(box: Box, identifier: str) -> None:
    refund = box.store.objects[identifier]
    if refund["status"] in _MAY_FAIL:  # somebody may have made it fail by hand meanwhile
        fail(box, refund)


def fail(box: Box, refund: Json, reason: str = "unknown") -> Json:
    """The payer's bank sends the refund back; what was taken returns to the balance."""
    if refund["status"] not in _MAY_FAIL:
        raise Refused(f"This refund's status is {refund['status']}; it cannot fail.")
    changes: Json = {"status": "failed", "failure_reason": reason, "pending_reason": None}
    if refund["balance_transaction"] is not None:
        taken = box.store.objects[refund["balance_transaction"]]
        back = money.post(
            box,
            box.PLATFORM,
            "refund_failure",
            -taken["amount"],
            taken["currency"],
            refund["id"],
            category="refund_failure",
        )
        changes["failure_balance_transaction"] = back["id"]
    box.edit(refund, **changes)
    _count(box, box.store.objects[refund["charge"]], -refund["amount"])
    box.emit("refund.failed", refund)
    return refund


@operation("GET", "/v1/refunds/{refund}")
def retrieve(box: Box, call: Call) -> Json:
    """Get a refund."""
    return box.get(call.ids["refund"], "refund", call.account)


@operation("GET", "/v1/refunds")
def index(box: Box, call: Call) -> Json:
    """List refunds, also by charge or payment intent."""
    return page(box, call, "refund", "charge", "payment_intent")


@operation("POST", "/v1/refunds/{refund}", "refund.updated")
def update(box: Box, call: Call) -> Json:
    """Change a refund's metadata."""
    refund = box.get(call.ids["refund"], "refund", call.account)
    box.edit(refund, metadata=merged(refund["metadata"], call.params.get("metadata")))
    box.emit("refund.updated", refund)
    return refund
