"""Delivery of events to webhooks: signed, retried, and on demand doubled, shuffled or late.

Never promises order or uniqueness, as Stripe does not either. What is not yet delivered is in the
journal and goes on after a restart.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import time

import httpx
import orjson
from stripe import WebhookSignature

from payments.sandbox.box import Box
from payments.sandbox.clock import DAY
from payments.sandbox.events import public
from payments.sandbox.skeleton import Json

log = logging.getLogger("payments.sandbox")

GIVE_UP_SECONDS = 3 * DAY
TIMEOUT_SECONDS = 10.0
FIRST_RETRY_SECONDS = 0.5
LONGEST_RETRY_SECONDS = 60.0
SHUFFLE_SECONDS = 0.3
IDLE_SECONDS = 0.25


class Sender:
    """Sends what is due, and lets the clock's timers run while nobody asks."""

    def __init__(self, box: Box) -> None:
        self.box = box
        self._awake = asyncio.Event()
        self._not_before: dict[str, float] = {}
        self._random = random.Random(box.settings.seed)  # noqa: S311 (order, not secrecy)
        self.sent = 0
        self.failed = 0

    def wake(self) -> None:
        """Something may be due."""
        self._awake.set()

    async def run(self) -> None:
        """Go on until cancelled."""
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False) as client:
            while True:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._awake.wait(), IDLE_SECONDS)
                self._awake.clear()
                try:
                    self.box.tick()
                    await self._round(client)
                except Exception:
                    log.exception("a round of deliveries failed")
                    await asyncio.sleep(1)

    async def _round(self, client: httpx.AsyncClient) -> None:
        waiting = self.box.store.of_kind("_delivery")
        due = [d for d in reversed(waiting) if self._is_due(d)]
        shuffled = [d for d in due if self._hook(d).get("shuffle")]
        if shuffled:
            self._random.shuffle(due)
        for delivery in due:
            if self.box.store.find(delivery["id"]) is not None:
                await self._deliver(client, delivery)

    def _hook(self, delivery: Json) -> Json:
        return self.box.store.find(delivery["hook"]) or {}

    def _is_due(self, delivery: Json) -> bool:
        now = time.monotonic()
        hook = self._hook(delivery)
        # On the sandbox's clock: a delay of days is over as soon as somebody moves it on.
        if self.box.clock.exact() < delivery["created"] + float(hook.get("delay", 0)):
            return False
        if delivery["id"] not in self._not_before:
            self._not_before[delivery["id"]] = now + SHUFFLE_SECONDS * bool(hook.get("shuffle"))
        return now >= self._not_before[delivery["id"]]

    async def _deliver(self, client: httpx.AsyncClient, delivery: Json) -> None:
        hook, event = self._hook(delivery), self.box.store.find(delivery["event"])
        if not hook or hook["disabled"] or event is None:
            self._forget(delivery)
            return
        payload = orjson.dumps(public(event), option=orjson.OPT_INDENT_2).decode()
        twice = hook["duplicate"]  # as it was when this delivery began
        arrived = await self._post(client, hook, payload)
        if arrived and twice:
            await self._post(client, hook, payload)
        if arrived:
            self.sent += 1
            self._forget(delivery)
        else:
            self._retry_later(delivery)

    async def _post(self, client: httpx.AsyncClient, hook: Json, payload: str) -> bool:
        """Send once; True when the receiver took it."""
        # Signed with real time: the official client compares it with its own real clock.
        signature = WebhookSignature.generate_signature_header(payload, hook["secret"])
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature,
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        try:
            answer = await client.post(hook["url"], content=payload, headers=headers)
        except httpx.HTTPError as error:
            log.info("webhook %s not reached: %s", hook["url"], error)
            return False
        return answer.is_success

    def _forget(self, delivery: Json) -> None:
        self._not_before.pop(delivery["id"], None)
        with self.box.store.transaction():
            self.box.store.drop(delivery)

    def _retry_later(self, delivery: Json) -> None:
        self.failed += 1
        if delivery["created"] < self.box.now() - GIVE_UP_SECONDS and delivery["attempts"] >= 3:
            log.warning("event %s given up after three days", delivery["event"])
            self._forget(delivery)
            return
        attempts = delivery["attempts"] + 1
        wait = min(FIRST_RETRY_SECONDS * 2**attempts, LONGEST_RETRY_SECONDS)
        self._not_before[delivery["id"]] = time.monotonic() + wait
        with self.box.store.transaction():
            self.box.edit(delivery, attempts=attempts)
