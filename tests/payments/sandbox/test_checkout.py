"""The hosted Checkout page: paying, declines, 3-D Secure, SEPA, setup, expiry, languages."""

from __future__ import annotations

from typing import Any

import pytest
from stripe import InvalidRequestError, StripeError

from tests.payments.sandbox.conftest import LocalStripe

GOOD = "4242 4242 4242 4242"


def submit(stripe: LocalStripe, url: str, **form: str) -> Any:
    return stripe.web.post(url, data=form)


def test_paying_returns_to_the_success_address_with_the_session(stripe_local: LocalStripe) -> None:
    session = stripe_local.session(
        106_000,
        locale="fr",
        client_reference_id="contract-1",
        payment_intent_data={"transfer_group": "contract:1", "metadata": {"op": "fund:1"}},
    )
    assert session.url == f"{stripe_local.url}/c/pay/{session.id}"
    assert session.id.startswith("cs_test_")
    page = stripe_local.web.get(session.url)
    assert "1\u202f060,00\u00a0€" in page.text
    assert 'lang="fr"' in page.text
    answer = submit(stripe_local, session.url, number=GOOD)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"http://127.0.0.1:8000/paid?session={session.id}"
    after = stripe_local.client.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent"]}
    )
    intent: Any = after.payment_intent
    assert (after.status, after.payment_status, after.url) == ("complete", "paid", None)
    assert (intent.status, intent.transfer_group) == ("succeeded", "contract:1")
    assert intent.metadata["op"] == "fund:1"
    assert after.client_reference_id == "contract-1"
    assert stripe_local.event_types(session.id) == ["v1.checkout.session.completed"]


def test_a_decline_is_told_on_the_page_and_another_card_works(stripe_local: LocalStripe) -> None:
    session = stripe_local.session()
    refused = submit(stripe_local, session.url, number="4000 0000 0000 9995")
    assert refused.status_code == 402
    assert "insufficient funds" in refused.text
    assert 'role="alert"' in refused.text
    assert 'value="4000 0000 0000 9995"' in refused.text
    sessions = stripe_local.client.v1.checkout.sessions
    assert sessions.retrieve(session.id).status == "open"
    assert submit(stripe_local, session.url, number=GOOD).status_code == 303
    assert sessions.retrieve(session.id).payment_status == "paid"


def test_a_number_that_is_no_test_card_is_refused_in_the_persons_language(
    stripe_local: LocalStripe,
) -> None:
    session = stripe_local.session()
    refused = submit(stripe_local, f"{session.url}?locale=fr", number="4111 1111 1111 1111")
    assert "pas une carte de test" in refused.text
    assert "test card" in submit(stripe_local, session.url, number="nothing").text


def test_a_finished_session_cannot_be_paid_twice(stripe_local: LocalStripe) -> None:
    session = stripe_local.session()
    submit(stripe_local, session.url, number=GOOD)
    intent = stripe_local.client.v1.checkout.sessions.retrieve(session.id).payment_intent
    again = submit(stripe_local, session.url, number=GOOD)
    assert again.status_code == 200
    assert "complete" in again.text
    charges = stripe_local.client.v1.charges.list({"payment_intent": str(intent)})
    assert len(charges.data) == 1


@pytest.mark.parametrize("result", ["pass", "fail"])
def test_a_card_that_asks_for_confirmation_goes_through_the_banks_page(
    stripe_local: LocalStripe, result: str
) -> None:
    session = stripe_local.session()
    asked = submit(stripe_local, session.url, number="4000 0027 6000 3184")
    bank = asked.headers["location"]
    assert bank.startswith("/3ds/pi_")
    assert "Confirm the payment" in stripe_local.web.get(bank).text
    answer = stripe_local.web.post(bank, data={"result": result})
    after = stripe_local.client.v1.checkout.sessions.retrieve(session.id)
    if result == "pass":
        assert answer.headers["location"].endswith(f"session={session.id}")
        assert after.payment_status == "paid"
    else:
        assert answer.headers["location"] == f"/c/pay/{session.id}"
        assert "confirmation with your bank failed" in stripe_local.web.get(session.url).text
        assert after.status == "open"
        assert submit(stripe_local, session.url, number=GOOD).status_code == 303


