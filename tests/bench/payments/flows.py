"""Webhook intake and the way from an approval to the transfer's call, over real HTTP."""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import httpx
from stripe import WebhookSignature
from tortoise.transactions import in_transaction

from marketplace.core.db import close_db, init_db
from marketplace.runtime import ports
from payments import escrow, movements
from payments.config import configure
from payments.models import Movement
from tests.bench.payments.server import Server
from tests.bench.payments.web import SECRET
from tests.fixtures.nursery import Nursery
from tests.payments.conftest import Facts, Stripe, eur, settings_for, start_sandbox

CLIENTS = 8


def quantile(values: list[float], share: float) -> float:
    return round(sorted(values)[min(len(values) - 1, int(len(values) * share))] * 1000, 1)


@asynccontextmanager
async def child(command: list[str], port: int) -> AsyncIterator[None]:
    process = subprocess.Popen(command)
    try:
        for _ in range(1_000):
            if ports.answers(port):
                break
            assert process.poll() is None, "it ended"
            await asyncio.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait()


async def intake(server: Server, seconds: int) -> dict[str, float]:
    """News per second at 8 clients, and how long Stripe waits for our answer."""
    port = ports.free()
    command = [sys.executable, "-m", "tests.bench.payments.web", str(port), server.dsn]
    took = list[float]()
    async with child(command, port), httpx.AsyncClient(timeout=30) as http:
        end = time.monotonic() + seconds

        async def deliver(client: int) -> None:
            number = 0
            while time.monotonic() < end:
                number += 1
                event = {
                    "id": f"evt_{client}_{number}",
                    "object": "v2.core.event",
                    "type": "v1.payment_intent.succeeded",
                    "related_object": {"id": f"pi_{client}_{number}"},
                }
                body = json.dumps(event)
                header = WebhookSignature.generate_signature_header(body, SECRET)
                started = time.monotonic()
                answer = await http.post(
                    f"http://127.0.0.1:{port}/webhooks/stripe",
                    content=body,
                    headers={"stripe-signature": header},
                )
                assert answer.status_code == 200, answer.text
                took.append(time.monotonic() - started)

        await asyncio.gather(*(deliver(client) for client in range(CLIENTS)))
    return {
        "webhooks_per_s": round(len(took) / seconds, 1),
        "webhook_p50_ms": quantile(took, 0.5),
        "webhook_p99_ms": quantile(took, 0.99),
    }


async def approval(server: Server, releases: int) -> dict[str, float]:
    """From the click's command to the transfer Stripe has made, without the queue's own wait."""
    port, facts, nursery = ports.free(), Facts(), Nursery()
    log = Path(server.data_dir) / "sandbox.log"
    start_sandbox(nursery, port, "http://127.0.0.1:9/nowhere", log)
    await init_db(server.dsn, pool=4)
    configure(replace(settings_for(f"http://127.0.0.1:{port}"), webhook_secrets=()))
    command, call = list[float](), list[float]()
    try:
        while not ports.answers(port):
            await asyncio.sleep(0.02)
        async with httpx.AsyncClient(timeout=30) as http:
            stripe = Stripe(f"http://127.0.0.1:{port}", facts, http)
            await _prepare(stripe, releases)
            for number in range(releases):
                started = time.monotonic()
                async with in_transaction():
                    await escrow.release(
                        key=str(number), holding="m1", payee="assistant", price=eur(100)
                    )
                [movement] = await Movement.filter(cause=str(number))
                committed = time.monotonic()
                await movements.send(movement.id, facts)
                command.append(committed - started)
                call.append(time.monotonic() - started)
    finally:
        await close_db()
        nursery.close()
    return {
        "approval_command_p50_ms": round(statistics.median(command) * 1000, 1),
        "approval_to_transfer_p50_ms": round(statistics.median(call) * 1000, 1),
        "approval_to_transfer_p99_ms": quantile(call, 0.99),
    }


async def _prepare(stripe: Stripe, releases: int) -> None:
    """A payee that may be paid and one holding that lasts; without webhooks we ask ourselves."""
    from payments import payouts
    from payments.models import Payee
    from tests.payments.conftest import requested

    await payouts.ensure_payee(
        payee="assistant", email="a@example.org", name="A", country="FR", locale="fr"
    )
    await payouts.onboarding_link("assistant", "http://x/ok", "http://x/again")
    account = (await Payee.get(id="assistant")).account
    await stripe.control(f"onboard/{account}")
    await payouts.refresh_payee("assistant", stripe.facts)
    funding = await requested(eur(100 * releases), holding="m1")
    await stripe.pay(await escrow.start_checkout(funding, "http://x/ok", "http://x/no"))
    await escrow.refresh(funding, stripe.facts)
