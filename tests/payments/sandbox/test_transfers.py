"""Transfers out of one charge or the balance, their limits, and reversals."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stripe import InvalidRequestError

from tests.payments.sandbox.conftest import LocalStripe


def transfer(stripe: LocalStripe, amount: int, account: str, **more: Any) -> Any:
    params: Any = {"amount": amount, "currency": "eur", "destination": account, **more}
    return stripe.client.v1.transfers.create(params)


def test_a_transfer_out_of_a_charge_arrives_with_its_funds(stripe_local: LocalStripe) -> None:
    account = stripe_local.account()
    paid = stripe_local.pay(106_000, transfer_group="contract:7")
    sent = transfer(stripe_local, 88_000, account, source_transaction=paid.latest_charge.id)
    assert sent.transfer_group == "contract:7"
    assert stripe_local.balance(account) == (0, 88_000)
    stripe_local.advance(days=2)
    assert stripe_local.balance(account) == (88_000, 0)
    found = stripe_local.client.v1.transfers.list({"transfer_group": "contract:7"})
    assert sent.id in [t.id for t in found.data]
    assert stripe_local.event_types(sent.id) == ["v1.transfer.created"]


def test_without_a_source_only_available_funds_can_be_sent(stripe_local: LocalStripe) -> None:
    account = stripe_local.account()
    available, _ = stripe_local.balance()
    stripe_local.pay(50_000)
    with pytest.raises(InvalidRequestError) as refused:
        transfer(stripe_local, available + 40_000, account)
    assert refused.value.code == "balance_insufficient"
    stripe_local.pay(50_000, "pm_card_bypassPending")
    assert transfer(stripe_local, 40_000, account).amount == 40_000


def test_transfers_never_exceed_their_charge(stripe_local: LocalStripe) -> None:
    account = stripe_local.account()
    charge = stripe_local.pay(10_000).latest_charge.id
    transfer(stripe_local, 6_000, account, source_transaction=charge)
    stripe_local.client.v1.refunds.create({"charge": charge, "amount": 1_000})
    with pytest.raises(InvalidRequestError):
        transfer(stripe_local, 3_001, account, source_transaction=charge)
    assert transfer(stripe_local, 3_000, account, source_transaction=charge).amount == 3_000


def test_a_transfer_has_the_currency_of_its_charge(stripe_local: LocalStripe) -> None:
    charge = stripe_local.pay(10_000, currency="gbp").latest_charge.id
    with pytest.raises(InvalidRequestError):
        transfer(stripe_local, 1_000, stripe_local.account(), source_transaction=charge)


def test_an_account_that_is_not_ready_receives_nothing(stripe_local: LocalStripe) -> None:
    charge = stripe_local.pay(10_000).latest_charge.id
    waiting = stripe_local.account(active=False)
    with pytest.raises(InvalidRequestError) as refused:
        transfer(stripe_local, 1_000, waiting, source_transaction=charge)
    assert refused.value.code == "insufficient_capabilities_for_transfer"
    with pytest.raises(InvalidRequestError) as refused:
        transfer(stripe_local, 1_000, "acct_nobody", source_transaction=charge)
    assert refused.value.code == "resource_missing"


@pytest.mark.parametrize("country", ["GB", "CH", "US", "CA", "NO", "RO"])
def test_money_crosses_the_borders_of_the_payable_regions(
    stripe_local: LocalStripe, country: str
) -> None:
    charge = stripe_local.pay(10_000).latest_charge.id
    account = stripe_local.account(country)
    assert transfer(stripe_local, 1_000, account, source_transaction=charge).amount == 1_000


@pytest.mark.parametrize("country", ["MG", "MA", "PH", "TN"])
def test_money_does_not_leave_the_payable_regions(stripe_local: LocalStripe, country: str) -> None:
    charge = stripe_local.pay(10_000).latest_charge.id
    account = stripe_local.account(country)
    with pytest.raises(InvalidRequestError) as refused:
        transfer(stripe_local, 1_000, account, source_transaction=charge)
    assert refused.value.code == "transfers_not_allowed"
    assert country in str(refused.value.user_message)


def test_a_part_captured_bears_only_that_part(stripe_local: LocalStripe) -> None:
    held = stripe_local.pay(10_000, capture_method="manual")
    stripe_local.client.v1.payment_intents.capture(held.id, {"amount_to_capture": 6_000})
    account, charge = stripe_local.account(), held.latest_charge.id
    stripe_local.client.v1.refunds.create({"charge": charge, "amount": 3_000})
    with pytest.raises(InvalidRequestError):
        transfer(stripe_local, 3_001, account, source_transaction=charge)
    transfer(stripe_local, 3_000, account, source_transaction=charge)
    assert stripe_local.control("disputes", charge=charge)["amount"] == 3_000


def test_the_recipient_agreement_delays_by_a_day(stripe_local: LocalStripe) -> None:
    account = stripe_local.account()
    stripe_local.control(f"onboard/{account}", recipient_agreement=True)
    charge = stripe_local.pay(10_000, "pm_card_bypassPending").latest_charge.id
    transfer(stripe_local, 1_000, account, source_transaction=charge)
    assert stripe_local.balance(account) == (0, 1_000)
    stripe_local.advance(days=1)
    assert stripe_local.balance(account) == (1_000, 0)


def test_a_transfer_can_be_described_later(stripe_local: LocalStripe) -> None:
    charge = stripe_local.pay(10_000).latest_charge.id
    sent = transfer(stripe_local, 1_000, stripe_local.account(), source_transaction=charge)
    transfers = stripe_local.client.v1.transfers
    changed = transfers.update(sent.id, {"description": "Week 7", "metadata": {"op": "a"}})
    assert (changed.description, changed.metadata["op"]) == ("Week 7", "a")
    assert stripe_local.event_types(sent.id)[-1] == "v1.transfer.updated"


def test_a_reversal_gives_back_to_the_platform_and_to_the_charge(
    stripe_local: LocalStripe,
) -> None:
    account = stripe_local.account()
    charge = stripe_local.pay(10_000, "pm_card_bypassPending").latest_charge.id
    sent = transfer(stripe_local, 9_000, account, source_transaction=charge)
    before = sum(stripe_local.balance())
    transfers = stripe_local.client.v1.transfers
    back = transfers.reversals.create(sent.id, {"amount": 4_000, "metadata": {"op": "c"}})
    assert sum(stripe_local.balance()) == before + 4_000
    assert sum(stripe_local.balance(account)) == 5_000
    after = transfers.retrieve(sent.id)
    assert (after.amount_reversed, after.reversed) == (4_000, False)
    assert [r.id for r in after.reversals.data] == [back.id]
    assert [r.id for r in transfers.reversals.list(sent.id).data] == [back.id]
    assert transfers.reversals.retrieve(sent.id, back.id).amount == 4_000
    assert stripe_local.event_types(sent.id)[-1] == "v1.transfer.reversed"
    rest = transfers.reversals.create(sent.id)
    assert rest.amount == 5_000
    with pytest.raises(InvalidRequestError):
        transfers.reversals.create(sent.id)
    assert transfer(stripe_local, 9_000, account, source_transaction=charge).amount == 9_000


def test_a_reversal_needs_the_money_to_be_there_still(stripe_local: LocalStripe) -> None:
    account = stripe_local.account()
    charge = stripe_local.pay(10_000, "pm_card_bypassPending").latest_charge.id
    sent = transfer(stripe_local, 9_000, account, source_transaction=charge)
    stripe_local.advance(days=1.1)  # the account was paid out
    assert stripe_local.balance(account) == (0, 0)
    with pytest.raises(InvalidRequestError) as refused:
        stripe_local.client.v1.transfers.reversals.create(sent.id)
    assert refused.value.code == "balance_insufficient"


@settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.tuples(st.sampled_from("trb"), st.integers(1, 9_000)), max_size=8))
def test_whatever_is_tried_a_charge_bears_its_amount_and_balances_add_up(
    stripe_local: LocalStripe, attempts: list[tuple[str, int]]
) -> None:
    account = stripe_local.account()
    before = sum(stripe_local.balance())
    charge = stripe_local.pay(10_000, "pm_card_bypassPending").latest_charge.id
    client, sent, back, refunded = stripe_local.client.v1, 0, 0, 0
    made: list[str] = []
    for kind, amount in attempts:
        try:
            if kind == "t":
                done = transfer(stripe_local, amount, account, source_transaction=charge)
                made.append(done.id)
                sent += amount
            elif kind == "r":
                client.refunds.create({"charge": charge, "amount": amount})
                refunded += amount
            elif made:
                client.transfers.reversals.create(made[-1], {"amount": amount})
                back += amount
        except InvalidRequestError:
            continue
    # A refund is the platform's to cover: only a later transfer is limited by it.
    assert sent - back <= 10_000
    assert refunded <= 10_000
    assert sum(stripe_local.balance(account)) == sent - back
    assert sum(stripe_local.balance()) == before + 10_000 - 175 - sent + back - refunded