@pytest.mark.parametrize(
    ("iban", "event", "paid"),
    [
        ("AT61 1904 3002 3457 3201", "async_payment_succeeded", "paid"),
        ("AT86 1904 3002 3547 3202", "async_payment_failed", "unpaid"),
    ],
)
def test_a_sepa_session_completes_before_its_money_arrives(
    stripe_local: LocalStripe, iban: str, event: str, paid: str
) -> None:
    session = stripe_local.session(allowed_payment_method_types=["card", "sepa_debit"])
    assert submit(stripe_local, session.url, iban=iban, name="Ana").status_code == 303
    sessions = stripe_local.client.v1.checkout.sessions
    between = sessions.retrieve(session.id)
    assert (between.status, between.payment_status) == ("complete", "unpaid")
    stripe_local.advance(seconds=2)
    assert sessions.retrieve(session.id).payment_status == paid
    assert stripe_local.event_types(session.id) == [
        "v1.checkout.session.completed",
        f"v1.checkout.session.{event}",
    ]


def test_a_session_can_be_limited_to_cards(stripe_local: LocalStripe) -> None:
    session = stripe_local.session(allowed_payment_method_types=["card"])
    assert "IBAN" not in stripe_local.web.get(session.url).text
    refused = submit(stripe_local, session.url, iban="AT61 1904 3002 3457 3201")
    assert refused.status_code == 402


def test_a_setup_session_saves_a_card_that_pays_later_off_session(
    stripe_local: LocalStripe,
) -> None:
    customer = stripe_local.customer()
    sessions = stripe_local.client.v1.checkout.sessions
    session = sessions.create(
        {
            "mode": "setup",
            "customer": customer,
            "currency": "eur",
            "success_url": "http://127.0.0.1:8000/saved?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://127.0.0.1:8000/back",
            "setup_intent_data": {"metadata": {"contract": "1"}},
        }
    )
    url = str(session.url)
    assert "Nothing is charged now" in stripe_local.web.get(url).text
    assert submit(stripe_local, url, number="4000 0000 0000 0002").status_code == 402
    bank = submit(stripe_local, url, number="4000 0025 0000 3155").headers["location"]
    answer = stripe_local.web.post(bank, data={"result": "pass"})
    assert answer.headers["location"] == f"http://127.0.0.1:8000/saved?session={session.id}"
    done: Any = sessions.retrieve(session.id, {"expand": ["setup_intent"]})
    assert (done.status, done.payment_status) == ("complete", "no_payment_required")
    assert done.setup_intent.metadata["contract"] == "1"
    card = done.setup_intent.payment_method
    paid = stripe_local.pay(9_000, card, customer=customer, off_session=True)
    assert paid.status == "succeeded"


def test_a_payment_may_save_its_card_for_later(stripe_local: LocalStripe) -> None:
    customer = stripe_local.customer()
    session = stripe_local.session(
        customer=customer, payment_intent_data={"setup_future_usage": "off_session"}
    )
    submit(stripe_local, session.url, number=GOOD)
    saved = stripe_local.client.v1.customers.payment_methods.list(customer)
    assert len(saved.data) == 1
    paid = stripe_local.pay(9_000, saved.data[0].id, customer=customer, off_session=True)
    assert paid.status == "succeeded"


