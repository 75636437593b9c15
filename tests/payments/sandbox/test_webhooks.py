"""Thin events: signed as the official client expects, retried, doubled, shuffled, delayed."""

from __future__ import annotations

import time
from typing import Any

import pytest
from stripe import SignatureVerificationError

from tests.payments.sandbox.conftest import SECRET, LocalStripe, Receiver


def listen(stripe: LocalStripe, receiver: Receiver, **options: Any) -> None:
    stripe.control("hooks", url=receiver.url, secret=SECRET, **options)


def test_a_thin_event_is_verified_by_the_official_client_and_leads_to_its_object(
    stripe_local: LocalStripe, receiver: Receiver
) -> None:
    listen(stripe_local, receiver)
    paid = stripe_local.pay(2_000)
    receiver.wait(3)
    found = []
    for body, signature in receiver.arrived:
        with pytest.raises(SignatureVerificationError):
            stripe_local.client.parse_event_notification(body, signature, "whsec_wrong")
        with pytest.raises(SignatureVerificationError):
            stripe_local.client.parse_event_notification(body + " ", signature, SECRET)
        found.append(stripe_local.client.parse_event_notification(body, signature, SECRET))
    types = [event.type for event in found]
    assert types == [
        "v1.payment_intent.created",
        "v1.charge.succeeded",
        "v1.payment_intent.succeeded",
    ]
    last: Any = found[-1]
    assert type(last).__name__ == "V1PaymentIntentSucceededEventNotification"
    assert (last.related_object.id, last.related_object.type) == (paid.id, "payment_intent")
    assert last.fetch_related_object().status == "succeeded"
    event = last.fetch_event()
    assert event.id == last.id
    assert event.reason.request.id.startswith("req_")
    snapshot = stripe_local.client.v1.events.retrieve(event.snapshot_event)
    assert snapshot.type == "payment_intent.succeeded"
    assert snapshot.data.object["id"] == paid.id


def test_an_event_of_a_connected_account_names_it(
    stripe_local: LocalStripe, receiver: Receiver
) -> None:
    account = stripe_local.account()
    listen(stripe_local, receiver)
    stripe_local.control(f"onboard/{account}", verifying=True)
    payloads = receiver.wait(2)
    updated = next(p for p in payloads if p["type"] == "v1.account.updated")
    assert updated["context"] == account
    body, signature = receiver.arrived[payloads.index(updated)]
    event: Any = stripe_local.client.parse_event_notification(body, signature, SECRET)
    assert event.fetch_related_object().id == account
    capability = next(p for p in payloads if p["type"].endswith("capability_status_updated"))
    assert capability["related_object"]["type"] == "v2.core.account"
    assert capability["data"]["updated_capability"] == "stripe_balance.stripe_transfers"


def test_a_webhook_that_fails_is_tried_again(stripe_local: LocalStripe, receiver: Receiver) -> None:
    receiver.refuse = 1
    listen(stripe_local, receiver)
    customer = stripe_local.customer()
    arrived = receiver.wait(1)
    assert arrived[0]["related_object"]["id"] == customer
    deadline = time.monotonic() + 60
    while stripe_local.state()["waiting_deliveries"]:
        assert time.monotonic() < deadline


def test_events_arrive_twice_when_asked(stripe_local: LocalStripe, receiver: Receiver) -> None:
    listen(stripe_local, receiver, duplicate=True)
    stripe_local.customer()
    first, second = receiver.wait(2)
    assert first["id"] == second["id"]


def test_events_arrive_out_of_order_when_asked(
    stripe_local: LocalStripe, receiver: Receiver
) -> None:
    listen(stripe_local, receiver, shuffle=True, delay=3_600)
    made = [stripe_local.customer() for _ in range(12)]
    stripe_local.advance(seconds=3_600)  # all of them are due at once, however long each took
    arrived = [p["related_object"]["id"] for p in receiver.wait(12)]
    assert sorted(arrived) == sorted(made)
    assert arrived != made


