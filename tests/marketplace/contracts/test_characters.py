"""A contract is frozen with every character it says, or the sender is told which one cannot be."""

from __future__ import annotations

import httpx
import pytest

from marketplace.contracts.models import ContractVersion
from tests.factories import accounts
from tests.factories import contracts as make


@pytest.mark.parametrize("title", ["Réponses 🦊 et 漢字", "\u0590 Accueil"])
async def test_characters_no_font_has_are_named_and_nothing_is_written(
    client: httpx.AsyncClient, title: str
) -> None:
    two = await make.pair("en")
    contract = await make.drafted(two, title=title)
    await accounts.log_in(client, two.claire)
    answer = await client.post(f"/api/v1/contracts/{contract.id}/send", json={})
    assert (answer.status_code, answer.json()["code"]) == (422, "not_on_paper")
    page = await client.post(f"/en/contracts/{contract.id}/send")
    assert page.status_code == 422
    assert "cannot show these characters" in page.text
    assert await ContractVersion.all().count() == 0


async def test_arabic_and_polish_are_on_paper(client: httpx.AsyncClient) -> None:
    two = await make.pair("en")
    contract = await make.drafted(two, title="مرحبا Łódź Ωmega €")
    await accounts.log_in(client, two.claire)
    answer = await client.post(f"/api/v1/contracts/{contract.id}/send", json={})
    assert answer.status_code == 200, answer.text
