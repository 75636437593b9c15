"""Searching as a newcomer: words, filters, addresses to share, the back button, a phone, no script."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.people import euros, picture

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FILTERS = "q=standardiste&region=FR-IDF&jurisdiction=FR&rate_max=3000"


def total(page: Page) -> int:
    """How many profiles the page says match."""
    return int(re.sub(r"\D", "", page.locator("#count strong").inner_text()))


def test_a_bilingual_receptionist_speaks_english(page: Page) -> None:
    page.goto("/fr/")
    page.locator("main input[name=q]").fill("standardiste bilingue")
    page.locator("main input[name=q]").press("Enter")
    page.wait_for_url(re.compile("q=standardiste"))
    assert total(page) > 0
    first = page.locator("ol.cards > li").first
    expect(first).to_contain_text(re.compile("Anglais|Néerlandais|Allemand|Espagnol|Italien|Arabe"))
    picture(page, "search-desktop")


def test_filters_narrow_and_stand_in_an_address_that_can_be_shared(
    page: Page, browser: Browser, base_url: str
) -> None:
    page.goto("/fr/assistants?q=standardiste")
    before = total(page)
    page.goto(f"/fr/assistants?{FILTERS}")
    assert 0 <= total(page) < before
    for card in page.locator("ol.cards:not(.nearby ol) > li .price b").all():
        assert euros(card.inner_text()) <= 30
    stranger = browser.new_context(locale="fr-FR").new_page()
    stranger.goto(page.url if page.url.startswith("http") else base_url + page.url)
    assert total(stranger) == total(page)
    stranger.context.close()


def test_a_ticked_skill_filters_at_once_and_back_undoes_it(page: Page) -> None:
    page.goto("/fr/assistants")
    before = total(page)
    box = page.locator('#filters input[name="skill"]').first
    box.locator("xpath=ancestor::label[1]").click()
    page.wait_for_url(re.compile("skill="))
    expect(page.locator("#count strong")).not_to_have_text(str(before))
    page.go_back()
    page.wait_for_url(re.compile("/fr/assistants$"))
    expect(page.locator("#count strong")).to_have_text(str(before))


def test_in_a_large_directory_the_counts_follow_the_results(page: Page) -> None:
    unasked = f"rate_max={10_000 + uuid4().int % 10**6}"  # or its counts may be at hand already
    page.goto(f"/fr/assistants?{unasked}")
    page.evaluate("document.querySelector('#main').dataset.many = ''")  # as if there were so many
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.headers.get("x-counts", "")))
    box = page.locator('#filters input[name="skill"]').first
    code = box.get_attribute("value")
    box.locator("xpath=ancestor::label[1]").click()
    page.wait_for_url(re.compile(f"skill={code}"))
    expect(page.locator("#main[data-many]")).to_have_count(0)  # drawn anew, this time whole
    expect(page.locator("#results a.chip")).to_have_count(2)
    expect(box).to_be_checked()
    assert [one for one in asked if one] == ["later", "now"]
    page.go_back()
    page.wait_for_url(re.compile(f"{unasked}$"))
    expect(page.locator("#filters input[name=skill]:checked")).to_have_count(0)


def test_on_a_phone_the_filters_are_a_sheet_and_nothing_scrolls_sideways(
    browser: Browser, base_url: str
) -> None:
    phone = browser.new_context(
        locale="fr-FR", viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True
    )
    page = phone.new_page()
    page.goto(f"{base_url}/fr/assistants?q=facturation")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1")
    page.locator(".bar__f").tap()
    expect(page.locator("#filters")).to_be_visible()
    picture(page, "search-phone")
    page.locator("#sw-available").press("Space")
    page.wait_for_url(re.compile("available=1"))
    expect(page.locator("a.chip", has_text="Disponible")).to_have_count(1)  # it is drawn anew,
    expect(page.locator("#results[inert]")).to_have_count(1)  # behind the sheet still
    page.keyboard.press("Escape")
    expect(page.locator("#filters")).to_be_hidden()
    expect(page.locator(".bar__f")).to_be_focused()
    phone.close()


def test_what_waits_for_another_filter_stays_and_a_suggestion_joins_them(page: Page) -> None:
    page.goto("/fr/assistants?rate_max=6000")
    page.locator("#level").select_option("C1")
    page.locator("#within_km").select_option("100")
    page.locator("#cover_zone").select_option("Europe/London")
    page.locator("#speak-en").check()
    page.wait_for_url(re.compile("speaks=en:C1"))
    page.locator("#q").focus()
    page.keyboard.type("assistante lyo")
    expect(page.locator("[role=option]").first).to_contain_text("Lyon")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(
        "**/assistants?q=assistante&speaks=en:C1&near=lyon&within_km=100&rate_max=6000"
    )
    expect(page.locator("#q")).to_have_value("assistante")
    page.locator("#cover_days").select_option("mon-sun")
    page.wait_for_url(re.compile("covers=mon-sun@09:00-18:00@Europe/London"))
    page.locator("#cover_to").fill("00:00")
    page.wait_for_url(re.compile("covers=mon-sun@09:00-24:00@Europe/London"))
    page.locator("#sw-available").check()  # the field, which cannot show 24:00, says the same again
    page.wait_for_url(re.compile("covers=mon-sun@09:00-24:00@Europe/London.*available=1"))
    expect(page.locator("#sw-available")).to_be_focused()


def test_a_language_chosen_of_the_suggestions_stays_when_its_words_go(page: Page) -> None:
    page.goto("/fr/assistants")
    page.locator("#q").focus()
    page.keyboard.type("secrétaire qui parle anglais")
    page.wait_for_url(re.compile("speaks=en:B2"))  # read from the sentence until now
    page.locator("[role=option]", has_text="Anglais B2").first.click()
    page.wait_for_url(re.compile(r"q=secr%C3%A9taire\+qui\+parle&.*speaks=en:B2$"))
    expect(page.locator(".chip", has_text="Anglais")).to_have_count(1)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_without_script_the_form_does_the_same(browser: Browser, base_url: str, lang: str) -> None:
    plain = browser.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(f"{base_url}/{lang}/assistants?q=invoicing")
    page.locator('#filters input[name="rate_to"]').fill("30")
    page.locator("#filters button[type=submit].nojs").click()
    expect(page).to_have_url(re.compile(r"rate_max=3000"))
    assert "lang=" not in page.url
    lyon = "near=lyon&rate_max=3000&said=near%3Dlyon%7Cin+Lyon"
    for sentence, rest in (
        ("invoicing in Lyon", f"q=invoicing&{lyon}"),
        ("bookkeeping", "q=bookkeeping&rate_max=3000"),  # Lyon was said, the rate was chosen
        ("bookkeeping in Lyon", f"q=bookkeeping&{lyon}"),
    ):
        page.locator("#q").fill(sentence)
        page.locator("#q").press("Enter")
        page.wait_for_url(re.compile(f"/assistants\\?{re.escape(rest)}$"))
        expect(page.locator("#q")).to_have_value(sentence)
    page.locator("#sw-available").check()
    page.locator("#filters button[type=submit].nojs").click()
    page.wait_for_url(re.compile(r"q=bookkeeping&near=lyon&rate_max=3000&available=1"))
    plain.close()


def test_years_currency_and_the_union_are_filters_with_chips_without_script(
    browser: Browser, base_url: str
) -> None:
    plain = browser.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(f"{base_url}/fr/assistants?skill=invoicing")
    page.locator("#years").select_option("2")
    page.locator("#currency").select_option("CAD")
    page.locator("#can_contract_with").select_option("EU:business")
    page.locator("#filters button[type=submit].nojs").click()
    expect(page).to_have_url(re.compile(r"skill=invoicing&years=2&can_contract_with=EU:business"))
    chips = page.locator("#results ul.chips").first
    expect(chips).to_contain_text("2 ans de pratique ou plus")
    expect(chips).to_contain_text("toute l’Union européenne")
    expect(page.locator("#filters")).to_contain_text(
        "Cours de change approximatifs du 30 octobre 2026"
    )
    expect(page.locator("ol.cards .price", has_text="$CA)").first).to_be_visible()
    plain.close()


def test_a_profile_can_be_reached_and_left_with_the_keyboard_alone(page: Page) -> None:
    page.goto("/fr/assistants?q=facturation")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    link = page.locator("ol.cards h3 a").first
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/fr/assistants/[a-z0-9-]+$"))
    expect(page.locator("h1")).to_be_visible()
    page.go_back()
    page.wait_for_url(re.compile("q=facturation"))


def test_a_sentence_turns_into_chips_and_a_chip_back_into_words(page: Page) -> None:
    page.goto("/fr/")
    page.locator("main input[name=q]").fill("standardiste bilingue anglais à Paris moins de 40 €")
    page.locator("main input[name=q]").press("Enter")
    page.wait_for_url(re.compile("near=paris"))
    expect(page.locator("#q")).to_have_value("standardiste à Paris moins de 40 € bilingue anglais")
    chip = page.locator("a.chip", has_text="à Paris")
    expect(chip).to_have_count(1)
    expect(page.locator("a.chip", has_text="moins de 40 €")).to_have_count(1)
    picture(page, "search-understood")
    page.locator("a.chip", has_text="bilingue anglais").click()
    page.wait_for_url(lambda address: "speaks" not in address)
    expect(page.locator("#q")).to_have_value(  # as text it would be translation
        "standardiste à Paris moins de 40 €"
    )
    chip.click()
    page.wait_for_url(lambda address: "near=paris&" not in address)
    expect(page.locator("#q")).to_have_value("standardiste à Paris moins de 40 €")
    expect(page).to_have_title("standardiste à Paris – Relais")  # though only a part was drawn anew
    expect(page.locator("a.chip", has_text="moins de 40 €")).to_have_count(1)


def test_what_a_sentence_said_goes_when_it_is_written_over(page: Page) -> None:
    page.goto("/fr/assistants?available=1")
    field, chips = page.locator("#q"), page.locator("#results a.chip")
    field.fill("facturation samedi matin moins de 40 €")
    expect(chips).to_have_count(4)
    expect(field).to_have_value("facturation samedi matin moins de 40 €")
    field.fill("facturation lundi matin")
    expect(page.locator("a.chip", has_text="lundi matin")).to_have_count(1)
    expect(chips).to_have_count(3)
    steps, asked = page.evaluate("history.length"), page.url
    with page.expect_response(re.compile("/fr/assistants.*q_before")):
        field.press("Enter")
    expect(page.locator("#main[aria-busy]")).to_have_count(0)
    assert (page.evaluate("history.length"), page.url) == (steps, asked)
    page.reload()
    expect(field).to_have_value("facturation lundi matin")
    field.fill("graphiste moins de 50 €")
    expect(chips).to_have_count(3)
    expect(page.locator("a.chip", has_text="lundi")).to_have_count(0)
    field.fill("")
    expect(chips).to_have_count(1)
    expect(chips).to_contain_text("Disponible sous une semaine")


def test_a_sentence_is_one_step_and_the_header_follows_the_search(page: Page) -> None:
    page.clock.install()
    page.goto("/fr/assistants?available=1")
    field, steps = page.locator("#q"), "history.length"
    before = page.evaluate(steps)
    for words in ("compta", "comptable", "comptable Excel"):  # written with pauses
        field.fill(words)
        page.wait_for_url(f"**q={words.replace(' ', '+')}&available=1")
    field.press_sequentially(" rapide")
    field.press("Enter")
    page.wait_for_url("**q=comptable+Excel+rapide&available=1")
    assert page.evaluate(steps) == before + 1
    field.fill("graphiste")
    page.wait_for_url("**q=graphiste&available=1")
    page.locator("#sort").select_option("rate")
    page.wait_for_url("**q=graphiste&available=1&sort=rate")
    assert page.evaluate(steps) == before + 3
    languages = page.locator("a[hreflang=en]")
    for link in languages.all():
        assert link.get_attribute("href") == "/en/assistants?q=graphiste&available=1&sort=rate"
    page.get_by_role("button", name="Changer le thème").first.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    expect(page).to_have_url(re.compile("q=graphiste&available=1&sort=rate$"))


def test_every_place_has_reasons_that_can_be_read(page: Page) -> None:
    page.goto("/fr/assistants?q=facturation")
    page.get_by_role("link", name="Pourquoi cet ordre").click()
    page.wait_for_url(re.compile("explain=1"))
    neighbour = page.locator("ol.cards .card").nth(1)
    height = neighbour.evaluate("card => card.offsetHeight")
    page.locator("details summary", has_text="Pourquoi ce rang").first.click()
    assert neighbour.evaluate("card => card.offsetHeight") == height
    expect(page.locator("details[open] dl").first).to_contain_text("Sens et mots trouvés")
    picture(page, "search-reasons")
    page.get_by_role("link", name="Comment les résultats sont classés").click()
    expect(page.locator("h1")).to_have_text("Comment les résultats sont classés")
    picture(page, "ranking", whole=True)


def test_ticked_profiles_are_compared_without_script_too(browser: Browser, base_url: str) -> None:
    for script in (True, False):
        context = browser.new_context(java_script_enabled=script, locale="fr-FR")
        page = context.new_page()
        page.goto(f"{base_url}/fr/assistants")
        for box in page.locator('input[name="with"]').all()[:3]:
            box.check()
        page.get_by_role("button", name="Comparer les profils cochés").click()
        page.wait_for_url(re.compile("/fr/assistants/compare\\?with="))
        expect(page.locator("table.table thead th")).to_have_count(4)
        picture(page, "compare", whole=True)
        page.get_by_role("link", name="Retirer").first.click()
        expect(page.locator("table.table thead th")).to_have_count(3)
        context.close()


def test_a_comparison_is_printed_whole_and_without_buttons(browser: Browser, base_url: str) -> None:
    context = browser.new_context(locale="fr-FR", color_scheme="dark")
    page = context.new_page()
    page.goto(f"{base_url}/fr/assistants?skill=invoicing")
    slugs = [box.get_attribute("value") for box in page.locator('input[name="with"]').all()[:4]]
    page.goto(f"{base_url}/fr/assistants/compare?" + "&".join(f"with={slug}" for slug in slugs))
    rows = page.locator("table.table tr:not(.noprint)").locator("th, td").all_inner_texts()
    page.emulate_media(media="print")
    for gone in ("header.top", ".foot", "[data-print]", ".heart"):
        expect(page.locator(gone).first).to_be_hidden()
    paper = PdfReader(BytesIO(page.pdf(format="A4", landscape=True)))
    told = "".join("".join(sheet.extract_text() for sheet in paper.pages).split())
    assert len(paper.pages) <= 2
    assert len(rows) > 5 * 10
    assert [words for words in rows if "".join(words.split()) not in told] == []
    context.close()


def test_the_bar_of_ticked_profiles_never_covers_what_has_the_focus(page: Page) -> None:
    page.set_viewport_size({"width": 1300, "height": 800})
    page.goto("/fr/assistants?skill=invoicing")
    for box in page.locator('input[name="with"]').all()[:2]:
        box.check()
    bar = page.locator("#compare")
    expect(bar).to_be_visible()
    page.locator(".cards .heart").nth(8).focus()
    for _ in range(8):
        page.keyboard.press("Shift+Tab")
        low: float = page.evaluate("document.activeElement.getBoundingClientRect().bottom")
        assert low <= bar.evaluate("bar => bar.getBoundingClientRect().top")
    page.set_viewport_size({"width": 640, "height": 400})  # a screen at 200 %
    assert bar.evaluate("bar => getComputedStyle(bar).position") == "static"
