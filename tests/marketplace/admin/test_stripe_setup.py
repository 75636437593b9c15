"""What is set wrong at Stripe reaches the operators by mail, once a day, and a monitor at once."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from stripe import WebhookSignature

from marketplace.admin.service import stripe_setup
from marketplace.core import clock
from marketplace.core.models import OutgoingMail
from payments.config import config, configure
from payments.models import StripeEvent
from payments.sweep import Swept
from tests.factories import admin

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.fixtures.services import Server


@pytest.fixture
async def paying_out(stripe_sandbox: Server) -> AsyncIterator[None]:
    """A Stripe that pays our balance out every day, as a new account's does."""
    async with httpx.AsyncClient(base_url=stripe_sandbox.url, trust_env=False) as dashboard:
        await dashboard.post("/_sandbox/schedule", json={"interval": "daily"})
        yield
        await dashboard.post("/_sandbox/schedule", json={"interval": "manual"})


async def mails() -> list[OutgoingMail]:
    return await OutgoingMail.filter(template="operator_alert").order_by("created_at")


async def setup(client: httpx.AsyncClient) -> Any:
    return (await client.get("/health/ready")).json()["parts"]["setup"]


async def test_automatic_payouts_are_told_every_day_until_they_are_manual(
    paying_out: None, client: httpx.AsyncClient
) -> None:
    await admin.operator()
    for _ in range(2):
        await stripe_setup.look(0)
    [mail] = await mails()
    assert "settings/payouts · daily" in mail.text
    assert "(daily)" in (await setup(client))["problem"]
    clock.advance(timedelta(days=1).total_seconds())
    await stripe_setup.look(0)
    assert len(await mails()) == 2
    assert ">setup<" not in (await client.get("/en/status")).text  # nobody else can mend it


async def test_a_manual_schedule_or_a_silent_stripe_is_no_news(
    stripe_sandbox: Server, client: httpx.AsyncClient
) -> None:
    await admin.operator()
    await stripe_setup.look(0)
    assert await setup(client) == {"status": "ok"}
    configure(replace(config(), api_base="http://127.0.0.1:9"))
    await stripe_setup.look(0)
    assert await mails() == []


async def test_a_destination_that_sends_snapshots_is_told_once_a_day(
    stripe_sandbox: Server, client: httpx.AsyncClient
) -> None:
    await admin.operator()
    body = json.dumps({"id": "evt_1", "object": "event", "type": "payment_intent.succeeded"})
    secret = config().webhook_secrets[0]

    async def post(secret: str) -> int:
        signature = WebhookSignature.generate_signature_header(body, secret, int(time.time()))
        headers = {"stripe-signature": signature}
        return (await client.post("/webhooks/stripe", content=body, headers=headers)).status_code

    assert await post("whsec_of_a_stranger") == 400
    assert (await mails(), await setup(client)) == ([], {"status": "ok"})
    assert [await post(secret), await post(secret)] == [400, 400]
    [mail] = await mails()
    assert "payment_intent.succeeded" in mail.text
    assert "thin" in (await setup(client))["problem"]
    assert await StripeEvent.all().count() == 0


@pytest.mark.usefixtures("application")
async def test_news_that_only_the_nightly_reading_found_is_told() -> None:
    await admin.operator()
    found = Swept(clock.now(), 5, 5, missed_events=2, late_events=0, missed_lines=0, fees_booked=0)
    await stripe_setup.on_swept(found)
    assert await mails() == []
    for _ in range(2):
        await stripe_setup.on_swept(replace(found, late_events=2))
    [mail] = await mails()
    assert "webhooks · 2" in mail.text
