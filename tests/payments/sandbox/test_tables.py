"""What Relais counts on: each operation is supported, each event really comes, each control acts."""

from __future__ import annotations

from typing import Any

import pytest
from stripe import CardError, InvalidRequestError

from payments.sandbox import control, faults
from payments.sandbox.operations import TABLE
from tests.fixtures.nursery import Nursery
from tests.payments.sandbox.conftest import LocalStripe, Receiver

OPERATIONS = {
    "/v1/customers": "POST",
    "/v1/customers/{customer}": "GET",
    "/v1/payment_methods": "GET POST",
    "/v1/payment_methods/{payment_method}": "GET",
    "/v1/payment_methods/{payment_method}/attach": "POST",
    "/v1/payment_methods/{payment_method}/detach": "POST",
    "/v1/setup_intents": "POST",
    "/v1/setup_intents/{intent}": "GET",
    "/v1/setup_intents/{intent}/confirm": "POST",
    "/v1/setup_intents/{intent}/cancel": "POST",
    "/v1/payment_intents": "GET POST",
    "/v1/payment_intents/{intent}": "GET",
    "/v1/payment_intents/{intent}/confirm": "POST",
    "/v1/payment_intents/{intent}/cancel": "POST",
    "/v1/payment_intents/{intent}/capture": "POST",
    "/v1/charges": "GET",
    "/v1/charges/{charge}": "GET",
    "/v1/refunds": "GET POST",
    "/v1/refunds/{refund}": "GET",
    "/v1/checkout/sessions": "POST",
    "/v1/checkout/sessions/{session}": "GET",
    "/v1/checkout/sessions/{session}/expire": "POST",
    "/v2/core/accounts": "POST",
    "/v2/core/accounts/{id}": "GET POST",
    "/v2/core/account_links": "POST",
    "/v1/account_links": "POST",
    "/v1/accounts/{account}/login_links": "POST",
    "/v1/account": "GET",
    "/v1/balance_settings": "GET POST",
    "/v1/transfers": "GET POST",
    "/v1/transfers/{transfer}": "GET POST",
    "/v1/transfers/{id}/reversals": "GET POST",
    "/v1/payouts": "GET POST",
    "/v1/payouts/{payout}": "GET",
    "/v1/balance": "GET",
    "/v1/balance_transactions": "GET",
    "/v1/balance_transactions/{id}": "GET",
    "/v1/disputes": "GET",
    "/v1/disputes/{dispute}": "GET POST",
    "/v1/disputes/{dispute}/close": "POST",
    "/v1/topups": "GET POST",
    "/v1/events": "GET",
    "/v1/events/{id}": "GET",
    "/v2/core/events": "GET",
    "/v2/core/events/{id}": "GET",
    "/v2/core/event_destinations": "GET POST",
}
EVENTS = """
    payment_intent.created payment_intent.processing payment_intent.requires_action
    payment_intent.succeeded payment_intent.payment_failed payment_intent.canceled
    setup_intent.succeeded setup_intent.setup_failed setup_intent.requires_action
    checkout.session.completed checkout.session.async_payment_succeeded
    checkout.session.async_payment_failed checkout.session.expired
    charge.dispute.created charge.dispute.updated charge.dispute.funds_withdrawn
    charge.dispute.funds_reinstated charge.dispute.closed charge.refunded
    refund.created refund.updated refund.failed transfer.created transfer.updated transfer.reversed
    payout.created payout.paid payout.failed payout.canceled account.updated balance.available
""".split()
OF_ACCOUNTS = {
    "v2.core.account.created",
    "v2.core.account.updated",
    "v2.core.account.closed",
    "v2.core.account_link.returned",
    "v2.core.account[identity].updated",
    "v2.core.account[requirements].updated",
    "v2.core.account[configuration.recipient].updated",
    "v2.core.account[configuration.recipient].capability_status_updated",
}
CONTROLS = (
    "state advance 3ds onboard pay disputes faults hooks refunds payouts schedule rates fees events"
)


