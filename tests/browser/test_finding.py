"""What a search promises, seen in the browser: nearness, order, ways out, the draw, an outage."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
from playwright.sync_api import expect

from tests.browser.people import WAIT_SECONDS, euros
from tests.browser.test_search import total
from tests.browser.test_signed_in import log_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.fixtures.product import Product

LIST = "/fr/assistants"
CARDS = "#results > ol.cards > li"
RESTORED = "La recherche se rétablit"


def told(page: Page, what: str) -> list[str]:
    """The figures on the cards, also on those not drawn yet."""
    texts = page.locator(f"{CARDS} {what}").all_text_contents()
    return [re.sub(r"[^\d,]", "", one) for one in texts]


def test_local_is_one_click_and_the_nearest_come_first(page: Page) -> None:
    log_in(page, "fr", "entreprise")
    page.goto(LIST)
    everyone = total(page)
    page.get_by_role("link", name="Local : autour de").click()
    page.wait_for_url(re.compile("near=[a-z-]+.*sort=distance"))
    near = total(page)
    assert 0 < near < everyone
    page.locator("#within_km").select_option("200")
    page.wait_for_url(re.compile("within_km=200"))
    expect(page.locator("#count strong")).not_to_have_text(str(near))
    away = [int(one) for one in told(page, ".card__m .tz")]
    assert away == sorted(away)
    assert away[-1] <= 200


def test_prices_rise_from_page_to_page(page: Page) -> None:
    page.goto(f"{LIST}?jurisdiction=FR")
    page.locator("#sort").select_option("rate")
    page.wait_for_url(re.compile("sort=rate"))
    prices = [euros(one) for one in told(page, ".price b")]
    page.locator(".pager a").last.click()
    page.wait_for_url(re.compile("page=2"))
    prices += [euros(one) for one in told(page, ".price b")]
    assert len(prices) > 20
    assert prices == sorted(prices)


def test_the_next_page_is_read_from_its_beginning(page: Page) -> None:
    page.goto(LIST)
    page.locator(".pager [rel=next]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("page=2"))
    expect(page.locator(".pager [aria-current]")).to_have_text(re.compile("2"))
    expect(page.locator("#count")).to_be_focused()


def test_both_ends_of_the_price_are_moved_with_the_keyboard(page: Page) -> None:
    page.goto(LIST)
    for end, key, parameter in (
        ("max", "ArrowLeft", "rate_max"),
        ("min", "ArrowRight", "rate_min"),
    ):
        page.locator(f"[data-r={end}]").focus()
        for _ in range(3):
            page.keyboard.press(key)
        page.wait_for_url(re.compile(f"{parameter}="))
    assert re.search("rate_min=.*rate_max=", page.url)


def test_nobody_found_says_which_filter_to_drop_and_how_many_come_back(page: Page) -> None:
    page.goto(f"{LIST}?skill=invoicing&rate_max=100&country=FR")
    expect(page.get_by_text("Personne ne coche encore toutes ces cases")).to_be_visible()
    way = page.locator(".empty a.chip").first
    promised = re.search(r"· ([\d\s]+) profil", way.inner_text())
    assert promised
    way.click()
    page.wait_for_url(lambda address: "rate_max" not in address)
    assert total(page) == int(re.sub(r"\D", "", promised[1])) > 0


def test_anyone_can_repeat_the_draw_of_the_newcomers(page: Page) -> None:
    page.goto("/fr/ranking")
    seed = page.locator("section[aria-labelledby=turns] dd").nth(1).inner_text()
    page.goto(f"{LIST}?q=saisie+de+données&explain=1")
    page.locator("#draw summary").click()
    rows = page.locator("#draw li").all()
    drawn = [row.locator("code").all_inner_texts() for row in rows]
    assert drawn
    tickets = [hashlib.sha256(f"{seed}:{who}".encode()).hexdigest() for _ticket, who in drawn]
    assert [ticket.removesuffix("…") for ticket, _who in drawn] == [one[:16] for one in tickets]
    assert tickets == sorted(tickets)
    taking = page.locator(f"{CARDS}", has_text="montré ici à tour de rôle")
    assert taking.count() == page.locator("#draw li .badge").count() > 0


@contextmanager
def away(product: Product, name: str) -> Iterator[None]:
    """A part that is shot while the supervisor sleeps; it then starts another."""
    assert product.process is not None
    product.process.send_signal(signal.SIGSTOP)
    try:
        os.kill(product.pids()[name], signal.SIGKILL)
        yield
    finally:
        product.process.send_signal(signal.SIGCONT)


def test_without_the_search_engine_there_is_a_plain_list_that_says_so(
    page: Page, product: Product
) -> None:
    address = f"{product.url}{LIST}?country=FR"
    with away(product, "meilisearch"):
        page.goto(address)
        expect(page.locator("main")).to_contain_text(RESTORED)
        assert page.locator(".card").count() > 10
        page.locator(".card h3 a").first.click()
        expect(page.locator("h1")).to_be_visible()
        page.go_back()
    limit = time.monotonic() + WAIT_SECONDS
    while RESTORED in httpx.get(address, timeout=WAIT_SECONDS).text:
        assert time.monotonic() < limit, "the search engine did not come back"
        time.sleep(0.3)
    page.goto(address)
    expect(page.locator("#filters .opt__n").first).to_be_visible()
    expect(page.locator("main")).not_to_contain_text(RESTORED)
