"""Refunds: whole, in part, pending, failing, and those that are refused."""

from __future__ import annotations

import pytest
from stripe import InvalidRequestError

from tests.payments.sandbox.conftest import LocalStripe


def test_a_refund_takes_its_amount_back_and_keeps_the_fee(stripe_local: LocalStripe) -> None:
    before = sum(stripe_local.balance())
    charge = stripe_local.pay(10_000).latest_charge.id
    refund = stripe_local.client.v1.refunds.create({"charge": charge, "amount": 3_000})
    assert refund.status == "succeeded"
    assert sum(stripe_local.balance()) == before + 10_000 - 175 - 3_000
    after = stripe_local.client.v1.charges.retrieve(charge)
    assert (after.amount_refunded, after.refunded) == (3_000, False)
    rest = stripe_local.client.v1.refunds.create({"charge": charge})
    assert rest.amount == 7_000
    assert stripe_local.client.v1.charges.retrieve(charge).refunded
    assert stripe_local.event_types(refund.id) == ["v1.refund.created"]
    assert stripe_local.event_types(charge).count("v1.charge.refunded") == 2


def test_a_refund_can_name_the_intent_and_is_found_by_it(stripe_local: LocalStripe) -> None:
    intent = stripe_local.pay(4_000).id
    refunds = stripe_local.client.v1.refunds
    made = refunds.create({"payment_intent": intent, "metadata": {"op": "r1"}})
    found = refunds.list({"payment_intent": intent})
    assert [(r.id, r.amount) for r in found.data] == [(made.id, 4_000)]


@pytest.mark.parametrize("amount", [10_001, 0, -5])
def test_a_refund_never_exceeds_what_was_paid(stripe_local: LocalStripe, amount: int) -> None:
    charge = stripe_local.pay(10_000).latest_charge.id
    with pytest.raises(InvalidRequestError):
        stripe_local.client.v1.refunds.create({"charge": charge, "amount": amount})
    assert stripe_local.client.v1.charges.retrieve(charge).amount_refunded == 0


def test_a_refunded_charge_cannot_be_refunded_again(stripe_local: LocalStripe) -> None:
    charge = stripe_local.pay(10_000).latest_charge.id
    stripe_local.client.v1.refunds.create({"charge": charge})
    with pytest.raises(InvalidRequestError) as refused:
        stripe_local.client.v1.refunds.create({"charge": charge})
    assert refused.value.code == "charge_already_refunded"


def test_a_disputed_charge_cannot_be_refunded(stripe_local: LocalStripe) -> None:
    charge = stripe_local.pay(10_000).latest_charge.id
    stripe_local.control("disputes", charge=charge)
    with pytest.raises(InvalidRequestError) as refused:
        stripe_local.client.v1.refunds.create({"charge": charge})
    assert refused.value.code == "charge_disputed"


def test_some_refunds_take_a_day(stripe_local: LocalStripe) -> None:
    charge = stripe_local.pay(10_000, "pm_card_pendingRefund").latest_charge.id
    refunds = stripe_local.client.v1.refunds
    refund = refunds.create({"charge": charge})
    assert (refund.status, refund.pending_reason) == ("pending", "processing")
    assert refund.balance_transaction is None
    stripe_local.advance(days=1)
    done = refunds.retrieve(refund.id)
    assert done.status == "succeeded"
    assert done.balance_transaction is not None
    assert stripe_local.event_types(refund.id) == ["v1.refund.created", "v1.refund.updated"]


def test_a_refund_may_fail_later_and_its_money_returns(stripe_local: LocalStripe) -> None:
    charge = stripe_local.pay(10_000, "pm_card_refundFail").latest_charge.id
    before = sum(stripe_local.balance())
    refunds = stripe_local.client.v1.refunds
    refund = refunds.create({"charge": charge})
    assert refund.status == "succeeded"
    assert sum(stripe_local.balance()) == before - 10_000
    stripe_local.advance(seconds=61)
    failed = refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
    assert (failed.status, failed.failure_reason) == ("failed", "unknown")
    assert sum(stripe_local.balance()) == before
    assert stripe_local.client.v1.charges.retrieve(charge).amount_refunded == 0
    assert stripe_local.event_types(refund.id)[-1] == "v1.refund.failed"


def test_a_refund_that_the_balance_cannot_pay_waits_for_funds(
    stripe_local: LocalStripe,
) -> None:
    charge = stripe_local.pay(10_000).latest_charge.id
    stripe_local.advance(days=3)  # its own funds are no longer pending
    available, _ = stripe_local.balance()
    payouts = stripe_local.client.v1.payouts
    payouts.create({"amount": available, "currency": "eur"})
    refunds = stripe_local.client.v1.refunds
    refund = refunds.create({"charge": charge})
    assert (refund.status, refund.pending_reason) == ("pending", "insufficient_funds")
    stripe_local.client.v1.topups.create({"amount": 10_000, "currency": "eur"})
    stripe_local.advance(days=0.3)
    assert refunds.retrieve(refund.id).status == "succeeded"