def test_every_operation_is_supported() -> None:
    wanted = {(verb, path) for path, verbs in OPERATIONS.items() for verb in verbs.split()}
    assert wanted - set(TABLE) == set()


def test_every_control_and_fault_is_there() -> None:
    assert set(control.ACTIONS) == set(CONTROLS.split())
    assert {"500_before", "500_after", "drop_after", "slow", "429"} <= set(faults.KINDS)


def test_every_event_comes_thin_and_in_the_list(stripe_local: LocalStripe) -> None:
    before = stripe_local.state()["now"]
    _pay_in(stripe_local)
    _dispute_and_refund(stripe_local)
    _pay_out(stripe_local)
    stripe_local.advance(days=3)
    listed = {
        event["type"]
        for event in _all(stripe_local, "/v2/core/events", f"created[gte]={_iso(before)}")
    }
    assert {f"v1.{kind}" for kind in EVENTS} - listed == set()
    assert OF_ACCOUNTS - listed == set()
    snapshots = set(stripe_local.state()["events"])
    assert set(EVENTS) - snapshots == set()


def _pay_in(stripe: LocalStripe) -> None:
    stripe.pay(1_000)
    waiting = stripe.pay(1_000, "pm_card_authenticationRequired")
    stripe.control(f"3ds/{waiting.id}", result="fail")
    stripe.client.v1.payment_intents.cancel(waiting.id)
    setups = stripe.client.v1.setup_intents
    for card, result in (("pm_card_visa", None), ("pm_card_authenticationRequired", "fail")):
        made = setups.create({"payment_method": card, "confirm": True})
        if result:
            stripe.control(f"3ds/{made.id}", result=result)
    for iban in ("AT611904300234573201", "AT051904300235473205"):
        stripe.control(f"pay/{stripe.session().id}", iban=iban)
    stripe.client.v1.checkout.sessions.expire(stripe.session().id)


def _dispute_and_refund(stripe: LocalStripe) -> None:
    charge = stripe.pay(1_000, "pm_card_createDispute").latest_charge.id
    dispute = stripe.client.v1.disputes.list({"charge": charge}).data[0].id
    stripe.client.v1.disputes.update(
        dispute, {"evidence": {"uncategorized_text": "winning_evidence"}}
    )
    for card in ("pm_card_pendingRefund", "pm_card_refundFail"):
        paid = stripe.pay(1_000, card)
        stripe.client.v1.refunds.create({"payment_intent": paid.id})


def _pay_out(stripe: LocalStripe) -> None:
    v2: Any = stripe.client.v2.core.accounts
    closed = stripe.account()
    recipient = {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}
    v2.update(closed, {"display_name": "Ana B.", "configuration": {"recipient": recipient}})
    v2.close(closed)
    account = stripe.account(active=False)
    link: Any = {
        "account": account,
        "use_case": {
            "type": "account_onboarding",
            "account_onboarding": {"refresh_url": "http://127.0.0.1:9/again"},
        },
    }
    url = stripe.client.v2.core.account_links.create(link).url
    form = {
        "given_name": "Ana",
        "surname": "B",
        "birth": "1990-01-01",
        "iban": "FR14 2004 1010 0505 0001 3M02 606",
        "terms": "yes",
    }
    assert stripe.web.post(url, data=form).status_code == 303
    charge = stripe.pay(5_000).latest_charge.id
    to: Any = {"currency": "eur", "destination": account, "source_transaction": charge}
    sent = stripe.client.v1.transfers.create(to | {"amount": 2_000}).id
    stripe.client.v1.transfers.update(sent, {"metadata": {"a": "b"}})
    stripe.client.v1.transfers.reversals.create(sent)
    payouts = stripe.client.v1.payouts
    made = [payouts.create({"amount": 100, "currency": "eur"}).id for _ in range(3)]
    payouts.cancel(made[0])
    stripe.control(f"payouts/{made[1]}")


def _all(stripe: LocalStripe, path: str, query: str) -> list[Any]:
    found: list[Any] = []
    following: str | None = f"{path}?limit=100&{query}"
    while following:
        page = stripe.web.get(following, headers={"Authorization": "Bearer sk_test_1"}).json()
        found += page["data"]
        following = page["next_page_url"]
    return found


