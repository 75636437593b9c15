"""What browsers may keep for ever is only what lies under the address of that very content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.web.templates import asset

if TYPE_CHECKING:
    import httpx


async def test_a_file_under_another_versions_address_is_not_kept(client: httpx.AsyncClient) -> None:
    kept = {}
    for address in (asset("app.js"), "/static/app.js?v=0123456789", "/static/app.js"):
        answer = await client.get(address)
        assert answer.status_code == 200
        kept[address] = answer.headers.get("cache-control", "")
    asked_again = "private, no-cache"
    for_ever = "public, max-age=31536000, immutable"
    assert list(kept.values()) == [for_ever, asked_again, asked_again]
    assert (await client.get("/static/none.js?v=0")).status_code == 404
