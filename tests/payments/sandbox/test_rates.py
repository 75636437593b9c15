"""Payments in a currency the platform does not settle in, and balances below zero."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from stripe import InvalidRequestError

from tests.payments.sandbox.conftest import LocalStripe

Start = Callable[..., LocalStripe]


def line(stripe: LocalStripe, identifier: Any) -> Any:
    return stripe.client.v1.balance_transactions.retrieve(str(identifier))


def test_a_payment_without_a_balance_of_its_currency_is_converted(start_stripe: Start) -> None:
    stripe = start_stripe("--settles", "eur", "--card-delay", "0")
    stripe.control("rates", chf=0.8)
    charge = stripe.pay(10_000, currency="chf").latest_charge
    income = charge.balance_transaction
    assert (charge.amount, charge.currency) == (10_000, "chf")
    assert (income.amount, income.currency, income.exchange_rate) == (12_500, "eur", 1.25)
    assert [fee.amount for fee in income.fee_details] == [213, 250]  # 1.5 % + 25, and 2 %
    assert income.net == 12_500 - 463
    assert stripe.balance() == (12_037, 0)

    # A transfer out of it is in the currency it settled in, and bears what it became.
    account = stripe.account("CH")
    francs: Any = {"amount": 10_000, "currency": "chf", "source_transaction": charge.id}
    euros: Any = francs | {"currency": "eur", "destination": account}
    with pytest.raises(InvalidRequestError) as refused:
        stripe.client.v1.transfers.create(francs | {"destination": account})
    assert refused.value.code == "transfer_source_balance_parameters_mismatch"
    sent = stripe.client.v1.transfers.create(euros)
    stripe.client.v1.transfers.reversals.create(sent.id)

    # A refund costs what the currency costs that day; a refund that comes back brings that much.
    stripe.client.v1.topups.create({"amount": 5_000, "currency": "eur"})
    stripe.control("rates", chf=0.7813)
    refund = stripe.client.v1.refunds.create({"charge": charge.id, "amount": 5_000})
    taken = line(stripe, refund.balance_transaction)
    assert (refund.currency, taken.currency) == ("chf", "eur")
    assert (taken.amount, taken.fee, taken.exchange_rate) == (-6_400, 0, 1.279918)
    stripe.control("rates", chf=0.9)
    stripe.control(f"refunds/{refund.id}")
    failed = stripe.client.v1.refunds.retrieve(refund.id)
    assert line(stripe, failed.failure_balance_transaction).amount == 6_400

    # A dispute takes at its day's rate too, and a won one returns the same.
    dispute = stripe.control("disputes", charge=charge.id)
    assert (dispute["amount"], dispute["currency"]) == (10_000, "chf")
    assert dispute["balance_transactions"][0]["amount"] == -11_111
    stripe.control(f"disputes/{dispute['id']}", result="won")
    found = stripe.client.v1.disputes.retrieve(dispute["id"])
    assert [moved.amount for moved in found.balance_transactions] == [-11_111, 11_111]
    lines = stripe.client.v1.balance_transactions.list({"limit": 100}).data
    assert {moved.currency for moved in lines} == {"eur"}
    assert stripe.balance() == (sum(moved.net for moved in lines), 0)


def test_a_currency_with_a_balance_is_kept_as_it_is(stripe_local: LocalStripe) -> None:
    income = stripe_local.pay(10_000, currency="gbp").latest_charge.balance_transaction
    assert (income.amount, income.currency, income.exchange_rate) == (10_000, "gbp", None)


@pytest.mark.parametrize("wrong", [{"usd": 0}, {"usd": -1}, {"xyz": 2}, {"eur": 2}])
def test_a_rate_that_cannot_be_is_refused(stripe_local: LocalStripe, wrong: Any) -> None:
    assert stripe_local.web.post("/_sandbox/rates", json=wrong).status_code == 400


def test_a_dispute_may_leave_the_balance_below_zero_until_money_comes(start_stripe: Start) -> None:
    stripe = start_stripe("--card-delay", "0")
    charge = stripe.pay(10_000).latest_charge.id
    stripe.client.v1.payouts.create({"amount": stripe.balance()[0], "currency": "eur"})
    stripe.control("disputes", charge=charge)
    assert stripe.balance() == (-12_000, 0)
    account = stripe.account()
    with pytest.raises(InvalidRequestError) as refused:
        stripe.client.v1.transfers.create({"amount": 1, "currency": "eur", "destination": account})
    assert refused.value.code == "balance_insufficient"
    with pytest.raises(InvalidRequestError):
        stripe.client.v1.payouts.create({"amount": 1, "currency": "eur"})
    other = stripe.pay(5_000).latest_charge.id  # 4,900 net
    refund = stripe.client.v1.refunds.create({"charge": other, "amount": 1_000})
    assert (refund.status, refund.pending_reason) == ("pending", "insufficient_funds")
    # What one charge brought can still go to whom it was for.
    out = {"amount": 2_000, "currency": "eur", "destination": account}
    stripe.client.v1.transfers.create({**out, "source_transaction": other})  # type: ignore[typeddict-item]
    assert stripe.balance() == (-12_000 + 4_900 - 2_000, 0)
    stripe.client.v1.topups.create({"amount": 20_000, "currency": "eur"})
    stripe.advance(days=1)
    assert stripe.client.v1.refunds.retrieve(refund.id).status == "succeeded"
    assert stripe.balance() == (9_900, 0)
