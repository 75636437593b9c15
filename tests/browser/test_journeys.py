"""The first whole journey, as people live it: publish, find, propose, sign, hold, release.

Two newcomers, one browser each; in French and in English. Those of the hourly week walk through
every page from the sign-up to the signature, the others are there and sign without. With
TEST_PICTURES=1 what they saw is kept as pictures in var/journeys.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.arrivals import both_sign, newcomers
from tests.browser.people import CARD, Someone, unheard_of

if TYPE_CHECKING:
    from datetime import date

    from playwright.sync_api import Browser

LANGS = ("fr", "en")
UNIT = 'main a.btn--brand[href*="/units/"]'


def amount(minor: int, lang: str) -> re.Pattern[str]:
    """An amount in euros as the pages write it."""
    euros, cents = divmod(minor, 100)
    if lang == "fr":
        return re.compile(rf"{euros},{cents:02d}\s€")
    return re.compile(rf"€{euros}\.{cents:02d}")


def arrived(browser: Browser, url: str, lang: str, story: str) -> tuple[Someone, Someone, str]:
    """As `newcomers`, by every page on the way, until the business finds the assistant."""
    assistant = Someone.arrive(browser, url, lang, unheard_of("Léa"), f"{story}-assistant")
    assistant.sign_up("assistant")
    assistant.found_party("sole_trader", "franchise", assistant.name)
    profile = assistant.publish_profile(f"Factures et appels {story}")
    business = Someone.arrive(browser, url, lang, "Paul Durand", f"{story}-business")
    business.sign_up("business")
    business.found_party("sas", "vat_registered", "Durand Menuiserie")
    # By name: the words of a headline name skills, and many have those.
    business.until(f"/assistants?q={assistant.name.replace(' ', '+')}", f'href="[^"]*{profile}')
    expect(business.page.locator(f'main a[href*="{profile}"]').first).to_be_visible()
    business.picture("03-found")
    return assistant, business, profile.rsplit("/", 1)[1]


def signed(assistant: Someone, business: Someone, contract: str) -> None:
    """As `both_sign`, each on the page that shows what is signed."""
    business.sign(contract)
    assistant.sign(contract)
    assistant.goto(contract)
    expect(assistant.page.locator("main")).to_contain_text("Paul Durand")


@pytest.mark.parametrize("lang", LANGS)
def test_a_project_of_two_milestones(
    browser: Browser, base_url: str, lang: str, today: date
) -> None:
    story = f"project-{lang}"
    assistant, business, slug = newcomers(browser, base_url, lang, story)
    contract = business.propose(
        slug,
        "project",
        milestones__0__title="Premier lot",
        milestones__0__price="200",
        milestones__0__due_on=str(today + timedelta(days=14)),
        milestones__0__criteria="Cent factures envoyées",
        milestones__1__title="Second lot",
        milestones__1__price="300",
        milestones__1__due_on=str(today + timedelta(days=28)),
        milestones__1__criteria="Relances faites",
    )
    both_sign(assistant, business, contract)
    for position in (1, 2):
        business.goto(f"{contract}/work")
        business.fund()
        expect(business.page).to_have_url(re.compile("/work"))
        business.picture(f"10-room-{position}")
    assistant.set_up_payouts()

    assistant.goto(f"{contract}/work")
    assistant.follow(assistant.page.locator(UNIT).first)
    assistant.fill(note="Cent factures envoyées et classées.")
    assistant.press("/deliver")
    business.goto(f"{contract}/work")
    business.follow(business.page.locator(UNIT).first)
    business.picture("11-delivery")
    business.press("/approve")

    assistant.goto(f"{contract}/work")
    assistant.page.locator("main details > summary").last.click()
    assistant.press("/ending")
    assistant.picture("12-ended")

    statement = assistant.page.locator("main")
    # The worker makes the transfer and the refund.
    assistant.until(f"{contract}/statement", r">\s*tr_", r">\s*re_")
    assistant.picture("13-statement")
    business.goto(f"{contract}/statement")
    business.picture("13-statement")
    # Milestone 1: 200 less 5 % fee with 20 % VAT on it. Milestone 2: 300 plus the client's fee back.
    expect(statement).to_contain_text(amount(18800, lang))
    expect(statement).to_contain_text(amount(31800, lang))


@pytest.mark.parametrize("lang", LANGS)
def test_a_flat_fee(browser: Browser, base_url: str, lang: str) -> None:
    story = f"flat-{lang}"
    assistant, business, slug = newcomers(browser, base_url, lang, story)
    contract = business.propose(
        slug, "flat_fee", price="400", period="one_off", periods="1", includes="Trente factures"
    )
    both_sign(assistant, business, contract)
    business.goto(f"{contract}/work")
    business.fund(card="4000 0000 0000 0002")
    expect(business.page).to_have_url(re.compile("/c/pay/"))  # declined: stays, nothing is lost
    business.picture("07-declined")
    business.pay_with(CARD)
    expect(business.page).to_have_url(re.compile("/work"))
    assistant.goto(f"{contract}/work")
    assistant.follow(assistant.page.locator(UNIT).first)
    assistant.fill(note="Trente factures envoyées.")
    assistant.press("/deliver")
    business.goto(f"{contract}/work")
    business.follow(business.page.locator(UNIT).first)
    business.press("/approve")
    business.goto(contract)
    business.picture("12-completed")
    assistant.set_up_payouts()
    assistant.until("/payouts", r">\s*tr_")
    assistant.picture("13-paid")
    expect(assistant.page.locator("main")).to_contain_text(amount(37600, lang))


@pytest.mark.parametrize("lang", LANGS)
def test_an_hourly_week(browser: Browser, base_url: str, lang: str, today: date) -> None:
    story = f"hourly-{lang}"
    assistant, business, slug = arrived(browser, base_url, lang, story)
    monday = today - timedelta(days=today.weekday())  # the form would begin next week on a weekend
    contract = business.propose(
        slug,
        "hourly",
        starts_on=today.isoformat(),
        rate="30",
        cap_hours="10",
        first_week=monday.isoformat(),
    )
    signed(assistant, business, contract)
    business.goto(f"{contract}/work")
    business.fund()
    expect(business.page).to_have_url(re.compile("/work"))
    assistant.goto(f"{contract}/work")
    assistant.follow(assistant.page.locator(UNIT).first)
    for duration, task in (("2h30", "Appels"), ("1,5", "Factures")):
        assistant.fill(minutes=duration, task=task)
        assistant.press("/entries")
    assistant.picture("10-hours")
    assistant.press("/submit")
    business.goto(f"{contract}/work")
    business.follow(business.page.locator(UNIT).first)
    business.picture("11-week")
    business.press("/approve")
    business.goto(f"{contract}/statement")
    business.picture("13-statement")
    # Four hours at 30 are released; six hours, 180, are carried to the next week.
    expect(business.page.locator("main")).to_contain_text(amount(12000, lang))
    expect(business.page.locator("main")).to_contain_text(amount(18000, lang))
