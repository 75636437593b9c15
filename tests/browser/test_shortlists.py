"""A shortlist from the first heart to the names behind the scores, and a search saved and stopped."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from playwright.sync_api import expect

from marketplace.demo.rules import LOGINS, PASSWORD
from tests.browser.people import Someone, euros, leaving
from tests.browser.test_front_end import violations
from tests.browser.test_signed_in import log_in

if TYPE_CHECKING:
    from playwright.sync_api import APIResponse, Browser, Page, Route

    from tests.fixtures.product import Product


def in_order(page: Page) -> None:
    """Accessible, and nothing off the screen."""
    wide: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide <= 0
    assert not violations(page)


def test_from_a_heart_to_the_names_behind_the_scores(browser: Browser, base_url: str) -> None:
    context = browser.new_context(base_url=base_url, locale="fr-FR", bypass_csp=True)
    page = context.new_page()
    claire = Someone(page, base_url, "fr", "Claire Durand", f"{uuid4().hex[:12]}@example.org", "sl")
    page.goto("/fr/assistants?skill=invoicing")
    names = list(dict.fromkeys(page.locator(".cards h3").all_inner_texts()))[:3]  # some share one
    page.evaluate("document.body.dataset.here = 1")
    for number, name in enumerate(names):
        card = page.locator(".cards > li", has=page.get_by_role("heading", name=name)).first
        card.locator(".heart").press("Enter")
        expect(page.locator(".heart.is-on")).to_have_count(number + 1)
        expect(card.locator(".heart")).to_be_focused()
        expect(page.locator("#toast")).to_contain_text("Gardé dans")
    expect(page.locator("body[data-here]")).to_have_count(1)  # the page stayed
    claire.sign_up("business")
    claire.goto("/shortlists")
    claire.follow(page.locator("main .panel h2 a").first)
    for name in names:
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    page.locator(".keeps summary").first.click()
    page.locator(".keeps textarea").first.fill("Rappeler lundi")
    claire.follow(page.locator(".keeps details button").first)
    expect(page.locator(".keeps textarea").first).to_have_value("Rappeler lundi")
    in_order(page)

    claire.press("/link")
    link = page.locator("copy-text code").inner_text()
    stranger = browser.new_context(locale="en-GB").new_page()
    stranger.goto(link)
    expect(stranger.locator("main")).to_contain_text(names[0])
    expect(stranger.locator("main")).not_to_contain_text("Rappeler lundi")

    page.locator('[name="criteria"]').nth(0).fill("Clarté")
    claire.press("/blind")
    text = page.content()
    for name in names:
        assert name not in text
    in_order(page)
    answer = stranger.goto(link)
    assert answer is not None
    assert answer.status == 404
    for letter in "ABC":
        page.locator(f'[name="score-{letter}-0"][value="4"]').check()
    claire.press("/scores")
    for name in names:
        expect(page.locator(".table")).to_contain_text(name)
    in_order(page)
    stranger.context.close()
    context.close()


def test_hearts_pressed_in_a_row_fill_one_list(browser: Browser, base_url: str) -> None:
    """Also while results of a first visit are drawn again at the visitor's time."""
    context = browser.new_context(base_url=base_url, locale="fr-FR", timezone_id="Asia/Tokyo")
    page = context.new_page()
    held: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        if route.request.resource_type == "fetch" and not held:
            held.append((route, route.fetch()))
        else:
            route.continue_()

    page.route(re.compile(r"/fr/assistants\?skill=invoicing$"), hold)
    page.goto("/fr/assistants?skill=invoicing")
    while not held:
        page.wait_for_timeout(50)
    page.evaluate("[...document.querySelectorAll('.heart')].slice(0, 3).forEach((o) => o.click())")
    expect(page.locator(".heart.is-on")).to_have_count(3)
    with page.expect_response(lambda one: one.request.resource_type == "fetch"):
        held[0][0].fulfill(response=held[0][1])  # as it was before they were pressed
    expect(page.locator("[data-zone='Asia/Tokyo']").first).to_be_attached()
    expect(page.locator(".heart.is-on")).to_have_count(3)
    page.goto("/fr/shortlists")
    page.locator("main .panel h2 a").first.click()
    expect(page.locator(".keeps summary")).to_have_count(3)
    context.close()


def test_a_search_is_saved_paused_and_deleted(browser: Browser, base_url: str) -> None:
    context = browser.new_context(
        base_url=base_url, locale="en-GB", viewport={"width": 390, "height": 844}, bypass_csp=True
    )
    page = context.new_page()
    log_in(page, "en", "entreprise")
    page.goto("/en/assistants?q=invoicing&region=FR-IDF")
    with leaving(page):
        page.get_by_role("link", name="Save this search").click()
    in_order(page)
    page.fill("[name=name]", "Paris invoices")
    page.locator('[name=rhythm][value="daily"]').check()
    with leaving(page):
        page.get_by_role("button", name="Save this search").click()
    mine = page.locator(".panel", has_text="Paris invoices")
    expect(mine).to_contain_text(re.compile("Next look: .*08:00"))
    in_order(page)
    with leaving(page):
        mine.get_by_role("button", name="Pause the mails").click()
    expect(mine).to_contain_text("paused")
    mine.get_by_role("button", name="Delete").first.click()
    with leaving(page):
        mine.locator("[popover] .btn--danger").click()
    expect(mine).to_have_count(0)
    context.close()


def test_news_of_a_saved_search_come_by_mail_and_stop_with_one_click(
    browser: Browser, base_url: str, product: Product
) -> None:
    claire = Someone.arrive(browser, base_url, "en", "Claire Durand", "alerts")
    claire.sign_up("business")
    claire.goto("/assistants?city=lyon")
    claire.follow(claire.page.get_by_role("link", name="Save this search"))
    claire.fill(name="Around the corner")
    claire.choose("rhythm", "at_once")
    claire.press("/saved-searches")
    before = claire.mails()

    lea = Someone.arrive(browser, base_url, "en", "Léa", "alerts")
    lea.goto("/log-in")
    lea.fill(email=LOGINS[1][1], password=PASSWORD)
    lea.press("/log-in")
    lea.goto("/profile")
    lea.follow(lea.page.locator('main a[href$="/edit/rates"]').first)
    price = euros(lea.page.locator("[name=hourly_rate_minor]").input_value().replace(".", ","))
    lea.fill(hourly_rate_minor=f"{price + 1:.2f}")
    lea.press("/edit/rates")

    product.advance(timedelta(minutes=10))  # several changes in a row make one mail, minutes later
    link = claire.newest_mail(r"(http\S+/saved-searches/stop\S+)", before)
    claire.page.goto(f"{base_url}/dev/mail?to={claire.email}")
    claire.follow(claire.page.locator('a[href*="/dev/mail/"]').first)
    expect(claire.page.locator("h1")).to_contain_text("Around the corner")
    mail = claire.page.locator(".panel")
    expect(mail).to_contain_text("has changed: price")
    expect(mail).to_contain_text(f"€{price + 1:.2f}".removesuffix(".00"))
    claire.page.goto(link)
    claire.press("/saved-searches/stop")
    expect(claire.page.locator("h1")).to_have_text("These mails are stopped")
    claire.goto("/saved-searches")
    expect(claire.page.locator(".panel", has_text="Around the corner")).to_contain_text("paused")
    for one in (claire, lea):
        one.page.context.close()
