"""Payment intents: every test card, 3-D Secure, later capture, SEPA debits."""

from __future__ import annotations

from typing import Any

import pytest
from stripe import CardError, InvalidRequestError

from tests.payments.sandbox.conftest import LocalStripe


def method(stripe: LocalStripe, number: str) -> str:
    made = stripe.client.v1.payment_methods.create({"type": "card", "card": {"number": number}})
    return made.id


def debit(stripe: LocalStripe, iban: str, **more: Any) -> Any:
    made = stripe.client.v1.payment_methods.create(
        {
            "type": "sepa_debit",
            "sepa_debit": {"iban": iban},
            "billing_details": {"name": "Ana", "email": "ana@example.org"},
        }
    )
    return stripe.pay(5_000, made.id, **more)


def test_a_good_card_pays_and_its_funds_arrive_after_two_days(stripe_local: LocalStripe) -> None:
    available, pending = stripe_local.balance()
    paid = stripe_local.pay(106_000)
    transaction = paid.latest_charge.balance_transaction
    assert (paid.status, paid.amount_received) == ("succeeded", 106_000)
    assert (transaction.fee, transaction.net) == (1_615, 104_385)
    assert transaction.status == "pending"
    assert stripe_local.balance() == (available, pending + 104_385)
    stripe_local.advance(days=2)
    assert stripe_local.balance()[0] >= available + 104_385
    again = stripe_local.client.v1.balance_transactions.retrieve(transaction.id)
    assert again.status == "available"


def test_an_asynchronous_capture_names_its_line_a_moment_later(stripe_local: LocalStripe) -> None:
    paid = stripe_local.pay(106_000, capture_method="automatic_async")
    assert (paid.status, paid.amount_received) == ("succeeded", 106_000)
    assert paid.latest_charge.balance_transaction is None
    stripe_local.advance(seconds=61)
    retrieve = stripe_local.client.v1.charges.retrieve
    charge: Any = retrieve(paid.latest_charge.id, {"expand": ["balance_transaction"]})
    assert charge.balance_transaction.fee == 1_615
    assert "v1.charge.updated" in stripe_local.event_types(charge.id)


def test_the_bypass_card_is_available_at_once(stripe_local: LocalStripe) -> None:
    available, _ = stripe_local.balance()
    stripe_local.pay(10_000, method(stripe_local, "4000000000000077"))
    assert stripe_local.balance()[0] == available + 10_000 - 175


@pytest.mark.parametrize(
    ("amount", "fee"), [(100, 27), (1_000, 40), (1_033, 40), (1_034, 41), (99_999, 1_525)]
)
def test_the_card_fee_is_rounded_half_up(stripe_local: LocalStripe, amount: int, fee: int) -> None:
    assert stripe_local.pay(amount).latest_charge.balance_transaction.fee == fee


@pytest.mark.parametrize(
    ("number", "code", "decline_code"),
    [
        ("4000000000000002", "card_declined", "generic_decline"),
        ("4000000000009995", "card_declined", "insufficient_funds"),
        ("4000000000009987", "card_declined", "lost_card"),
        ("4000000000000069", "expired_card", "expired_card"),
        ("4000000000000127", "incorrect_cvc", "incorrect_cvc"),
        ("4000000000000119", "processing_error", "processing_error"),
        ("4000000000000341", "card_declined", "generic_decline"),
    ],
)
def test_a_refused_card_is_told_and_the_intent_stays_open(
    stripe_local: LocalStripe, number: str, code: str, decline_code: str
) -> None:
    with pytest.raises(CardError) as refused:
        stripe_local.pay(2_000, method(stripe_local, number))
    assert refused.value.http_status == 402
    assert refused.value.code == code
    error: Any = refused.value.error
    assert error.decline_code == decline_code
    intent = stripe_local.client.v1.payment_intents.retrieve(error.payment_intent.id)
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error is not None
    assert intent.last_payment_error.code == code
    retried = stripe_local.client.v1.payment_intents.confirm(
        intent.id, {"payment_method": "pm_card_visa"}
    )
    assert retried.status == "succeeded"
    assert stripe_local.event_types(intent.id) == [
        "v1.payment_intent.created",
        "v1.payment_intent.payment_failed",
        "v1.payment_intent.succeeded",
    ]


@pytest.mark.parametrize(("card", "fee"), [("visa", 175), ("gb", 275), ("ca", 350)])
def test_a_card_from_elsewhere_costs_more(stripe_local: LocalStripe, card: str, fee: int) -> None:
    paid = stripe_local.pay(10_000, f"pm_card_{card}")
    assert paid.latest_charge.balance_transaction.fee == fee


