"""Ways of paying besides a card on the spot: saved ahead, by direct debit, and outside of Relais."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.arrivals import both_sign, newcomers
from tests.browser.people import Someone, leaving
from tests.browser.test_journeys import UNIT, signed

if TYPE_CHECKING:
    from playwright.sync_api import Browser

IN_FIVE_DAYS = "FR14 2004 1010 0505 0001 3M02 606"


def pay_by_debit(business: Someone, iban: str) -> None:
    """Choose the bank account on the payment page and send it."""
    business.page.locator("details summary").first.click()
    business.page.locator("#iban").fill(iban)
    with leaving(business.page):
        business.page.locator("#iban").press("Enter")


def test_a_card_is_saved_ahead_and_a_part_paid_by_direct_debit(
    browser: Browser, base_url: str
) -> None:
    assistant, business, slug = newcomers(browser, base_url, "fr", "debit-fr")
    business.goto("/payment-methods")
    business.press("/add")
    expect(business.page).to_have_url(re.compile("/c/pay/"))
    business.pay_with("5555 5555 5555 4444")
    expect(business.page).to_have_url(re.compile("added=1"))
    row = business.page.locator("main tr", has_text="4444")
    expect(row).to_contain_text("Paie les semaines")
    business.picture("03-methods")
    contract = business.propose(
        slug, "flat_fee", price="400", period="one_off", periods="1", includes="Trente factures"
    )
    both_sign(assistant, business, contract)
    business.goto(f"{contract}/work")
    business.follow(business.page.locator('main a[href$="/fund"]').first)
    business.press("/fund")
    pay_by_debit(business, IN_FIVE_DAYS)
    expect(business.page).to_have_url(re.compile("/work"))
    for who in (business, assistant):
        who.goto(f"{contract}/work")
        expect(who.page.locator("main")).to_contain_text("Prélèvement en cours")
        expect(who.page.locator("main")).to_contain_text("Arrivée prévue vers le")
        who.picture("08-debit")
    expect(assistant.page.locator(UNIT)).to_have_count(0)  # nothing to hand in yet


def test_payments_outside_count_once_both_sides_have_said_so(
    browser: Browser, base_url: str
) -> None:
    story = "recorded-en"
    assistant = Someone.arrive(browser, base_url, "en", "Voary Rakoto", f"{story}-assistant")
    assistant.sign_up("assistant")
    assistant.fill(jurisdiction="MG")
    assistant.follow(assistant.page.locator('main button[name="show"]'))
    expect(assistant.page.locator("main")).to_contain_text("Funds cannot be held")  # told first
    assistant.picture("02-told")
    assistant.choose("legal_form", "sole_trader")
    assistant.choose("tax_status", "unregistered")
    assistant.fill(
        legal_name="Voary Rakoto", registration_number="1234567890", postcode="101",
        address_line1="Lot 12", town="Antananarivo",
    )  # fmt: skip
    assistant.press("/parties/new")
    slug = assistant.publish_profile("Invoices from Tana", city="Antananarivo").rsplit("/", 1)[1]
    business = Someone.arrive(browser, base_url, "en", "Paul Durand", f"{story}-business")
    business.sign_up("business")
    business.found_party("sas", "vat_registered", "Durand Menuiserie")
    business.goto(f"/contracts/new?assistant={slug}")
    expect(business.page.locator("main")).to_contain_text("Recorded payments")
    contract = business.propose(
        slug, "flat_fee", price="400", period="one_off", periods="1", includes="Thirty invoices"
    )
    signed(assistant, business, contract)
    assistant.goto(f"{contract}/work")
    assistant.picture("10-room")
    assistant.follow(assistant.page.locator(UNIT).first)
    assistant.fill(note="Thirty invoices sent.")
    assistant.press("/deliver")
    business.goto(f"{contract}/work")
    business.follow(business.page.locator(UNIT).first)
    business.press("/approve")
    business.follow(business.page.locator('main a[href$="/payments"]').first)
    business.fill(amount_minor="400", method="bank_transfer", reference="FT 2026-11")
    business.picture("11-record")
    business.press("/payments")
    path = re.sub(r".*/en(/units/.*)", r"\1", business.page.url)
    expect(business.page.locator("main")).to_contain_text("To confirm")
    assistant.goto(path)
    assistant.picture("12-confirm")
    assistant.press("/confirm")
    expect(assistant.page.locator("main")).to_contain_text("both sides have said so")
    business.goto(f"{contract}/statement")
    business.picture("13-statement")
    expect(business.page.locator("main")).to_contain_text("FT 2026-11")
