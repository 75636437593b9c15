"""The building blocks in a real browser: accessible, within our security policy, at any width."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.frontend.places import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Of what is in order nothing is kept, or the whole page would come back in pieces.
JUDGE = """rules => axe.run({runOnly: rules, resultTypes: ["violations"]}).then(found =>
  found.violations.map(one => `${one.id}: ${one.nodes[0].html.slice(0, 200)}`))"""
# Colours that glide into one another would be judged half-way.
AT_ONCE = "*, *::before, *::after { transition: none !important }"
NOW = "now => (document.documentElement.dataset.theme ?? '') === now"
PAGES = [
    "/fr/",
    "/en/",
    "/fr/how-it-works",
    "/fr/dev/components",
    "/en/dev/components",
    "/fr/nowhere",
]


@pytest.fixture
def complaints(page: Page) -> Iterator[list[str]]:
    """What the browser complained about while the test ran; refused styles and scripts show here."""
    found: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and "404" not in message.text:
            found.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: found.append(str(error)))
    yield found
    assert not found


def violations(page: Page) -> list[str]:
    """What axe-core finds wrong on the page as it stands."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found: list[str] = page.evaluate(JUDGE, RULES)
    return found


def in_both_colours(page: Page, addresses: Sequence[str]) -> dict[str, list[str]]:
    """What axe-core finds wrong on the pages, each shown in light and in dark."""
    found = {}
    for address in addresses:
        page.emulate_media(color_scheme="light")
        page.goto(address)
        page.add_style_tag(content=AT_ONCE)
        in_light = violations(page)
        page.emulate_media(color_scheme="dark")
        assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        wrong = [*in_light, *(f"dark: {one}" for one in violations(page))]
        if wrong:
            found[address] = wrong
    return found


@pytest.mark.skipif(not AXE.exists(), reason="needs axe-core: npm ci")
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(browser: Browser, base_url: str, width: int) -> None:
    context = browser.new_context(
        base_url=base_url,
        reduced_motion="reduce",
        viewport={"width": width, "height": 844},
        bypass_csp=True,  # axe is put into the page by the test
    )
    assert not in_both_colours(context.new_page(), PAGES)
    context.close()


@pytest.mark.parametrize("address", PAGES)
def test_nothing_runs_off_a_narrow_screen(page: Page, complaints: list[str], address: str) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(address)
    wide = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert wide <= 0


