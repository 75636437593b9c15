"""Payouts by hand and by schedule, their failure, top-ups, the balance and its transactions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe import InvalidRequestError

from payments.sandbox.resources.payouts import next_payout
from tests.payments.sandbox.conftest import LocalStripe


def fund(stripe: LocalStripe, account: str, amount: int = 5_000) -> None:
    charge = stripe.pay(amount + 1_000, "pm_card_bypassPending").latest_charge.id
    stripe.client.v1.transfers.create(
        {
            "amount": amount,
            "currency": "eur",
            "destination": account,
            "source_transaction": charge,
        }
    )


def payouts_of(stripe: LocalStripe, account: str) -> list[Any]:
    return list(stripe.client.v1.payouts.list({}, {"stripe_account": account}).data)


def test_the_platforms_payouts_are_by_hand_and_never_exceed_what_is_available(
    stripe_local: LocalStripe,
) -> None:
    stripe_local.client.v1.topups.create({"amount": 7_000, "currency": "eur"})
    available, _ = stripe_local.balance()
    payouts = stripe_local.client.v1.payouts
    with pytest.raises(InvalidRequestError) as refused:
        payouts.create({"amount": available + 1, "currency": "eur"})
    assert refused.value.code == "balance_insufficient"
    made = payouts.create({"amount": 7_000, "currency": "eur", "metadata": {"op": "p"}})
    assert (made.status, made.automatic) == ("pending", False)
    assert stripe_local.balance()[0] == available - 7_000
    stripe_local.advance(days=2)
    assert payouts.retrieve(made.id).status == "paid"
    assert stripe_local.event_types(made.id) == ["v1.payout.created", "v1.payout.paid"]


def test_a_pending_payout_can_be_cancelled(stripe_local: LocalStripe) -> None:
    stripe_local.client.v1.topups.create({"amount": 7_000, "currency": "eur"})
    before = stripe_local.balance()
    payouts = stripe_local.client.v1.payouts
    made = payouts.create({"amount": 7_000, "currency": "eur"})
    assert payouts.cancel(made.id).status == "canceled"
    assert stripe_local.balance() == before
    with pytest.raises(InvalidRequestError):
        payouts.cancel(made.id)


def test_a_connected_account_is_paid_out_the_night_after(stripe_local: LocalStripe) -> None:
    account = stripe_local.account()
    fund(stripe_local, account)
    stripe_local.advance(days=1)
    made = payouts_of(stripe_local, account)
    assert [(p.amount, p.automatic, p.status) for p in made] == [(5_000, True, "pending")]
    stripe_local.advance(days=2)
    assert payouts_of(stripe_local, account)[0].status == "paid"


def test_a_manual_schedule_leaves_the_money_where_it_is(stripe_local: LocalStripe) -> None:
    account = stripe_local.account()
    settings = stripe_local.client.v1.balance_settings
    changed = settings.update(
        {"payments": {"payouts": {"schedule": {"interval": "manual"}}}},
        {"stripe_account": account},
    )
    assert changed.payments.payouts is not None
    assert changed.payments.payouts.schedule is not None
    assert changed.payments.payouts.schedule.interval == "manual"
    fund(stripe_local, account)
    stripe_local.advance(days=10)
    assert payouts_of(stripe_local, account) == []
    assert stripe_local.balance(account) == (5_000, 0)
    by_hand = stripe_local.client.v1.payouts.create(
        {"amount": 2_000, "currency": "eur"}, {"stripe_account": account}
    )
    assert by_hand.automatic is False


def test_the_platforms_own_schedule_is_manual(stripe_local: LocalStripe) -> None:
    found = stripe_local.client.v1.balance_settings.retrieve()
    assert found.payments.payouts is not None
    assert found.payments.payouts.schedule is not None
    assert found.payments.payouts.schedule.interval == "manual"
    assert own_interval(stripe_local) == "manual"


def own_interval(stripe: LocalStripe) -> str:
    own = stripe.client.v1.accounts.retrieve_current()
    assert own.settings is not None
    assert own.settings.payouts is not None
    return own.settings.payouts.schedule.interval


def test_the_platform_is_paid_out_every_day_once_its_dashboard_says_so(
    start_stripe: Callable[..., LocalStripe],
) -> None:
    stripe = start_stripe()  # of its own: what others paid would arrive between two payouts
    with pytest.raises(InvalidRequestError):
        stripe.client.v1.balance_settings.update(
            {"payments": {"payouts": {"schedule": {"interval": "daily"}}}}
        )
    stripe.control("schedule", interval="daily")
    assert own_interval(stripe) == "daily"
    for amount in (5_000, 7_000):  # also what comes after the first payout
        stripe.client.v1.topups.create({"amount": amount, "currency": "eur"})
        stripe.advance(days=1.1)
        [last, *_] = stripe.client.v1.payouts.list({}).data
        assert (last.automatic, last.amount >= amount) == (True, True)
        assert stripe.balance()[0] == 0
    stripe.control("schedule", interval="manual")
    stripe.client.v1.topups.create({"amount": 3_000, "currency": "eur"})
    stripe.advance(days=2)
    assert stripe.balance()[0] == 3_000


def test_a_bank_that_refuses_sends_the_payout_back(stripe_local: LocalStripe) -> None:
    account = stripe_local.account()
    stripe_local.control(f"onboard/{account}", payouts_fail="account_closed")
    fund(stripe_local, account)
    stripe_local.advance(days=3.1)
    made = payouts_of(stripe_local, account)[-1]
    assert (made.status, made.failure_code) == ("failed", "account_closed")
    types = stripe_local.event_types(made.id)
    assert types == ["v1.payout.created", "v1.payout.failed"]
    event = next(
        e
        for e in stripe_local.client.v2.core.events.list({"object_id": made.id}).data
        if e.type == "v1.payout.failed"
    )
    assert event.context == account


def test_a_payout_can_be_failed_by_hand(stripe_local: LocalStripe) -> None:
    stripe_local.client.v1.topups.create({"amount": 7_000, "currency": "eur"})
    before = stripe_local.balance()
    made = stripe_local.client.v1.payouts.create({"amount": 7_000, "currency": "eur"})
    stripe_local.control(f"payouts/{made.id}", failure_code="no_account")
    assert stripe_local.balance() == before


@given(st.integers(1_700_000_000, 1_900_000_000))
def test_a_weekly_schedule_pays_on_the_next_such_day(moment: int) -> None:
    plan = {"interval": "weekly", "weekly_payout_days": ["friday"]}
    due = next_payout(plan, moment)
    assert due is not None
    assert datetime.fromtimestamp(due, UTC).weekday() == 4
    assert 0 < due - moment <= 7 * 86_400


@given(st.integers(1_700_000_000, 1_900_000_000), st.integers(1, 28))
def test_a_monthly_schedule_pays_on_its_day(moment: int, day: int) -> None:
    due = next_payout({"interval": "monthly", "monthly_payout_days": [day]}, moment)
    assert due is not None
    assert datetime.fromtimestamp(due, UTC).day == day
    assert 0 < due - moment <= 31 * 86_400 + 86_400


def test_the_balance_is_the_sum_of_its_transactions_page_by_page(
    start_stripe: Any,
) -> None:
    stripe = start_stripe()
    account = stripe.account()
    charges = [stripe.pay(10_000 + n, "pm_card_bypassPending").latest_charge.id for n in range(7)]
    for charge in charges[:3]:
        stripe.client.v1.transfers.create(
            {
                "amount": 4_000,
                "currency": "eur",
                "destination": account,
                "source_transaction": charge,
            }
        )
    stripe.client.v1.refunds.create({"charge": charges[4]})
    stripe.control("disputes", charge=charges[5])
    listed = stripe.client.v1.balance_transactions.list({"limit": 3})
    found = list(listed.auto_paging_iter())
    assert len(found) == 12
    assert len({t.id for t in found}) == 12
    assert sum(t.net for t in found) == sum(stripe.balance())
    assert [t.created for t in found] == sorted((t.created for t in found), reverse=True)


def test_transactions_are_listed_by_time_source_and_type(stripe_local: LocalStripe) -> None:
    charge = stripe_local.pay(10_000).latest_charge
    transactions = stripe_local.client.v1.balance_transactions
    assert [t.amount for t in transactions.list({"source": charge.id}).data] == [10_000]
    assert transactions.list({"source": charge.id, "type": "refund"}).data == []
    now = charge.created
    first = transactions.list({"created": {"gte": now}, "limit": 1}).data[0]
    assert first.source == charge.id
    assert transactions.list({"created": {"gt": now + 10}}).data == []
    assert transactions.list({"created": {"lt": now - 10_000_000}}).data == []


def test_stripes_own_fees_come_without_an_event(stripe_local: LocalStripe) -> None:
    before = stripe_local.balance()[0]
    taken = stripe_local.control("fees", amount=200, type="stripe_fx_fee")
    assert (taken["net"], taken["source"]) == (-200, None)
    found = stripe_local.client.v1.balance_transactions.list({"type": "stripe_fx_fee", "limit": 1})
    assert found.data[0].id == taken["id"]
    assert stripe_local.balance()[0] == before - 200
    assert stripe_local.event_types(taken["id"]) == []
    for wrong in ({"amount": 0}, {"amount": 5, "type": "charge"}):
        assert stripe_local.web.post("/_sandbox/fees", json=wrong).status_code == 400


def test_pages_go_forwards_and_backwards(stripe_local: LocalStripe) -> None:
    customer = stripe_local.customer()
    made = [stripe_local.pay(1_000 + n, customer=customer).id for n in range(5)]
    intents = stripe_local.client.v1.payment_intents
    first = intents.list({"customer": customer, "limit": 2})
    assert ([i.id for i in first.data], first.has_more) == (made[:-3:-1], True)
    second = intents.list({"customer": customer, "limit": 2, "starting_after": made[3]})
    assert [i.id for i in second.data] == [made[2], made[1]]
    back = intents.list({"customer": customer, "limit": 2, "ending_before": made[1]})
    assert ([i.id for i in back.data], back.has_more) == ([made[3], made[2]], True)
    start = intents.list({"customer": customer, "limit": 2, "ending_before": made[2]})
    assert ([i.id for i in start.data], start.has_more) == ([made[4], made[3]], False)
    everything = intents.list({"limit": 100, "ending_before": made[0]})
    assert [i.id for i in everything.data][-4:] == made[:0:-1]
    with pytest.raises(InvalidRequestError) as refused:
        intents.list({"customer": customer, "starting_after": "pi_nothing"})
    assert refused.value.param == "starting_after"
    last = intents.list({"customer": customer, "limit": 2, "starting_after": made[1]})
    assert ([i.id for i in last.data], last.has_more) == ([made[0]], False)


def test_funds_that_become_available_are_announced_once(stripe_local: LocalStripe) -> None:
    stripe_local.advance(days=14)  # what others have paid before is available by then
    stripe_local.pay(1_000)
    stripe_local.pay(1_000)
    before = stripe_local.state()["events"].count("balance.available")
    stripe_local.advance(days=2, seconds=2)
    after = stripe_local.state()["events"].count("balance.available")
    assert before < after <= before + 2