def test_an_unknown_number_is_refused_so_that_no_real_card_is_kept(
    stripe_local: LocalStripe,
) -> None:
    with pytest.raises(CardError) as refused:
        method(stripe_local, "4111111111111111")
    assert refused.value.code == "incorrect_number"


def test_the_card_that_attaches_fails_only_when_charged(stripe_local: LocalStripe) -> None:
    customer = stripe_local.customer()
    card = method(stripe_local, "4000000000000341")
    attached = stripe_local.client.v1.payment_methods.attach(card, {"customer": customer})
    assert attached.customer == customer
    with pytest.raises(CardError):
        stripe_local.pay(2_000, card, customer=customer)


def test_a_declined_card_cannot_be_attached(stripe_local: LocalStripe) -> None:
    with pytest.raises(CardError):
        stripe_local.client.v1.payment_methods.attach(
            "pm_card_chargeDeclined", {"customer": stripe_local.customer()}
        )


@pytest.mark.parametrize("number", ["4000002500003155", "4000002760003184"])
def test_an_on_session_card_asks_for_confirmation_and_then_pays(
    stripe_local: LocalStripe, number: str
) -> None:
    asked = stripe_local.pay(
        3_000, method(stripe_local, number), return_url="http://127.0.0.1:8000/back?a=1"
    )
    assert asked.status == "requires_action"
    page = asked.next_action.redirect_to_url.url
    assert "<form" in stripe_local.web.get(page).text
    answer = stripe_local.web.post(page, data={"result": "pass"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("http://127.0.0.1:8000/back?a=1&payment_intent=")
    assert stripe_local.client.v1.payment_intents.retrieve(asked.id).status == "succeeded"


def test_a_refused_confirmation_leaves_the_intent_open(stripe_local: LocalStripe) -> None:
    asked = stripe_local.pay(3_000, method(stripe_local, "4000002760003184"))
    stripe_local.control(f"3ds/{asked.id}", result="fail")
    intent = stripe_local.client.v1.payment_intents.retrieve(asked.id)
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error is not None
    assert intent.last_payment_error.code == "payment_intent_authentication_failure"


def test_a_card_set_up_with_3ds_pays_off_session_without_it(stripe_local: LocalStripe) -> None:
    customer = stripe_local.customer()
    setup = stripe_local.client.v1.setup_intents.create(
        {
            "customer": customer,
            "usage": "off_session",
            "payment_method": method(stripe_local, "4000002500003155"),
            "confirm": True,
        }
    )
    assert setup.status == "requires_action"
    stripe_local.control(f"3ds/{setup.id}", result="pass")
    done = stripe_local.client.v1.setup_intents.retrieve(setup.id)
    assert done.status == "succeeded"
    paid = stripe_local.pay(4_000, str(done.payment_method), customer=customer, off_session=True)
    assert paid.status == "succeeded"


def test_the_card_that_always_asks_is_refused_off_session(stripe_local: LocalStripe) -> None:
    customer = stripe_local.customer()
    card = method(stripe_local, "4000002760003184")
    stripe_local.client.v1.payment_methods.attach(card, {"customer": customer})
    with pytest.raises(CardError) as refused:
        stripe_local.pay(4_000, card, customer=customer, off_session=True)
    assert refused.value.code == "authentication_required"
    error: Any = refused.value.error
    intent = stripe_local.client.v1.payment_intents.retrieve(error.payment_intent.id)
    assert intent.status == "requires_payment_method"


def test_a_setup_that_the_bank_refuses_fails(stripe_local: LocalStripe) -> None:
    setup = stripe_local.client.v1.setup_intents.create({"customer": stripe_local.customer()})
    with pytest.raises(CardError):
        stripe_local.client.v1.setup_intents.confirm(
            setup.id, {"payment_method": "pm_card_chargeDeclined"}
        )
    assert stripe_local.event_types(setup.id)[-1] == "v1.setup_intent.setup_failed"
    cancelled = stripe_local.client.v1.setup_intents.cancel(setup.id)
    assert cancelled.status == "canceled"


def test_a_payment_can_be_captured_later_in_part(stripe_local: LocalStripe) -> None:
    held = stripe_local.pay(8_000, capture_method="manual")
    assert (held.status, held.amount_capturable) == ("requires_capture", 8_000)
    captured = stripe_local.client.v1.payment_intents.capture(
        held.id, {"amount_to_capture": 6_000, "expand": ["latest_charge"]}
    )
    charge: Any = captured.latest_charge
    assert (captured.status, captured.amount_received) == ("succeeded", 6_000)
    assert charge.captured
    with pytest.raises(InvalidRequestError):
        stripe_local.client.v1.payment_intents.capture(held.id)


@pytest.mark.parametrize(("off_session", "days"), [(False, 7), (True, 4.75)])
def test_an_authorisation_that_is_not_captured_expires(
    stripe_local: LocalStripe, off_session: bool, days: float
) -> None:
    customer = stripe_local.customer()
    more: Any = {"off_session": True} if off_session else {}
    held = stripe_local.pay(8_000, customer=customer, capture_method="manual", **more)
    stripe_local.advance(days=days - 0.01)
    intents = stripe_local.client.v1.payment_intents
    assert intents.retrieve(held.id).status == "requires_capture"
    stripe_local.advance(days=0.02)
    assert intents.retrieve(held.id).status == "canceled"
    assert stripe_local.event_types(held.id)[-1] == "v1.payment_intent.canceled"


def test_an_intent_is_cancelled_once_and_never_after_it_was_paid(
    stripe_local: LocalStripe,
) -> None:
    intents = stripe_local.client.v1.payment_intents
    made = intents.create({"amount": 1_000, "currency": "eur"})
    assert intents.cancel(made.id).status == "canceled"
    for identifier in (made.id, stripe_local.pay(1_000).id):
        with pytest.raises(InvalidRequestError) as refused:
            intents.cancel(identifier)
        assert refused.value.code == "payment_intent_unexpected_state"


@pytest.mark.parametrize(
    ("iban", "seconds", "status"),
    [
        ("AT611904300234573201", 2, "succeeded"),
        ("AT321904300235473204", 181, "succeeded"),
        ("AT861904300235473202", 2, "requires_payment_method"),
        ("AT051904300235473205", 181, "requires_payment_method"),
        ("FR1420041010050500013M02606", 5 * 86_400, "succeeded"),
    ],
)
def test_a_sepa_debit_is_processing_until_the_bank_answers(
    stripe_local: LocalStripe, iban: str, seconds: int, status: str
) -> None:
    started = debit(stripe_local, iban)
    assert started.status == "processing"
    assert started.latest_charge.status == "pending"
    stripe_local.advance(seconds=seconds)
    after = stripe_local.client.v1.payment_intents.retrieve(
        started.id, {"expand": ["latest_charge.balance_transaction"]}
    )
    assert after.status == status
    last = "payment_failed" if status == "requires_payment_method" else "succeeded"
    assert stripe_local.event_types(started.id) == [
        "v1.payment_intent.created",
        "v1.payment_intent.processing",
        f"v1.payment_intent.{last}",
    ]
    charge: Any = after.latest_charge
    if status == "succeeded":
        assert charge.balance_transaction.fee == 35
        assert charge.balance_transaction.type == "payment"


def test_a_sepa_debit_may_be_disputed(stripe_local: LocalStripe) -> None:
    started = debit(stripe_local, "AT591904300235473203")
    stripe_local.advance(seconds=2)
    found = stripe_local.client.v1.disputes.list({"payment_intent": started.id})
    assert [d.reason for d in found.data] == ["debit_not_authorized"]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"amount": 10, "currency": "eur"}, "amount_too_small"),
        ({"currency": "eur"}, "parameter_missing"),
        (
            {"amount": 1_000, "currency": "eur", "payment_method_types": ["card"]},
            "parameter_unknown",
        ),
        ({"amount": "much", "currency": "eur"}, "parameter_invalid_integer"),
        ({"amount": 1_000, "currency": "eur", "customer": "cus_nobody"}, "resource_missing"),
    ],
)
def test_a_request_that_does_not_fit_is_refused(
    stripe_local: LocalStripe, params: Any, code: str
) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        stripe_local.client.v1.payment_intents.create(params)
    assert refused.value.code == code


def test_a_card_of_one_customer_cannot_pay_for_another(stripe_local: LocalStripe) -> None:
    card = method(stripe_local, "4242424242424242")
    stripe_local.client.v1.payment_methods.attach(card, {"customer": stripe_local.customer()})
    with pytest.raises(InvalidRequestError):
        stripe_local.pay(1_000, card, customer=stripe_local.customer())


def test_a_detached_card_never_pays_again(stripe_local: LocalStripe) -> None:
    customer = stripe_local.customer()
    methods = stripe_local.client.v1.payment_methods
    card = methods.attach("pm_card_visa", {"customer": customer}).id
    assert [m.id for m in methods.list({"customer": customer}).data] == [card]
    assert methods.detach(card).customer is None
    assert methods.list({"customer": customer}).data == []
    with pytest.raises(InvalidRequestError):
        stripe_local.pay(1_000, card)
