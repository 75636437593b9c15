"""The local Stripe's own pages in a real browser: accessible, at any width, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.test_front_end import violations
from tests.fixtures.nursery import Nursery
from tests.payments.sandbox.conftest import LocalStripe

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def stripe(nursery: Nursery) -> Iterator[LocalStripe]:
    """A sandbox in which something of every kind has happened."""
    running = LocalStripe(nursery, "--seed", "4")
    yield running
    assert running.state()["violations"] == []
    running.stop()


@pytest.fixture
def addresses(stripe: LocalStripe) -> dict[str, str]:
    """Where each page is, fresh: another test may have moved the clock past what expires."""
    client, customer = stripe.client.v1, stripe.customer()
    client.payment_methods.attach("pm_card_visa", {"customer": customer})
    asked = stripe.pay(106_000, "pm_card_authenticationRequired", customer=customer)
    charge = stripe.pay(50_000, "pm_card_bypassPending").latest_charge.id
    stripe.pay(106_000, "pm_card_createDispute")
    payee, new = stripe.account(), stripe.account(active=False)
    to: Any = {"currency": "eur", "destination": payee, "source_transaction": charge}
    client.transfers.create(to | {"amount": 30_000})
    client.payouts.create({"amount": 10_000, "currency": "eur"}, {"stripe_account": payee})
    client.refunds.create({"charge": charge, "amount": 1_000})
    stripe.control("hooks", url=f"{NOWHERE}/hook", secret="whsec_x", disabled=True)
    stripe.control("faults", kind="429", path="/v1/nothing")
    link: Any = {
        "account": new,
        "use_case": {
            "type": "account_onboarding",
            "account_onboarding": {"refresh_url": NOWHERE, "return_url": NOWHERE},
        },
    }
    filters = {"allow_redisplay_filters": ["always", "limited", "unspecified"]}
    setup: Any = {"mode": "setup", "currency": "eur", "success_url": NOWHERE, "customer": customer}
    return {
        "checkout": stripe.session(customer=customer, saved_payment_method_options=filters).url,
        "setup": str(client.checkout.sessions.create(setup).url),
        "3ds": f"{stripe.url}/3ds/{asked.id}",
        "onboarding": stripe.client.v2.core.account_links.create(link).url,
        "express": f"{stripe.url}/express/{payee}",
        "operator": f"{stripe.url}/_sandbox",
        "gone": f"{stripe.url}/c/pay/nothing",
    }


@pytest.mark.parametrize(
    ("locale", "width", "colours"), [("fr", 390, "dark"), ("en", 1280, "light")]
)
def test_axe_finds_nothing_and_nothing_sticks_out(
    browser: Browser, addresses: dict[str, str], locale: str, width: int, colours: Any
) -> None:
    context = browser.new_context(
        color_scheme=colours,
        viewport={"width": width, "height": 844},
        bypass_csp=True,  # axe is put into the page by the test
    )
    page = context.new_page()
    try:
        for name, address in addresses.items():
            page.goto(f"{address}?locale={locale}")
            assert page.locator("html").get_attribute("lang") == locale, name
            assert violations(page) == [], name
            wide = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            assert wide == 0, name
    finally:
        context.close()


def test_a_card_is_refused_then_confirmed_at_the_bank_by_keyboard(
    page: Page, stripe: LocalStripe
) -> None:
    back = f"{stripe.url}/_sandbox?paid="
    session = stripe.session(locale="fr", success_url=back + "{CHECKOUT_SESSION_ID}")
    page.goto(session.url)
    page.locator("#number").fill("4000 0000 0000 9995")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Les fonds de votre carte sont insuffisants")
    page.get_by_text("Cartes de test").click()
    page.get_by_role("link", name="Utiliser 4000 0027 6000 3184").click()
    expect(page.locator("#number")).to_have_value("4000 0027 6000 3184")
    page.locator("#number").press("Enter")
    page.get_by_role("button", name="Confirmer le paiement").click()
    page.wait_for_url(f"{back}{session.id}")
    assert stripe.client.v1.checkout.sessions.retrieve(session.id).payment_status == "paid"


def test_the_operators_page_plays_the_bank(page: Page, stripe: LocalStripe) -> None:
    charge = stripe.pay(77_700).latest_charge.id
    page.goto(f"{stripe.url}/_sandbox?locale=fr")
    page.get_by_role("button", name=f"contester {charge}").click()
    dispute = stripe.client.v1.disputes.list({"charge": charge}).data[0]
    page.get_by_role("button", name=f"gagnée {dispute.id}").click()
    expect(page.get_by_role("button", name=f"gagnée {dispute.id}")).to_have_count(0)
    assert stripe.client.v1.disputes.retrieve(dispute.id).status == "won"
    page.get_by_label("Ce qui tombe en panne").select_option("429")
    page.get_by_role("button", name="Armer", exact=True).click()
    expect(page.get_by_role("button", name="Tout désarmer")).to_be_visible()
    page.get_by_role("button", name="Tout désarmer").click()
    page.get_by_role("button", name="7 jours").click()
    expect(page.get_by_text("(+7.0 j)")).to_be_visible()