def test_a_saved_card_is_offered_again_to_its_customer_only(stripe_local: LocalStripe) -> None:
    customer, other = stripe_local.customer(), stripe_local.customer()
    again: Any = {
        "saved_payment_method_options": {"allow_redisplay_filters": ["always", "limited"]}
    }
    keep: Any = {"payment_intent_data": {"setup_future_usage": "off_session"}}
    submit(stripe_local, stripe_local.session(customer=customer, **keep).url, number=GOOD)
    saved = stripe_local.client.v1.payment_methods.list({"customer": customer}).data[0]
    assert saved.allow_redisplay == "limited"

    session = stripe_local.session(customer=customer, locale="fr", **again)
    page = stripe_local.web.get(session.url).text
    assert "Carte Visa se terminant par 4242" in page
    assert submit(stripe_local, session.url, saved=saved.id).status_code == 303
    after = stripe_local.client.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["payment_intent"]}
    )
    assert after.payment_intent.payment_method == saved.id  # type: ignore[union-attr]

    unasked = stripe_local.session(customer=customer)
    assert saved.id not in stripe_local.web.get(unasked.url).text
    foreign = stripe_local.session(customer=other, **again)
    assert saved.id not in stripe_local.web.get(foreign.url).text
    assert submit(stripe_local, foreign.url, saved=saved.id).status_code == 402
    assert stripe_local.client.v1.checkout.sessions.retrieve(foreign.id).status == "open"


def test_a_test_card_of_the_list_fills_the_form(stripe_local: LocalStripe) -> None:
    session = stripe_local.session()
    page = stripe_local.web.get(f"{session.url}?locale=fr&number=4000 0000 0000 0002").text
    assert 'value="4000 0000 0000 0002"' in page


def test_a_session_expires_after_a_day(stripe_local: LocalStripe) -> None:
    session = stripe_local.session()
    stripe_local.advance(days=1)
    after = stripe_local.client.v1.checkout.sessions.retrieve(session.id)
    assert (after.status, after.url) == ("expired", None)
    assert stripe_local.event_types(session.id) == ["v1.checkout.session.expired"]
    page = stripe_local.web.get(session.url)
    assert page.status_code == 410
    assert "http://127.0.0.1:8000/back" in page.text
    assert submit(stripe_local, session.url, number=GOOD).status_code == 410


def test_a_session_can_be_expired_by_the_platform_but_only_while_open(
    stripe_local: LocalStripe,
) -> None:
    sessions = stripe_local.client.v1.checkout.sessions
    session = stripe_local.session()
    assert sessions.expire(session.id).status == "expired"
    with pytest.raises(InvalidRequestError):
        sessions.expire(session.id)


def test_several_lines_add_up(stripe_local: LocalStripe) -> None:
    def line(name: str, amount: int, quantity: int) -> Any:
        product = {"name": name}
        price = {"currency": "eur", "unit_amount": amount, "product_data": product}
        return {"quantity": quantity, "price_data": price}

    session = stripe_local.session(line_items=[line("Hours", 4_000, 10), line("Fee", 2_000, 1)])
    assert session.amount_total == 42_000
    lines = stripe_local.client.v1.checkout.sessions.line_items.list(session.id)
    assert [(item.description, item.amount_total) for item in lines.data] == [
        ("Hours", 40_000),
        ("Fee", 2_000),
    ]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"mode": "subscription"}, 501),
        ({"ui_mode": "embedded_page"}, 501),
        ({"line_items": []}, 400),
        ({"payment_method_types": ["card"]}, 400),
        ({"expires_at": 1}, 400),
    ],
)
def test_what_the_page_cannot_do_is_refused(
    stripe_local: LocalStripe, change: Any, status: int
) -> None:
    with pytest.raises(StripeError) as refused:
        stripe_local.session(**change)
    assert refused.value.http_status == status


def test_the_page_is_strict_about_what_it_loads_and_where_its_form_may_lead(
    stripe_local: LocalStripe,
) -> None:
    session = stripe_local.session()
    policy = stripe_local.web.get(session.url).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "form-action 'self' http://127.0.0.1:8000" in policy
    assert "script-src" not in policy
    page = stripe_local.web.get(session.url).text
    assert "<script" not in page
    assert "style=" not in page


def test_the_page_explains_the_test_cards_in_both_languages(stripe_local: LocalStripe) -> None:
    session = stripe_local.session()
    french = {"accept-language": "fr-FR,fr;q=0.9"}
    assert "Fonds insuffisants" in stripe_local.web.get(session.url, headers=french).text
    assert "Insufficient funds" in stripe_local.web.get(session.url).text
    assert stripe_local.web.get("/c/pay/cs_test_nobody").status_code == 404
