"""Whoever looks is shown their own money and hours, and an address means the same to everybody."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.marketplace.directory.test_pages import directory

if TYPE_CHECKING:
    import httpx

__all__ = ["directory"]
pytestmark = pytest.mark.usefixtures("search_engine")


def _chosen(page: str, field: str) -> str:
    """The option a select shows."""
    select = re.search(rf'<select id="{field}".*?</select>', page, re.DOTALL)
    assert select
    found = re.search(r'<option value="([^"]*)" selected', select[0])
    return found[1] if found else ""


async def test_the_panel_begins_with_the_visitors_own_money_and_zone(
    directory: httpx.AsyncClient,
) -> None:
    for zone, money in (
        ("America/Toronto", "CAD"),
        ("Europe/London", "GBP"),
        ("Indian/Reunion", "EUR"),
        ("Nowhere/Here", "EUR"),
    ):
        seen = {"cookie": f"tz={zone}"}
        page = (await directory.get("/fr/assistants", headers=seen)).text
        assert _chosen(page, "currency") == money
        assert _chosen(page, "cover_zone") == (zone if zone[0] != "N" else "Europe/Paris")
        assert ("≈" in page) == (money != "EUR")
    london = {"cookie": "tz=Europe/London"}
    own = await directory.get("/en/assistants?currency=GBP", headers=london)
    assert own.headers["location"] == "/en/assistants", "their own money goes without saying"
    euros = await directory.get("/en/assistants?currency=EUR", headers=london)
    assert _chosen(euros.text, "currency") == "EUR"
    bound = await directory.get("/en/assistants?rate_max=3000", headers=london)
    assert _chosen(bound.text, "currency") == "EUR", "an address says the same to everybody"
    typed = await directory.get("/en/assistants?rate_to=30&currency=GBP", headers=london)
    assert typed.headers["location"] == "/en/assistants?rate_max=3000&currency=GBP"
