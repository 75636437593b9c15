"""Every kind of page that the demo's people reach by links: accessible, whole, nothing off screen."""

from __future__ import annotations

import re
from collections import Counter, deque
from typing import TYPE_CHECKING, Any

import pytest

from marketplace.demo.rules import PASSWORD
from tests.browser.people import leaving
from tests.browser.test_front_end import violations

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# Whose pages, where the walk begins, and which of its links it follows.
WALKS = {
    "entreprise": (
        ("/contracts", "/payment-methods", "/shortlists", "/saved-searches", "/invoices"),
        r"/(contracts|units|payment-methods|invoices)",
    ),
    "assistante": (("/contracts", "/parties"), r"/(contracts|units|parties|profile|payouts)"),
    "exploitant": (("/operator",), r"/operator"),
}
# Files, and pages that other tests walk over.
NOT_PAGES = re.compile(r"\.(pdf|json|csv|txt|zip|xml)\b|/exports|/file$|[?]cursor")
NAMES = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b\d+\b|(?<==)[^&]+")
OF_A_KIND = 2  # contracts and their parts look different in every state
PAGES_MAX = 30


def log_in(page: Page, lang: str, name: str) -> None:
    page.goto(f"/{lang}/log-in")
    page.fill("[name=email]", f"{name}@demo.relais.example")
    page.fill("[name=password]", PASSWORD)
    with leaving(page):
        page.locator("main form button[type=submit]").first.click()


def links(page: Page, pattern: str) -> list[str]:
    found: list[str] = page.eval_on_selector_all(
        "main a[href]", "all => all.map(one => one.getAttribute('href').split('#')[0])"
    )
    return [href for href in found if re.match(pattern, href) and not NOT_PAGES.search(href)]


def wrongs(page: Page, address: str) -> list[str]:
    """What is wrong with a page that was asked for."""
    answer = page.goto(address)
    assert answer is not None
    wide: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    found = [f"answered {answer.status}"] if answer.status != 200 else []
    found += [f"{wide} pixels too wide"] if wide > 0 else []
    return found + violations(page)


@pytest.mark.parametrize(
    ("name", "lang", "width", "colours"),
    [
        ("entreprise", "fr", 390, "light"),
        ("assistante", "en", 390, "dark"),
        ("exploitant", "fr", 1280, "light"),
    ],
)
def test_every_kind_of_page_is_in_order(
    browser: Browser, base_url: str, name: str, lang: str, width: int, colours: Any
) -> None:
    context = browser.new_context(
        base_url=base_url,
        color_scheme=colours,
        reduced_motion="reduce",
        viewport={"width": width, "height": 844},
        bypass_csp=True,  # axe is put into the page by the test
    )
    page = context.new_page()
    log_in(page, lang, name)
    starts, pattern = WALKS[name]
    waiting = deque(f"/{lang}{start}" for start in starts)
    kinds: Counter[str] = Counter()
    found: dict[str, list[str]] = {}
    seen: set[str] = set()
    while waiting and len(seen) < PAGES_MAX:
        address = waiting.popleft()
        kind = NAMES.sub("*", address)
        if address in seen or kinds[kind] >= OF_A_KIND:
            continue
        seen.add(address)
        kinds[kind] += 1
        found[address] = wrongs(page, address)
        waiting.extend(links(page, f"/{lang}{pattern}"))
    context.close()
    assert len(kinds) > 6, kinds
    assert not {address: wrong for address, wrong in found.items() if wrong}
