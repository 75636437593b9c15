"""Disputes: opened by a card or by hand, answered, won, lost, left unanswered."""

from __future__ import annotations

import pytest
from stripe import InvalidRequestError

from tests.payments.sandbox.conftest import LocalStripe


def disputed(stripe: LocalStripe, amount: int = 10_000) -> str:
    charge = stripe.pay(amount).latest_charge.id
    return str(stripe.control("disputes", charge=charge)["id"])


def test_the_disputed_card_costs_its_amount_and_a_fee_at_once(stripe_local: LocalStripe) -> None:
    before = sum(stripe_local.balance())
    paid = stripe_local.pay(106_000, "pm_card_createDispute")
    found = stripe_local.client.v1.disputes.list({"charge": paid.latest_charge.id}).data[0]
    assert (found.amount, found.status, found.reason) == (106_000, "needs_response", "fraudulent")
    assert [t.net for t in found.balance_transactions] == [-108_000]
    assert sum(stripe_local.balance()) == before + 104_385 - 108_000
    assert stripe_local.client.v1.charges.retrieve(paid.latest_charge.id).disputed
    assert stripe_local.event_types(found.id) == [
        "v1.charge.dispute.created",
        "v1.charge.dispute.funds_withdrawn",
    ]


@pytest.mark.parametrize(
    ("evidence", "status"), [("winning_evidence", "won"), ("losing_evidence", "lost")]
)
def test_evidence_decides_a_dispute(stripe_local: LocalStripe, evidence: str, status: str) -> None:
    identifier = disputed(stripe_local)
    before = sum(stripe_local.balance())
    disputes = stripe_local.client.v1.disputes
    closed = disputes.update(
        identifier, {"evidence": {"uncategorized_text": evidence}, "submit": True}
    )
    assert closed.status == status
    gained = 10_000 if status == "won" else 0
    assert sum(stripe_local.balance()) == before + gained
    assert sum(t.net for t in closed.balance_transactions) == gained - 12_000
    types = stripe_local.event_types(identifier)
    assert "v1.charge.dispute.closed" in types
    assert ("v1.charge.dispute.funds_reinstated" in types) == (status == "won")
    with pytest.raises(InvalidRequestError):
        disputes.update(identifier, {"evidence": {"uncategorized_text": "late"}})


def test_other_evidence_is_under_review_until_the_bank_decides(stripe_local: LocalStripe) -> None:
    identifier = disputed(stripe_local)
    disputes = stripe_local.client.v1.disputes
    draft = disputes.update(identifier, {"evidence": {"customer_name": "Camille"}, "submit": False})
    assert (draft.status, draft.evidence_details.has_evidence) == ("needs_response", True)
    sent = disputes.update(identifier, {"submit": True})
    assert (sent.status, sent.evidence_details.submission_count) == ("under_review", 1)
    stripe_local.control(f"disputes/{identifier}", result="won")
    assert disputes.retrieve(identifier).status == "won"


def test_an_unanswered_dispute_is_lost_after_nine_days(stripe_local: LocalStripe) -> None:
    identifier = disputed(stripe_local)
    disputes = stripe_local.client.v1.disputes
    stripe_local.advance(days=8.9)
    assert disputes.retrieve(identifier).status == "needs_response"
    stripe_local.advance(days=0.2)
    late = disputes.retrieve(identifier)
    assert (late.status, late.evidence_details.past_due) == ("lost", True)


def test_a_dispute_can_be_conceded(stripe_local: LocalStripe) -> None:
    assert stripe_local.client.v1.disputes.close(disputed(stripe_local)).status == "lost"


def test_only_what_was_not_refunded_is_disputed(stripe_local: LocalStripe) -> None:
    charge = stripe_local.pay(10_000).latest_charge.id
    stripe_local.client.v1.refunds.create({"charge": charge, "amount": 4_000})
    assert stripe_local.control("disputes", charge=charge)["amount"] == 6_000
