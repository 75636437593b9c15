"""Owns where `page.goto("/fr/")` leads: here only, or every test run would start the product.

`TEST_AGAINST=http://127.0.0.1:8000 ./test tests/browser` uses a running instance with its demo.
"""

from __future__ import annotations

import os

import pytest


@pytest.fixture(scope="session")
def base_url(request: pytest.FixtureRequest) -> str:
    """The address of the running product."""
    url: str = os.environ.get("TEST_AGAINST", "") or request.getfixturevalue("product").url
    return url
