"""Owns where `page.goto("/fr/")` leads, and what is told of a failure; here only, or every test
run would start the product.

`TEST_AGAINST=http://127.0.0.1:8000 ./test tests/browser` uses a running instance with its demo.
"""

from __future__ import annotations

import os
import time
from collections.abc import Generator, Iterator
from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from playwright.sync_api import Error, expect

from marketplace.demo.rules import ASSISTANTS
from tests.browser.people import WAIT_SECONDS
from tests.fixtures.product import PARIS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

    from tests.fixtures.product import Product

LINES = 30
CHARACTERS = 600
_product: list[Product] = []

expect.set_options(timeout=WAIT_SECONDS * 1000)


@pytest.fixture(scope="session")
def browser(browser: Browser) -> Browser:
    """Chromium, as patient with every page as `expect` is."""
    make = browser.new_context

    def patient(**options: Any) -> BrowserContext:
        context = make(**options)
        context.set_default_timeout(WAIT_SECONDS * 1000)
        return context

    browser.new_context = patient  # type: ignore[method-assign]
    return browser


@pytest.fixture(autouse=True)
def left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Nobody's pages stay open after a test: they would take memory and processor to the end."""
    yield
    if "browser" in request.fixturenames:
        for context in request.getfixturevalue("browser").contexts:
            context.close()


@pytest.fixture
def today(base_url: str) -> date:
    """The day in Paris by the product's clock."""
    del base_url  # it starts the product
    return (_product[0].now() if _product else datetime.now(PARIS)).date()


@pytest.fixture(scope="session")
def base_url(request: pytest.FixtureRequest) -> str:
    """The address of the running product."""
    url: str = os.environ.get("TEST_AGAINST", "")
    if not url:
        _product.append(request.getfixturevalue("product"))
        url = _product[0].url
        _searchable(url)
    return url


def _searchable(url: str) -> None:
    """Wait until the demo's directory stands in the index: a newcomer's first page may be plain."""
    deadline = time.monotonic() + 5 * WAIT_SECONDS
    while True:
        found = httpx.get(f"{url}/api/v1/assistants?per_page=1&facets=0", timeout=60).json()
        if not found.get("plain", True) and found["total"] >= ASSISTANTS:
            return
        assert time.monotonic() < deadline, f"{found.get('total')} of {ASSISTANTS} are searchable"
        time.sleep(0.3)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say of a failed test where its pages stood and what the product wrote meanwhile."""
    del call
    report = yield
    if report.when == "call" and report.failed:
        report.sections.append(("Pages and product", "\n".join(_told(item.funcargs))))
    return report


def _told(fixtures: dict[str, object]) -> Iterator[str]:
    browser: Browser | None = fixtures.get("browser")  # type: ignore[assignment]
    for context in browser.contexts if browser else []:
        for page in context.pages:
            yield page.url
            with suppress(Error):  # it may be on its way to another page
                yield page.locator("body").inner_text(timeout=1000)[:CHARACTERS]
    for product in _product:
        for log in sorted((product.data_dir / "logs").glob("*.log")):
            yield f"--- {log.name}"
            yield from log.read_text(errors="replace").splitlines()[-LINES:]
        yield product.output.rpartition("Relais is ready")[2]
