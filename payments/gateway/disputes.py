"""Owns the calls to Stripe about disputes, one function per call; never decides one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from payments.errors import StripeRefused
from payments.gateway.client import call, client
from payments.gateway.objects import id_of, money
from payments.gateway.views import DisputeView


async def dispute(dispute_id: str) -> DisputeView:
    """A dispute as it is now, with what it moved on our balance."""
    found = await call("disputes.retrieve", lambda: client().v1.disputes.retrieve_async(dispute_id))
    lines = found.balance_transactions
    currencies = {line.currency for line in lines} or {found.currency}
    if currencies != {found.currency}:
        raise StripeRefused(
            "a dispute settled in another currency than its charge", code="currency"
        )
    due = found.evidence_details.due_by
    out = [line for line in lines if line.amount < 0]
    back = [line for line in lines if line.amount > 0]
    return DisputeView(
        id=found.id,
        charge=str(id_of(found.charge)),
        status=found.status,
        amount=money(found.amount, found.currency),
        reason=found.reason,
        due_by=datetime.fromtimestamp(due, UTC) if due else None,
        withdrawn=money(-sum(line.amount for line in out), found.currency),
        withdrawn_fee=money(sum(line.fee for line in out), found.currency),
        returned=money(sum(line.amount for line in back), found.currency),
        returned_fee=money(-sum(line.fee for line in back), found.currency),
    )


async def answer(dispute_id: str, evidence: Mapping[str, str], *, key: str) -> None:
    """Submits the evidence to the bank: once, for good.

    `evidence` names Stripe's fields (https://docs.stripe.com/api/disputes/evidence_object), each of
    at most 20,000 characters. StripeRefused when the dispute is closed.
    """
    params: Any = {"evidence": dict(evidence), "submit": True}
    await call(
        "disputes.update",
        lambda: client().v1.disputes.update_async(dispute_id, params, {"idempotency_key": key}),
    )


async def concede(dispute_id: str, *, key: str) -> None:
    """Accepts the loss of a dispute: once, for good. StripeRefused when it is closed."""
    await call(
        "disputes.close",
        lambda: client().v1.disputes.close_async(dispute_id, options={"idempotency_key": key}),
    )
