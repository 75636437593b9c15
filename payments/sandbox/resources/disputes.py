"""Disputes as the API shows them: look, answer, concede.

Never opens one: the test card that disputes does, or `/_sandbox/disputes`.
"""

from __future__ import annotations

from payments.sandbox.box import Box
from payments.sandbox.disputing import OPEN, close_dispute
from payments.sandbox.errors import Refused
from payments.sandbox.operations import Call, merged, operation, page
from payments.sandbox.skeleton import Json

# The two words a test puts into `evidence.uncategorized_text`. To confirm on Stripe.
_VERDICTS = {"winning_evidence": True, "losing_evidence": False}


@operation("GET", "/v1/disputes/{dispute}")
def retrieve(box: Box, call: Call) -> Json:
    """Get a dispute."""
    return box.get(call.ids["dispute"], "dispute", call.account)


@operation("GET", "/v1/disputes")
def index(box: Box, call: Call) -> Json:
    """List disputes, also by charge or payment intent."""
    return page(box, call, "dispute", "charge", "payment_intent")


@operation("POST", "/v1/disputes/{dispute}", "charge.dispute.updated", "charge.dispute.closed")
def update(box: Box, call: Call) -> Json:
    """Answer a dispute; `winning_evidence` and `losing_evidence` decide it at once."""
    dispute = box.get(call.ids["dispute"], "dispute", call.account)
    if dispute["status"] not in OPEN:
        raise Refused("This dispute is already closed.", code="dispute_already_closed")
    evidence = call.params.get("evidence")
    changes: Json = {}
    if "metadata" in call.params:
        changes["metadata"] = merged(dispute["metadata"], call.params["metadata"])
    if isinstance(evidence, dict):
        changes["evidence"] = dispute["evidence"] | evidence
        changes["evidence_details"] = dispute["evidence_details"] | {"has_evidence": True}
    box.edit(dispute, **changes)
    if call.flag("submit") or ("submit" not in call.params and isinstance(evidence, dict)):
        return _submit(box, dispute)
    box.emit("charge.dispute.updated", dispute)
    return dispute


def _submit(box: Box, dispute: Json) -> Json:
    details = dispute["evidence_details"]
    sent = {"submission_count": details["submission_count"] + 1, "submission_method": "manual"}
    box.edit(dispute, status="under_review", evidence_details=details | sent)
    box.emit("charge.dispute.updated", dispute)
    verdict = _VERDICTS.get(dispute["evidence"].get("uncategorized_text") or "")
    return dispute if verdict is None else close_dispute(box, dispute, won=verdict)


@operation("POST", "/v1/disputes/{dispute}/close", "charge.dispute.closed")
def close(box: Box, call: Call) -> Json:
    """Concede a dispute: it is lost."""
    dispute = box.get(call.ids["dispute"], "dispute", call.account)
    return close_dispute(box, dispute, won=False)
