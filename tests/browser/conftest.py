"""Owns where `page.goto("/fr/")` leads: here only, or every test run would start the product.

`TEST_AGAINST=http://127.0.0.1:8000 ./test tests/browser` uses a running instance with its demo.
"""

from __future__ import annotations

import os
import time

import httpx
import pytest

from marketplace.demo.rules import ASSISTANTS


@pytest.fixture(scope="session")
def base_url(request: pytest.FixtureRequest) -> str:
    """The address of the running product."""
    url: str = os.environ.get("TEST_AGAINST", "")
    if not url:
        url = request.getfixturevalue("product").url
        _searchable(url)
    return url


def _searchable(url: str) -> None:
    """Wait until the demo's directory stands in the index: a newcomer's first page may be plain."""
    deadline = time.monotonic() + 120
    while True:
        found = httpx.get(f"{url}/api/v1/assistants?per_page=1&facets=0", timeout=60).json()
        if not found.get("plain", True) and found["total"] >= ASSISTANTS:
            return
        assert time.monotonic() < deadline, f"{found.get('total')} of {ASSISTANTS} are searchable"
        time.sleep(0.3)
