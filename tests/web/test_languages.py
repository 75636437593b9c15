"""An address without its language leads to the visitor's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

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