def test_events_arrive_late_when_asked(stripe_local: LocalStripe, receiver: Receiver) -> None:
    listen(stripe_local, receiver, delay=0.7)
    started = time.monotonic()
    stripe_local.customer()
    receiver.wait(1)
    assert time.monotonic() - started >= 0.6


def test_a_disabled_webhook_gets_nothing_and_a_snapshot_webhook_whole_objects(
    stripe_local: LocalStripe, receiver: Receiver
) -> None:
    listen(stripe_local, receiver, disabled=True)
    listen(stripe_local, receiver, payload="snapshot", events=["customer.created"])
    customer = stripe_local.customer()
    stripe_local.pay(1_000)
    event = receiver.wait(1)[0]
    assert (event["object"], event["data"]["object"]["id"]) == ("event", customer)
    time.sleep(0.4)
    assert len(receiver.arrived) == 1
    body, signature = receiver.arrived[0]
    from stripe import Webhook

    assert Webhook.construct_event(body, signature, SECRET).type == "customer.created"


def test_a_destination_is_made_through_the_api(
    stripe_local: LocalStripe, receiver: Receiver
) -> None:
    destinations = stripe_local.client.v2.core.event_destinations
    made = destinations.create(
        {
            "name": "Relais",
            "type": "webhook_endpoint",
            "event_payload": "thin",
            "enabled_events": ["v1.customer.created"],
            "webhook_endpoint": {"url": receiver.url},
            "include": ["webhook_endpoint.signing_secret"],
        }
    )
    assert made.webhook_endpoint is not None
    secret = str(made.webhook_endpoint.signing_secret)
    stripe_local.pay(1_000)
    stripe_local.customer()
    assert [p["type"] for p in receiver.wait(1)] == ["v1.customer.created"]
    stripe_local.client.parse_event_notification(*receiver.arrived[0], secret)
    assert destinations.disable(made.id).status == "disabled"
    assert destinations.enable(made.id).status == "enabled"
    shown = destinations.retrieve(made.id)
    assert shown.webhook_endpoint is not None
    assert shown.webhook_endpoint.signing_secret is None
    assert made.id in [d.id for d in destinations.list().data]
    destinations.delete(made.id)
    assert made.id not in [d.id for d in destinations.list().data]


def test_webhooks_never_leave_this_machine(stripe_local: LocalStripe) -> None:
    answer = stripe_local.web.post(
        "/_sandbox/hooks", json={"url": "https://example.org/hook", "secret": SECRET}
    )
    assert answer.status_code == 400


def test_thin_events_are_listed_page_by_page_by_type_object_and_time(
    stripe_local: LocalStripe,
) -> None:
    made = [stripe_local.customer() for _ in range(5)]
    events = stripe_local.client.v2.core.events
    listed = events.list({"types": ["v1.customer.created"], "limit": 2})
    ids = []
    for event in listed.auto_paging_iter():
        ids.append(str(event.to_dict()["related_object"]["id"]))
        if len(ids) == 5:
            break
    assert ids == made[::-1]
    newest = events.list({"types": ["v1.customer.created"], "limit": 1}).data[0]
    later: Any = {"created": {"gt": newest.created}, "types": ["v1.customer.created"]}
    assert events.list(later).data == []
    since: Any = {"created": {"gte": newest.created}, "types": ["v1.customer.created"]}
    assert newest.id in [e.id for e in events.list(since).data]


def test_snapshot_events_are_kept_for_thirty_days(stripe_local: LocalStripe) -> None:
    customer = stripe_local.customer()

    def created() -> list[Any]:
        found = stripe_local.client.v1.events.list({"type": "customer.created", "limit": 100})
        return [e.data.object["id"] for e in found.data]

    assert created()[0] == customer
    assert stripe_local.client.v1.events.list({"types": ["customer.created"]}).data
    stripe_local.advance(days=31)
    assert customer not in created()
