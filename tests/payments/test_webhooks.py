"""The door for Stripe's news: only what Stripe signed recently comes in, once, and is applied later."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
from stripe import WebhookSignature

from marketplace.core import clock
from payments import inbox
from payments.models import EventStatus, StripeEvent
from tests.payments.conftest import SECRET, Facts

EVENT = {
    "id": "evt_test_1",
    "object": "v2.core.event",
    "type": "v1.payment_intent.succeeded",
    "context": None,
    "related_object": {"id": "pi_1", "type": "payment_intent", "url": "/v1/payment_intents/pi_1"},
}


def signed(body: str, *, secret: str = SECRET, age_seconds: int = 0) -> dict[str, str]:
    # Ours may run ahead of the machine's: both are recent, so neither may be near what is not.
    now = clock.now().timestamp() if age_seconds < 0 else time.time()
    stamp = int(now) - age_seconds
    header = WebhookSignature.generate_signature_header(body, secret, stamp)
    return {"Stripe-Signature": header}


async def post(url: str, body: str, headers: dict[str, str]) -> int:
    async with httpx.AsyncClient(timeout=60) as client:
        return (await client.post(url, content=body, headers=headers)).status_code


async def test_signed_news_is_stored_once(webhook_url: str) -> None:
    body = json.dumps(EVENT)
    for secret in (SECRET, "whsec_older", SECRET):  # a secret being replaced is still good
        assert await post(webhook_url, body, signed(body, secret=secret)) == 200
    [row] = await StripeEvent.all()
    assert (row.event, row.object, row.status) == ("evt_test_1", "pi_1", EventStatus.RECEIVED)


async def test_storing_news_wakes_a_job_in_the_same_transaction(webhook_url: str) -> None:
    woken: list[Any] = []

    async def wake(row_id: object, at: object) -> None:
        woken.append(row_id)

    inbox.wake_with(wake)
    body = json.dumps(EVENT)
    for _ in range(2):
        assert await post(webhook_url, body, signed(body)) == 200
    inbox.wake_with(None)
    assert woken == [(await StripeEvent.get()).id]


BODY = json.dumps(EVENT)


def bad() -> dict[str, tuple[str, dict[str, str]]]:
    """Signed when asked, not when imported: the age is the point."""
    return {
        "no header": (BODY, {}),
        "garbage": (BODY, {"Stripe-Signature": "nonsense"}),
        "empty signature": (BODY, {"Stripe-Signature": "t=1,v1="}),
        "no time": (BODY, {"Stripe-Signature": "t=x,v1=00"}),
        "no such time": (BODY, {"Stripe-Signature": f"t={'9' * 5000},v1=00"}),
        "wrong secret": (BODY, signed(BODY, secret="whsec_wrong")),
        "too old": (BODY, signed(BODY, age_seconds=400)),
        "from the future": (BODY, signed(BODY, age_seconds=-400)),
        "one byte changed": (BODY + " ", signed(BODY)),
        "a snapshot event": ('{"object": "event"}', signed('{"object": "event"}')),
        "a list": ("[]", signed("[]")),
        "not json": ("{", signed("{")),
        "no id": ('{"object": "v2.core.event"}', signed('{"object": "v2.core.event"}')),
        "too large": ("x" * 300_000, signed("x" * 300_000)),
    }


async def test_anything_else_is_refused(webhook_url: str) -> None:
    sent = bad()
    answers = {why: await post(webhook_url, *parts) for why, parts in sent.items()}
    assert answers == dict.fromkeys(sent, 400)
    assert await StripeEvent.all().count() == 0


async def test_news_of_something_else_is_ignored(webhook_url: str, facts: Facts) -> None:
    await inbox.store(event="evt_x", kind="v1.customer.created", obj="cus_1", account=None)
    await inbox.store(event="evt_y", kind="v2.core.health.event", obj=None, account=None)
    await inbox.store(event="evt_z", kind="v1.payout.paid", obj="po_1", account="acct_1")
    for row in await inbox.pending(10):
        assert await inbox.apply(row, facts) is EventStatus.IGNORED
    assert await inbox.pending(10) == []


async def test_news_waits_while_stripe_does_not_answer(webhook_url: str, facts: Facts) -> None:
    await inbox.store(event="evt_x", kind="v1.refund.updated", obj="re_1", account=None)
    [row] = await inbox.pending(10)
    assert await inbox.apply(row, facts) is EventStatus.WAITING
    assert await inbox.pending(10) == []  # later
    assert (await StripeEvent.get()).attempts == 1
