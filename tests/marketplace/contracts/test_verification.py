"""Anyone can check a file; nobody learns more than initials."""

from __future__ import annotations

import httpx
import pytest

from marketplace.contracts.service import documents
from tests.factories import contracts as make


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_a_file_matches_and_shows_initials_only(client: httpx.AsyncClient, lang: str) -> None:
    two = await make.pair()
    done = await make.signed(two)
    sha256 = await make.file_of(done)
    content = await documents.read(sha256)
    client.cookies.clear()
    assert (await client.get(f"/{lang}/verify")).status_code == 200
    files = {"file": ("contract.pdf", content, "application/pdf")}
    page = await client.post(f"/{lang}/verify", files=files)
    assert page.status_code == 200
    assert done.number in page.text
    assert "C. D." in page.text
    assert "C. M." in page.text
    for private in ("Claire", "Camille", "Atelier", "500,00", "€500"):
        assert private not in page.text
    typed = await client.post(f"/{lang}/verify", data={"sha256": f" {sha256.upper()} "})
    assert done.number in typed.text


async def test_one_changed_byte_anywhere_is_no_match(client: httpx.AsyncClient) -> None:
    done = await make.signed(await make.pair())
    content = await documents.read(await make.file_of(done))
    for place in (0, len(content) // 3, len(content) - 1):
        changed = bytearray(content)
        changed[place] ^= 1
        files = {"file": ("contract.pdf", bytes(changed), "application/pdf")}
        page = await client.post("/en/verify", files=files)
        assert done.number not in page.text
        assert "No match" in page.text


async def test_an_older_version_is_recognised_as_replaced(client: httpx.AsyncClient) -> None:
    from marketplace.contracts.service import offers

    two = await make.pair()
    offer = await make.sent(two)
    old = await make.file_of(offer)
    await offers.counter(await two.as_assistant(), offer.id, {"notice_days": 30})
    answer = await client.post("/api/v1/verify", json={"sha256": old})
    assert answer.json()["match"] is True
    assert answer.json()["current"] is False
    assert answer.json()["signatures"] == []


async def test_nonsense_is_named_and_the_short_address_leads_there(
    client: httpx.AsyncClient,
) -> None:
    page = await client.post("/en/verify", data={"sha256": "abc"})
    assert page.status_code == 422
    assert "Choose a PDF file" in page.text
    short = await client.get("/verify", headers={"accept-language": "en"})
    assert short.headers["location"] == "/en/verify"
    refused = await client.post("/api/v1/verify", json={"sha256": "zz"})
    assert refused.status_code == 422
    unknown = await client.post("/api/v1/verify", json={"sha256": "0" * 64})
    assert unknown.json()["match"] is False


async def test_verification_is_rate_limited(client: httpx.AsyncClient) -> None:
    answers = [
        (await client.post("/api/v1/verify", json={"sha256": "0" * 64})).status_code
        for _try in range(25)
    ]
    assert answers[0] == 200
    assert answers[-1] == 429