def _iso(moment: int) -> str:
    from payments.sandbox.clock import iso

    return iso(moment)


@pytest.mark.parametrize("path", ["payment_intents", "setup_intents", "checkout/sessions"])
def test_the_parameter_that_stripe_removed_this_year_is_refused(
    stripe_local: LocalStripe, path: str
) -> None:
    answer = stripe_local.web.post(
        f"/v1/{path}",
        data={"amount": "1000", "currency": "eur", "payment_method_types[0]": "card"}
        if path == "payment_intents"
        else {"payment_method_types[0]": "card"},
        headers={"Authorization": "Bearer sk_test_1"},
    )
    assert answer.status_code == 400
    told = answer.json()["error"]
    assert (told["code"], told["param"]) == ("parameter_unknown", "payment_method_types")


@pytest.mark.parametrize("old", ["hosted", "embedded", "custom"])
def test_the_old_names_of_the_interfaces_are_refused(stripe_local: LocalStripe, old: str) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        stripe_local.session(ui_mode=old)
    assert (refused.value.http_status, refused.value.param) == (400, "ui_mode")
    assert stripe_local.session(ui_mode="hosted_page").url


@pytest.mark.parametrize("new", ["embedded_page", "elements"])
def test_interfaces_it_lacks_are_not_faked(stripe_local: LocalStripe, new: str) -> None:
    answer = stripe_local.web.post(
        "/v1/checkout/sessions",
        data={"mode": "setup", "ui_mode": new, "return_url": "http://127.0.0.1:8000/"},
        headers={"Authorization": "Bearer sk_test_1"},
    )
    assert answer.status_code == 501


def test_events_are_sent_again_on_demand_one_or_the_last_few(
    stripe_local: LocalStripe, receiver: Receiver
) -> None:
    made = [stripe_local.customer() for _ in range(3)]
    stripe_local.control("hooks", url=receiver.url, secret="whsec_again")
    assert stripe_local.control("events", last=2) == {"deliveries": 2}
    arrived = receiver.wait(2)
    assert [event["related_object"]["id"] for event in arrived] == made[1:]
    assert stripe_local.control(f"events/{arrived[0]['id']}") == {"deliveries": 1}
    assert receiver.wait(3)[2]["id"] == arrived[0]["id"]
    assert stripe_local.web.post("/_sandbox/events/evt_nothing", json={}).status_code == 400


def test_events_held_back_for_days_come_when_the_clock_has_moved(
    stripe_local: LocalStripe, receiver: Receiver
) -> None:
    only = {"events": ["v1.customer.created"], "delay": 3 * 86_400}
    stripe_local.control("hooks", url=receiver.url, secret="whsec_late", **only)
    customer = stripe_local.customer()
    stripe_local.advance(days=2)
    assert receiver.arrived == []
    assert stripe_local.state()["waiting_deliveries"] == 1
    stripe_local.advance(days=1, seconds=1)
    assert receiver.wait(1)[0]["related_object"]["id"] == customer


def test_the_same_seed_and_calls_end_the_same(nursery: Nursery) -> None:
    def story(stripe: LocalStripe) -> list[Any]:
        told: list[Any] = [stripe.customer(), stripe.account()]
        for card in ("pm_card_visa", "pm_card_createDispute", "pm_card_chargeDeclined"):
            try:
                told.append(stripe.pay(1_234, card).latest_charge.id)
            except CardError as error:
                told += [error.code, error.error.charge if error.error else None]
        told += [line.id for line in stripe.client.v1.balance_transactions.list().data]
        return [*told, stripe.balance()]

    first, second = (LocalStripe(nursery, "--seed", "11") for _ in range(2))
    other = LocalStripe(nursery, "--seed", "12")
    try:
        stories = [story(stripe) for stripe in (first, second, other)]
        assert stories[0] == stories[1]
        assert stories[0][:4] != stories[2][:4]
    finally:
        for stripe in (first, second, other):
            stripe.stop()