def test_the_theme_is_kept_and_the_page_with_it(page: Page, complaints: list[str]) -> None:
    page.goto("/fr/how-it-works?x=1")
    page.get_by_role("button", name="Changer le thème").first.click()
    expect(page).to_have_url("/fr/how-it-works?x=1")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.get_by_role("button", name="Changer le thème").first.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_the_theme_takes_nothing_that_was_typed_away(page: Page, complaints: list[str]) -> None:
    page.goto("/fr/sign-up")
    page.locator("main input[name=email]").fill("lea@roussel.example")
    theme = page.get_by_role("button", name="Changer le thème").first
    for now in ("light", "dark", "", "light"):
        theme.click()
        page.wait_for_function(NOW, arg=now)
    expect(page.locator("main input[name=email]")).to_have_value("lea@roussel.example")
    expect(page.locator("#live")).to_have_text("Thème\u00a0: clair")
    page.set_viewport_size({"width": 390, "height": 800})
    page.locator("details.menu--nav summary").click()
    page.get_by_role("button", name="clair").click()
    expect(page.get_by_role("button", name="sombre")).to_be_focused()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.route("**/theme", lambda route: route.abort())
    page.get_by_role("button", name="sombre").click()
    expect(page.locator("#toast")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    complaints.clear()  # of what was cut off


def test_a_form_is_sent_once_and_again_after_a_while(page: Page, complaints: list[str]) -> None:
    page.clock.install()
    page.goto("/fr/forgotten-password")
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    page.route("**/forgotten-password", lambda route: route.fulfill(status=204))  # as if stopped
    page.locator("main input[name=email]").fill("lea@roussel.example")
    button = page.locator("main form button[type=submit]")
    page.clock.pause_at(datetime.now(UTC) + timedelta(minutes=5))  # seconds go by as we say
    with page.expect_request("**/forgotten-password"):
        button.click()
    button.click()
    assert len(sent) == 1
    page.unroute("**/forgotten-password")
    page.clock.fast_forward(10_000)
    button.click()
    page.wait_for_url(lambda url: not url.endswith("/forgotten-password"))
    assert len(sent) == 2


def test_the_language_switch_keeps_the_address(page: Page, complaints: list[str]) -> None:
    page.goto("/fr/how-it-works?x=1")
    page.get_by_role("link", name="English").first.click()
    expect(page).to_have_url("/en/how-it-works?x=1")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_what_is_ticked_shows_as_chips_and_can_be_taken_away(
    page: Page, complaints: list[str]
) -> None:
    page.goto("/en/dev/components")
    chooser = page.locator("multi-select").first
    expect(chooser.get_by_role("button", name="remove")).to_have_count(2)
    chooser.locator("summary").click()
    chooser.get_by_role("searchbox").fill("cal")
    expect(chooser.locator("label:visible")).to_have_count(1)
    chooser.get_by_label("Calendar").check()
    expect(chooser.get_by_role("button", name="remove")).to_have_count(3)
    chooser.get_by_role("button", name="Data entry, remove").click()
    expect(chooser.get_by_role("button", name="remove")).to_have_count(2)


def test_mistakes_take_the_focus_and_lead_to_their_field(page: Page, complaints: list[str]) -> None:
    page.goto("/en/dev/components")
    expect(page.locator("#errors")).to_be_focused()
    page.locator("#errors").get_by_role("link", name="E-mail address").click()
    expect(page.locator("#f-email")).to_be_focused()
    expect(page.locator("#f-skills")).not_to_have_attribute("open", "")
    page.locator('#errors a[href="#f-skills"]').click()
    expect(page.locator("#f-skills > summary")).to_be_focused()
    expect(page.locator("#f-skills")).to_have_attribute("open", "")


def test_one_letter_is_left_and_a_menu_closes_when_the_focus_leaves_it(
    page: Page, complaints: list[str]
) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/fr/dev/components")
    page.locator("#f-text").fill("x" * 199)
    expect(page.locator("#f-text + .counter")).to_have_text("1 caractère restant")
    menu = page.locator("details.menu--nav")
    menu.locator("summary").click()
    expect(menu).to_have_attribute("open", "")
    menu.locator("button").last.press("Tab")
    expect(menu).not_to_have_attribute("open", "")


def test_ink_is_dark_on_paper_whatever_the_theme(page: Page, complaints: list[str]) -> None:
    page.goto("/fr/how-it-works")
    for _press in range(2):
        page.get_by_role("button", name="Changer le thème").first.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    ink = "getComputedStyle(document.body).color"
    on_screen = page.evaluate(ink)
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    assert page.evaluate(ink) != on_screen


def test_a_password_can_be_shown(page: Page, complaints: list[str]) -> None:
    page.goto("/en/dev/components")
    field = page.locator("#f-password")
    field.fill("correct horse")
    page.get_by_role("button", name="Show the password").click()
    expect(field).to_have_attribute("type", "text")


def test_hours_of_a_day_are_copied_to_the_others(page: Page, complaints: list[str]) -> None:
    page.goto("/en/dev/components")
    page.get_by_role("button", name="Copy Monday to the other weekdays").first.click()
    expect(page.locator("#f-coverage-13-from")).to_have_value("14:00")
    expect(page.locator("#f-coverage-15-from")).to_have_value("")


def test_home_searches_without_scripts(browser: Browser, base_url: str) -> None:
    context = browser.new_context(base_url=base_url, java_script_enabled=False, locale="fr-FR")
    page = context.new_page()
    page.goto("/")
    expect(page).to_have_url(f"{base_url}/fr/")
    page.get_by_role("searchbox").fill("standardiste")
    page.get_by_role("button", name="Chercher").click()
    expect(page).to_have_url(f"{base_url}/fr/assistants?q=standardiste")
    context.close()


def test_hours_are_understood_as_people_type_them(page: Page, complaints: list[str]) -> None:
    page.goto("/fr/dev/components")
    grid = page.locator("time-grid")
    cells = grid.locator("tbody input")
    expect(grid.locator("[data-due]")).to_have_text("148,75\u00a0€")
    for index, typed in enumerate(["2", "2,5", "2h30", "1:30", "90min", "", "dix"]):
        cells.nth(index).fill(typed)
        cells.nth(index).press("Enter")
    shown = [cells.nth(index).input_value() for index in range(7)]
    assert shown == ["2:00", "2:30", "2:30", "1:30", "1:30", "", "dix"]
    expect(cells.nth(6)).to_have_attribute("aria-invalid", "true")
    expect(grid.locator(".tg__sum")).to_have_text("10:45")
    expect(grid.locator("[data-due]")).to_have_text("350,00\u00a0€")  # ten hours are paid
