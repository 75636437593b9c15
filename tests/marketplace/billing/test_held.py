"""A restored copy begins nothing at Stripe and says so: its original may charge the same card."""

from __future__ import annotations

from uuid import uuid4

import httpx
import pytest

from marketplace.accounts.rules import Scope
from marketplace.billing.models import Tip
from marketplace.core import held, once
from marketplace.work.schemas import DeliveryDraft
from marketplace.work.service import deliveries
from payments.models import Funding
from tests.factories import accounts, work
from tests.factories.admin import bearer

pytestmark = pytest.mark.usefixtures("stripe_sandbox", "application")
SAID = "was just restored from a backup"
DONE = DeliveryDraft.model_validate({"note": "All done."})


async def test_no_payment_begins_until_it_is_resumed(client: httpx.AsyncClient) -> None:
    people = await work.pair()
    contract = await work.signed(people, work.project(20000, 30000))
    await work.pay(contract)
    first, second = await work.unit(contract), await work.unit(contract, position=2)
    await deliveries.submit(people.assistant, first.id, DONE)
    await deliveries.approve(people.business, first.id)
    asked = await Funding.all().count()
    await once.mark_done(held.RESTORED)
    await accounts.log_in(client, people.business.person)

    fund = f"/en/units/{second.id}/fund"
    refused = await client.post(fund)
    assert (refused.status_code, refused.headers["location"]) == (303, fund)
    assert SAID in (await client.get(fund)).text

    tips = f"/en/contracts/{contract.id}/tips"
    typed = {"request_id": str(uuid4()), "amount_minor": "25", "note": "Merci beaucoup"}
    page = await client.post(tips, data={**typed, "saved_card": "no", "locale": "en"})
    assert (page.status_code, SAID in page.text, "Merci beaucoup" in page.text) == (503, True, True)

    wallet = f"/en/payment-methods/{people.business_id}"
    assert (await client.post(f"{wallet}/add")).headers["location"] == wallet
    assert SAID in (await client.get(wallet)).text

    await accounts.log_in(client, people.assistant.person)
    payouts = f"/en/payouts/{people.assistant_id}"
    assert (await client.post(f"{payouts}/set-up")).headers["location"] == payouts
    assert SAID in (await client.get(payouts)).text

    client.cookies.clear()
    token = await bearer(people.business.person, Scope.MONEY_WRITE)
    api = f"/api/v1/units/{second.id}/funding"
    answer = await client.post(api, json={"locale": "en"}, headers=token)
    assert (answer.status_code, answer.json()["code"]) == (503, "held")
    assert (await Funding.all().count(), await Tip.all().count()) == (asked, 0)

    await held.resume()
    again = await client.post(api, json={"locale": "en"}, headers=token)
    assert "url" in again.json()
