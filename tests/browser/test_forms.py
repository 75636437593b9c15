"""Forms in a browser: what was typed follows its writer into the other language, and no refusal loses it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.arrivals import enter
from tests.browser.people import PASSWORD, Someone, leaving
from tests.browser.test_signed_in import log_in

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


def to_the_other_language(page: Page) -> None:
    with leaving(page):
        page.locator("header [data-language]:visible").first.click()


def test_what_is_typed_goes_along_into_the_other_language(page: Page) -> None:
    page.goto("/fr/sign-up")
    page.locator("main [name=email]").fill("lea@")
    page.locator("main [name=intent][value=assistant]").check(force=True)
    page.locator("main [name=password]").fill(PASSWORD)
    to_the_other_language(page)
    expect(page).to_have_url(re.compile("/en/sign-up"))
    expect(page.locator("main [name=email]")).to_have_value("lea@")
    expect(page.locator("main [name=intent][value=assistant]")).to_be_checked()
    expect(page.locator("main [name=password]")).to_have_value("")
    assert page.evaluate("sessionStorage.typed") is None
    with leaving(page):
        page.locator("main form button[type=submit]").first.click()
    expect(page.locator("#errors")).to_be_focused()
    to_the_other_language(page)  # of a refused form, too
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator("main [name=email]")).to_have_value("lea@")
    page.reload()
    expect(page.locator("main [name=email]")).to_have_value("")


def test_without_scripts_the_other_language_opens_beside_the_form(
    browser: Browser, base_url: str
) -> None:
    page = browser.new_context(base_url=base_url, java_script_enabled=False).new_page()
    page.goto("/fr/sign-up")
    page.locator("main [name=email]").fill("lea@roussel.example")
    with page.context.expect_page() as opened:
        page.locator("header [data-language]:visible").first.click()
    expect(opened.value).to_have_url(f"{base_url}/en/sign-up")
    expect(page.locator("main [name=email]")).to_have_value("lea@roussel.example")
    page.goto("/fr/how-it-works")  # nothing to be lost
    assert not page.locator("header [target=_blank]:visible").count()


def test_an_indian_assistant_is_asked_for_gst_in_either_language(
    browser: Browser, base_url: str
) -> None:
    asha = Someone.arrive(browser, base_url, "fr", "Asha Rao", "india")
    enter(asha, "assistant")
    asha.goto("/parties/new?kind=assistant")
    asha.fill(jurisdiction="IN")
    expect(asha.page.locator("main [name=lut_number]")).to_be_visible()
    expect(asha.page.locator("#f-vat_number-hint")).not_to_contain_text("TVA")
    asha.fill(legal_name="Asha Rao", lut_number="12", sac_code="99")
    to_the_other_language(asha.page)  # where the country's questions come again, then their answers
    expect(asha.page.locator("main [name=lut_number]")).to_have_value("12")
    expect(asha.page.locator("main [name=sac_code]")).to_have_value("99")
    asha.press("/parties/new?kind=assistant".partition("?")[0])
    expect(asha.page.locator("#errors")).to_contain_text("LUT number")
    expect(asha.page.locator("main [name=lut_number]")).to_have_value("12")


def test_an_operator_who_comes_too_late_reads_so_and_what_they_had_typed(
    browser: Browser, base_url: str
) -> None:
    early, late = (browser.new_context(base_url=base_url).new_page() for _which in range(2))
    for page in (early, late):
        log_in(page, "fr", "exploitant")
        page.goto("/fr/operator/references")
        with leaving(page):
            page.locator("main a[href*='/operator/references/']").first.click()
        page.locator("main label:has([name=ground])").first.click()
        page.locator("main textarea[name=reason]").fill("Ce texte nomme une autre personne.")
    for page in (early, late):
        with leaving(page):
            page.locator("main form button[type=submit]").first.click()
    expect(late.locator("#errors")).to_be_focused()
    expect(late.locator("#errors")).to_contain_text("une décision a déjà été prise")
    expect(
        late.locator("#errors").get_by_text("Ce texte nomme une autre personne.")
    ).to_be_visible()
    late.locator("main textarea[name=reason]").fill("Retirée par erreur.")
    with leaving(late):
        late.locator("main form button[type=submit]").first.click()
    expect(late.locator("#errors")).to_have_count(0)
