"""Disputes: the bank takes the money at once and gives it back only when the dispute is won.

Never touches a transfer: what a disputed charge paid for stays where it went.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from payments.sandbox import money, rates
from payments.sandbox.clock import DAY
from payments.sandbox.errors import Refused
from payments.sandbox.events import public
from payments.sandbox.skeleton import Json, part
from payments.sandbox.timers import timer

if TYPE_CHECKING:
    from payments.sandbox.box import Box

ANSWER_SECONDS = 9 * DAY
OPEN = frozenset({"needs_response", "under_review"})


def open_dispute(
    box: Box, charge: Json, reason: str | None = None, amount: int | None = None
) -> Json:
    """The payer's bank contests a charge: amount and fee leave the platform's balance.

    All that was not refunded, or less of it (`amount`).
    """
    if charge["disputed"]:
        raise Refused(f"Charge {charge['id']} is already disputed.", code="charge_disputed")
    if charge["status"] != "succeeded" or not charge["captured"]:
        raise Refused(f"Charge {charge['id']} has not been paid.", param="charge")
    if charge["_refunded"] >= charge["amount_captured"]:
        raise Refused(f"Charge {charge['id']} has been refunded.", param="charge")
    most = charge["amount_captured"] - charge["_refunded"]
    if amount is not None and not 0 < amount <= most:
        raise Refused(f"At most {most} of charge {charge['id']} can be contested.", param="amount")
    kind = charge["payment_method_details"]["type"]
    due = part(
        "dispute", "EvidenceDetails", due_by=box.now() + ANSWER_SECONDS, enhanced_eligibility={}
    )
    dispute = box.new(
        "dispute",
        amount=most if amount is None else amount,
        charge=charge["id"],
        currency=charge["currency"],
        payment_intent=charge["payment_intent"],
        reason=reason or ("fraudulent" if kind == "card" else "debit_not_authorized"),
        status="needs_response",
        evidence_details=due | {"submission_method": "not_submitted"},
        payment_method_details=_card_of(charge) if kind == "card" else None,
    )
    income = money.line_of(box, charge)
    worth = rates.into(box, dispute["amount"], dispute["currency"], income["currency"])
    transaction = money.post(
        box,
        box.PLATFORM,
        "adjustment",
        -worth.amount,
        worth.currency,
        dispute["id"],
        category="dispute",
        worth=worth,
        fee=box.settings.dispute_fee_minor,
    )
    box.edit(dispute, balance_transactions=[public(transaction)])
    box.edit(charge, disputed=True)
    box.emit("charge.dispute.created", dispute)
    box.emit("charge.dispute.funds_withdrawn", dispute)
    box.later(ANSWER_SECONDS, "dispute.unanswered", dispute["id"])
    return dispute


def _card_of(charge: Json) -> Json:
    brand = charge["payment_method_details"]["card"]["brand"]
    card = part("dispute", "PaymentMethodDetails", "Card", brand=brand)
    return {"type": "card", "card": card | {"case_type": "chargeback"}}


@timer("dispute.unanswered")
def _unanswered(box: Box, identifier: str) -> None:
    dispute = box.store.objects[identifier]
    if dispute["status"] == "needs_response":
        late = dispute["evidence_details"] | {"past_due": True}
        box.edit(dispute, evidence_details=late)
        close_dispute(box, dispute, won=False)


def close_dispute(box: Box, dispute: Json, *, won: bool) -> Json:
    """The bank decides; a won dispute brings the amount back, never the fee."""
    if dispute["status"] not in OPEN:
        raise Refused("This dispute is already closed.", code="dispute_already_closed")
    box.edit(dispute, status="won" if won else "lost")
    if won:
        taken = dispute["balance_transactions"][0]
        transaction = money.post(
            box,
            box.PLATFORM,
            "adjustment",
            -taken["amount"],
            taken["currency"],
            dispute["id"],
            category="dispute_reversal",
        )
        both = [*dispute["balance_transactions"], public(transaction)]
        box.edit(dispute, balance_transactions=both)
    box.emit("charge.dispute.closed", dispute)
    if won:
        box.emit("charge.dispute.funds_reinstated", dispute)
    return dispute
