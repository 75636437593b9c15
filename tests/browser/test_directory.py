"""The directory in a real browser: filters, address, history, phone, keyboard, no JavaScript."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.people import euros
from tests.browser.test_front_end import AXE, complaints, in_both_colours

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

__all__ = ["complaints"]
LIST = "/fr/assistants"
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
}

# A finger or an eye meets it, and nothing that lies over it.
IN_SIGHT = """one => {
  const {x, y, width, height} = one.getBoundingClientRect();
  return document.elementFromPoint(x + width / 2, y + height / 2) === one;
}"""
CUT = "all => all.filter(one => one.scrollWidth > one.clientWidth).map(one => one.textContent)"


def total(page: Page) -> int:
    """How many profiles the page says match."""
    return int(re.sub(r"\D", "", page.locator("#count strong").inner_text()))


def first_skill(page: Page) -> str:
    """The code of the first skill that can be ticked."""
    return str(page.locator("#filters input[name=skill]").first.get_attribute("value"))


@pytest.fixture
def phone(browser: Browser, base_url: str) -> Any:
    """A page on a phone."""
    context = browser.new_context(base_url=base_url, locale="fr-FR", **PHONE)
    yield context.new_page()
    context.close()


def without_javascript(browser: Browser, base_url: str) -> BrowserContext:
    """A browser that runs no script."""
    return browser.new_context(base_url=base_url, java_script_enabled=False, **PHONE)


def test_a_filter_changes_results_and_address_and_back_undoes_it(
    page: Page, complaints: list[str]
) -> None:
    page.goto(LIST)
    everyone, code = total(page), first_skill(page)
    page.locator(f"input[name=skill][value={code}]").check()
    page.wait_for_url(f"**/assistants?skill={code}")
    expect(page.locator(".chip")).to_have_count(1)
    narrowed = total(page)
    assert 0 < narrowed <= everyone
    page.locator("#sort").select_option("rate")
    page.wait_for_url("**sort=rate")
    page.go_back()
    page.wait_for_url(f"**/assistants?skill={code}")
    expect(page.locator("#sort")).to_have_value("relevance")
    expect(page.locator(f"input[name=skill][value={code}]")).to_be_checked()
    page.locator("a.chip").first.click()
    page.wait_for_url("**/assistants")
    expect(page.locator("input[name=skill]:checked")).to_have_count(0)
    assert total(page) == everyone


def test_an_address_can_be_shared(page: Page, browser: Browser, base_url: str) -> None:
    page.goto(LIST)
    page.locator("#rate_to").fill("30")
    page.keyboard.press("Tab")
    page.wait_for_url("**rate_max=3000")
    page.locator("#cover_days").select_option("mon-fri")
    page.wait_for_url("**covers=mon-fri@09:00-18:00@Europe/Paris")
    there = browser.new_context(base_url=base_url, locale="fr-FR")
    other = there.new_page()
    other.goto(page.url)
    assert total(other) == total(page)
    expect(other.locator("#rate_to")).to_have_value("30")
    there.close()


def test_search_by_words_and_filters_as_the_newcomer_does(page: Page) -> None:
    page.goto(f"{LIST}?q=standardiste+bilingue&region=FR-IDF&jurisdiction=FR&rate_max=3000")
    assert total(page) > 0
    for card in page.locator(".card:not(.nearby .card)").all()[:5]:
        expect(card.locator(".card__m")).to_contain_text("France")
        assert euros(card.locator(".price b").inner_text()) <= 30


def test_profiles_of_two_pages_are_compared_and_no_more_than_four(page: Page) -> None:
    page.goto(LIST)
    boxes = page.locator('input[form="compare"]')
    boxes.nth(0).check()
    page.locator(".pager a").last.click()
    page.wait_for_url("**page=2**")
    expect(page.locator("#compare [role=status]")).to_contain_text("1 profil coché")
    for n in range(3):
        boxes.nth(n).check()
    expect(boxes.nth(3)).to_be_disabled()
    page.go_back()
    expect(boxes.nth(0)).to_be_checked()
    page.locator("#compare [type=submit]").click()
    expect(page.locator("#compared thead th")).to_have_count(5)


def test_suggestions_work_with_the_keyboard_alone(page: Page, complaints: list[str]) -> None:
    page.goto(LIST)
    page.keyboard.press("/")
    page.keyboard.type("factu")
    expect(page.locator("#q")).to_have_attribute("aria-expanded", "true")
    expect(page.locator("[role=option]").first).to_contain_text("Facturation")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[role=option][aria-selected=true]")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/assistants?skill=invoicing")


def test_the_town_of_the_filters_is_suggested_and_stays_that_town(page: Page) -> None:
    page.goto(LIST)
    for typed, kept in (("geneve", "Genève"), ("saint-denis", "Saint-Denis (Île-de-France)")):
        page.locator("#place").fill(typed)
        option = page.locator("town-box [role=option]").first
        expect(option).to_contain_text(kept.partition(" (")[0])
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.locator("#place")).to_have_value(kept)
        expect(page.locator(".chip").first).to_contain_text(kept)
    page.locator("#sw-available").check()
    page.wait_for_url("**/assistants?near=saint-denis-fr-idf&available=1")


def test_the_sheet_of_filters_on_a_phone(phone: Page) -> None:
    phone.goto(LIST)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.locator(".bar__f").click()
    expect(phone.locator("#filters")).to_be_visible()
    code = first_skill(phone)
    phone.locator(f"input[name=skill][value={code}]").check()
    phone.wait_for_url(f"**/assistants?skill={code}")
    phone.locator(".filters__foot .btn").click()
    expect(phone.locator("#filters")).not_to_be_visible()
    expect(phone.locator(".chip")).to_have_count(1)


def test_nothing_on_a_phone_hides_what_went_wrong_or_blocks_what_comes_next(phone: Page) -> None:
    phone.clock.install(time=0)
    phone.goto(LIST)
    phone.locator(".bar__f").tap()
    phone.clock.pause_at(3_600)  # seconds
    phone.route("**/assistants?*", lambda route: route.fulfill(status=503))
    toast = phone.locator("#toast")
    for box in ("#sw-available", "#sw-payable"):
        with phone.expect_response("**/assistants?*"):
            phone.locator(box).press("Space")
            phone.clock.run_for(10)
        expect(phone.locator("#main[aria-busy]")).to_have_count(0)
        expect(toast).to_contain_text("n’a pas fonctionné")
        phone.clock.run_for(5500)
    assert toast.evaluate(IN_SIGHT), "the filters hide what went wrong"
    phone.clock.resume()
    phone.unroute("**/assistants?*")
    phone.locator("#cover_days").select_option("mon-fri")
    phone.wait_for_url("**covers=mon-fri@09:00-18:00@**")
    phone.locator("#cover_from").fill("08:15")
    phone.wait_for_url("**covers=mon-fri@08:15-18:00@**")
    phone.locator("#available_hours").fill("200")
    phone.locator("#available_hours").press("Enter")
    expect(phone.locator("#main .note", has_text="200")).to_have_count(1)
    phone.set_viewport_size({"width": 1100, "height": 844})
    expect(phone.locator("[inert]")).to_have_count(0)
    phone.set_viewport_size({"width": 320, "height": 844})
    phone.locator(".bar__f").tap()
    phone.locator("#sw-available").press("Space")
    phone.wait_for_url(re.compile("^((?!available=1).)*$"))
    phone.go_back()
    phone.wait_for_url("**available=1**")
    expect(phone.locator("html.is-locked, [inert]")).to_have_count(0)
    assert not phone.locator(".card .tag").evaluate_all(CUT)


def test_a_finger_scrolls_the_suggestions_and_a_tap_chooses(phone: Page) -> None:
    phone.goto(LIST)
    phone.set_viewport_size({"width": 390, "height": 420})  # a keyboard has the rest
    phone.locator("#q").tap()
    phone.keyboard.type("co")
    options = phone.locator("[role=option]")
    options.nth(8).wait_for()
    place = options.nth(1).bounding_box()
    assert place
    finger = phone.context.new_cdp_session(phone)
    for up in range(0, 120, 20):
        at = {"x": place["x"] + 40, "y": place["y"] + 20 - up}
        kind = "touchMove" if up else "touchStart"
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [at]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    phone.wait_for_function("document.querySelector('.sug').scrollTop > 0")
    expect(phone.locator("#q")).to_have_value("co")
    options.nth(8).click(button="right")
    expect(phone.locator("#q")).to_have_value("co")
    options.nth(8).tap()
    expect(phone.locator("#q")).not_to_have_value("co")


def test_everything_works_without_javascript(browser: Browser, base_url: str) -> None:
    context = without_javascript(browser, base_url)
    page = context.new_page()
    page.goto(LIST)
    page.locator(".bar__f").click()
    code = first_skill(page)
    page.locator(f"input[name=skill][value={code}]").check()
    page.locator("#f button.nojs").click()
    page.wait_for_url(f"**/assistants?skill={code}")
    expect(page.locator(".chip")).to_have_count(1)
    page.locator(".card h3 a").first.click()
    expect(page.locator("h1")).to_be_visible()
    page.locator("select[name=tz]").select_option("America/Toronto")
    page.get_by_role("button", name="Afficher dans ce fuseau").click()
    expect(page.locator("#week")).to_contain_text("America/Toronto")
    context.close()


def test_the_visitor_sees_weeks_in_the_zone_of_the_browser(browser: Browser, base_url: str) -> None:
    context = browser.new_context(base_url=base_url)
    page = context.new_page()
    page.goto("/en/assistants")
    priced = page.locator(".card", has=page.locator(".price b")).first
    profile = str(priced.locator("h3 a").get_attribute("href"))
    context.close()
    abroad = browser.new_context(base_url=base_url, timezone_id="America/Toronto")
    page = abroad.new_page()
    page.goto(profile)  # the first page seen
    expect(page.locator("select[name=tz]")).to_have_value("America/Toronto")
    expect(page.locator(".book .price")).to_contain_text("CA$")
    page.goto(f"{profile}?tz=Indian/Reunion")
    expect(page.locator("select[name=tz]")).to_have_value("Indian/Reunion")
    abroad.clear_cookies()
    page.goto("/en/assistants?q=bookkeeping")
    expect(page.locator(".cards .price", has_text="≈ CA$").first).to_be_visible()
    page.locator("#results [name=with]").first.check()
    expect(page.locator("#compare [type=submit]")).to_be_visible()
    abroad.close()


@pytest.mark.skipif(not AXE.exists(), reason="needs axe-core: npm ci")
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_in_the_directory(browser: Browser, base_url: str, width: int) -> None:
    context = browser.new_context(
        base_url=base_url,
        reduced_motion="reduce",
        viewport={"width": width, "height": 844},
        bypass_csp=True,
    )
    page = context.new_page()
    page.goto(LIST)
    profile = str(page.locator(".card h3 a").first.get_attribute("href"))
    boxes = page.locator('input[name="with"]').all()[:4]
    compared = "&".join(f"with={box.get_attribute('value')}" for box in boxes)
    addresses = (
        LIST,
        f"{LIST}?q=facturation&country=FR&rate_max=4000",
        f"{LIST}?skill=farm-admin&tool=secib&rate_max=500",
        f"{LIST}?q=standardiste+moins+de+40+€&explain=1",
        f"{LIST}/compare?{compared}",
        "/fr/ranking",
        "/en/assistants/skill/invoicing",
        profile,
    )
    assert not in_both_colours(page, addresses)
    context.close()
