"""An address without its language leads to the visitor's."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from marketplace.core.i18n import format_date, format_datetime, format_since

if TYPE_CHECKING:
    import httpx


@pytest.mark.parametrize(("wish", "lang"), [("en-GB,en;q=0.9", "en"), ("fr-CA", "fr"), ("", "fr")])
async def test_a_page_named_without_its_language_is_found(
    client: httpx.AsyncClient, wish: str, lang: str
) -> None:
    answer = await client.get("/assistants?q=x", headers={"accept-language": wish})
    assert (answer.status_code, answer.headers["location"]) == (302, f"/{lang}/assistants?q=x")


async def test_what_is_nowhere_stays_not_found(client: httpx.AsyncClient) -> None:
    for path in ("/nowhere", "/fr/nowhere", "/api/v1/nowhere", "/fr/fr/assistants"):
        assert (await client.get(path)).status_code == 404, path
    assert (await client.post("/assistants")).status_code == 404


def test_french_writes_the_first_of_a_month_as_an_ordinal() -> None:
    first = date(2026, 12, 1)
    styles = ("long", "full", "day", "short")
    assert [format_date(first, "fr", style) for style in styles] == [
        "1er décembre 2026", "mardi 1er décembre 2026", "mardi 1er décembre", "1er déc.",
    ]  # fmt: skip
    assert format_date(date(2026, 12, 11), "fr") == "11 décembre 2026"
    assert format_date(first, "en") == "1 December 2026"
    at = datetime(2026, 12, 1, 13, 1, tzinfo=UTC)
    assert format_datetime(at, "fr") == "1er déc. 2026, 14:01"


def test_a_day_a_month_or_a_year_of_a_file_is_written_out() -> None:
    told = [format_since(text, "fr") for text in ("2025", "2025-07", "2026-03-01")]
    assert told == ["2025", "juillet 2025", "1er mars 2026"]
    assert format_since("2025-07", "en") == "July 2025"
