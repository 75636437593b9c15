"""Owns where `page.goto("/fr/")` leads: here only, or every test run would start the product."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.fixtures.product import Product


@pytest.fixture(scope="session")
def base_url(product: Product) -> str:
    """The address of the running product."""
    return product.url
