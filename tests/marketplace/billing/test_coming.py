"""What is to come to an assistant: in review with its day, released and waiting, or leaving."""

from __future__ import annotations

import httpx
import pytest

from marketplace.work.service import deliveries
from tests.factories import accounts, work

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")


@pytest.mark.parametrize("lang", ["fr", "en"])
async def test_the_page_says_when_money_is_to_come(client: httpx.AsyncClient, lang: str) -> None:
    people, _contract, first = await work.handed_in(20000)
    await client.get(f"/{lang}/")
    await accounts.log_in(client, people.assistant.person)
    said = {"fr": "Versement prévu", "en": "Payment expected on"}[lang]
    assert said in (await client.get(f"/{lang}/payouts")).text
    seen = (await client.get(f"/api/v1/payouts/{people.assistant_id}")).json()
    assert [each["unit_id"] for each in seen["awaited"]] == [str(first.id)]
    await deliveries.approve(people.business, first.id)
    seen = (await client.get(f"/api/v1/payouts/{people.assistant_id}")).json()
    assert seen["awaited"] == []
    (leaving,) = seen["leaving"]
    assert leaving["at"] is None  # it waits for the set-up
    waits = {"fr": "attend votre inscription", "en": "waits for your set-up"}[lang]
    assert waits in (await client.get(f"/{lang}/payouts")).text
