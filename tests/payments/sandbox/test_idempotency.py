"""Idempotency keys and injected faults: a retry never does the work twice."""

from __future__ import annotations

import threading
import time
import uuid
from typing import Any

import pytest
from stripe import (
    APIConnectionError,
    APIError,
    CardError,
    IdempotencyError,
    InvalidRequestError,
    RateLimitError,
    StripeError,
)

from tests.payments.sandbox.conftest import LocalStripe


def key() -> Any:
    return {"idempotency_key": f"op-{uuid.uuid4()}"}


def topup(stripe: LocalStripe, options: Any, amount: int = 1_000) -> Any:
    return stripe.client.v1.topups.create({"amount": amount, "currency": "eur"}, options)


def test_the_same_key_replays_the_answer_and_says_so(stripe_local: LocalStripe) -> None:
    options, before = key(), stripe_local.balance()[0]
    first, second = topup(stripe_local, options), topup(stripe_local, options)
    assert first.id == second.id
    assert stripe_local.balance()[0] == before + 1_000
    assert first.last_response is not None
    assert "idempotent-replayed" not in first.last_response.headers
    assert second.last_response is not None
    assert second.last_response.headers["idempotent-replayed"] == "true"


def test_the_same_key_with_other_parameters_is_refused(stripe_local: LocalStripe) -> None:
    options = key()
    topup(stripe_local, options)
    with pytest.raises(IdempotencyError) as refused:
        topup(stripe_local, options, 2_000)
    assert refused.value.http_status == 400


def test_a_decline_is_replayed_and_not_tried_again(stripe_local: LocalStripe) -> None:
    options: Any = key()
    params: Any = {
        "amount": 2_000,
        "currency": "eur",
        "payment_method": "pm_card_chargeDeclined",
        "confirm": True,
    }
    intents = set()
    for _ in range(2):
        with pytest.raises(CardError) as refused:
            stripe_local.client.v1.payment_intents.create(params, options)
        error: Any = refused.value.error
        intents.add(error.payment_intent.id)
    assert len(intents) == 1


def test_a_refusal_during_the_work_is_kept_under_its_key(stripe_local: LocalStripe) -> None:
    account, options = stripe_local.account(), key()
    available, _ = stripe_local.balance()
    params: Any = {"amount": available + 500, "currency": "eur", "destination": account}
    for _ in range(2):
        with pytest.raises(InvalidRequestError) as refused:
            stripe_local.client.v1.transfers.create(params, options)
        assert refused.value.code == "balance_insufficient"
        stripe_local.client.v1.topups.create({"amount": 1_000, "currency": "eur"})
    assert stripe_local.client.v1.transfers.create(params, key()).amount == available + 500


def test_a_validation_error_leaves_the_key_free(stripe_local: LocalStripe) -> None:
    options = key()
    wrong: Any = {"amount": 1_000, "currency": "eur", "surprise": 1}
    with pytest.raises(InvalidRequestError) as refused:
        stripe_local.client.v1.topups.create(wrong, options)
    assert refused.value.code == "parameter_unknown"
    assert topup(stripe_local, options).amount == 1_000


def test_a_key_is_forgotten_after_a_day(stripe_local: LocalStripe) -> None:
    options = key()
    first = topup(stripe_local, options)
    stripe_local.advance(days=1.01)
    assert topup(stripe_local, options).id != first.id


def test_keys_belong_to_one_api_key_and_account(stripe_local: LocalStripe) -> None:
    options = key()
    other = stripe_local.client_with("rk_test_other")
    first = topup(stripe_local, options)
    second = other.v1.topups.create({"amount": 1_000, "currency": "eur"}, options)
    assert first.id != second.id


def test_a_v2_request_is_replayed_too(stripe_local: LocalStripe) -> None:
    options: Any = key()
    params: Any = {
        "contact_email": "ana@example.org",
        "identity": {"country": "FR"},
        "configuration": {"recipient": {"capabilities": {}}},
    }
    accounts = stripe_local.client.v2.core.accounts
    assert accounts.create(params, options).id == accounts.create(params, options).id


def test_a_second_request_while_the_first_runs_is_a_conflict_and_later_a_replay(
    stripe_local: LocalStripe,
) -> None:
    options: Any = key()
    armed = stripe_local.state()["objects"].get("_fault", 0)
    stripe_local.control("faults", kind="slow", path="/v1/topups", seconds=3)
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(topup(stripe_local, options)))
    second = stripe_local.client_with("sk_test_sandbox")
    thread.start()
    while stripe_local.state()["objects"].get("_fault", 0) > armed:  # not yet begun
        time.sleep(0.02)
    with pytest.raises(StripeError) as refused:
        second.v1.topups.create({"amount": 1_000, "currency": "eur"}, options)
    thread.join()
    body: Any = refused.value.json_body
    assert refused.value.http_status == 409
    assert body["error"]["code"] == "idempotency_key_in_use"
    assert topup(stripe_local, options).id == answers[0].id


@pytest.mark.parametrize("kind", ["500_before", "500_after", "drop_after", "429"])
def test_whatever_breaks_a_retry_with_the_same_key_does_the_work_once(
    stripe_local: LocalStripe, kind: str
) -> None:
    options, before = key(), stripe_local.balance()[0]
    expected = {"429": RateLimitError, "drop_after": APIConnectionError}.get(kind, APIError)
    stripe_local.control("faults", kind=kind, path="/v1/topups")
    with pytest.raises(expected):
        topup(stripe_local, options)
    executed = 0 if kind in ("500_before", "429") else 1_000
    assert stripe_local.balance()[0] == before + executed
    assert topup(stripe_local, options).status == "succeeded"
    assert stripe_local.balance()[0] == before + 1_000


def test_a_stored_500_is_replayed_for_ever(stripe_local: LocalStripe) -> None:
    options, before = key(), stripe_local.balance()[0]
    stripe_local.control("faults", kind="500_stored", path="/v1/topups")
    for _ in range(2):
        with pytest.raises(APIError):
            topup(stripe_local, options)
    assert stripe_local.balance()[0] == before + 1_000


def test_a_v2_request_that_failed_is_carried_out_under_the_same_key(
    stripe_local: LocalStripe,
) -> None:
    accounts = stripe_local.client.v2.core.accounts
    account = stripe_local.account()
    paid = stripe_local.pay(1_000, "pm_card_bypassPending")
    sent = stripe_local.client.v1.transfers.create(
        {
            "amount": 500,
            "currency": "eur",
            "destination": account,
            "source_transaction": paid.latest_charge.id,
        }
    )
    once: Any = {"idempotency_key": f"close-{account}"}
    with pytest.raises(InvalidRequestError):
        accounts.close(account, {}, once)  # it still holds money
    stripe_local.client.v1.transfers.reversals.create(sent.id)
    stripe_local.control("faults", kind="500_stored", path="/close$")
    with pytest.raises(APIError):
        accounts.close(account, {}, once)
    assert accounts.close(account, {}, once).closed


def test_the_clients_own_retries_get_through_a_fault(stripe_local: LocalStripe) -> None:
    before = stripe_local.balance()[0]
    stripe_local.control("faults", kind="500_after", path="/v1/topups", times=1)
    patient = stripe_local.client_with("sk_test_sandbox", retries=2)
    patient.v1.topups.create({"amount": 1_000, "currency": "eur"}, key())
    assert stripe_local.balance()[0] == before + 1_000


def test_an_unknown_fault_is_refused(stripe_local: LocalStripe) -> None:
    assert stripe_local.web.post("/_sandbox/faults", json={"kind": "fire"}).status_code == 400
