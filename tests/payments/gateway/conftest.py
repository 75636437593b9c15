"""Owns the two Stripes the gateway is tried on: the sandbox always, a test account when asked.

With `STRIPE_TEST_KEY=sk_test_…` every test here also runs on that account, over the network; with
`STRIPE_TEST_ACCOUNT=acct_…` (a connected recipient that finished its onboarding) so do those that
send money to somebody. Without them those tests do not exist: nothing is skipped.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar
from uuid import uuid4

import httpx
import pytest
import pytest_socket

from marketplace.core import outside
from marketplace.runtime import ports
from payments.config import API_BASE, PaymentsConfig, configure
from payments.gateway import accounts, paying
from payments.gateway.client import client
from payments.gateway.views import IntentView
from payments.money import Money

T = TypeVar("T")

KEY = os.environ.get("STRIPE_TEST_KEY", "")
READY = os.environ.get("STRIPE_TEST_ACCOUNT", "")
if KEY and not KEY.startswith(("sk_test_", "rk_test_")):
    raise pytest.UsageError("STRIPE_TEST_KEY must be the key of a test account")

BACKENDS = ["sandbox", *(["stripe"] if KEY else [])]
PAYING_OUT = ["sandbox", *(["stripe"] if KEY and READY else [])]


@dataclass
class Backend:
    """A Stripe to talk to. `web` reaches the sandbox's controls; Stripe has none."""

    name: str
    web: httpx.AsyncClient | None = None

    async def eventually(
        self, look: Callable[[], Awaitable[T]], wanted: Callable[[T], bool], seconds: float = 120
    ) -> T:
        """What `look` sees once it is as wanted: Stripe does much of its work a moment later."""
        limit = time.monotonic() + seconds
        while not wanted(found := await look()):
            assert time.monotonic() < limit, f"still {found}"
            await asyncio.sleep(0.05 if self.web else 1)
        return found

    async def payee(self) -> str:
        """An account that can receive money."""
        if self.web is None:
            return READY
        made = await accounts.create_account(
            payee="ana", email="ana@example.org", name="Ana", country="FR", locale="fr", key=key()
        )
        answer = await self.web.post(f"/_sandbox/onboard/{made.id}", json={})
        assert answer.is_success
        return made.id


def key() -> str:
    """A fresh idempotency key."""
    return f"test:{uuid4()}"


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


async def customer() -> str:
    return await paying.create_customer(
        payer="camille", name="Camille", email="camille@example.org", key=key()
    )


async def keeping(card: str) -> tuple[str, str]:
    """A customer and the card they keep, e.g. `pm_card_visa`."""
    payer = await customer()
    method = await client().v1.payment_methods.attach_async(card, {"customer": payer})
    return payer, method.id


async def paid(
    amount: Money, card: str = "pm_card_visa", group: str = "contract:t", **metadata: str
) -> IntentView:
    """A payment with a saved card, its payer absent."""
    payer, method = await keeping(card)
    return await paying.create_intent(
        customer=payer,
        method=method,
        amount=amount,
        group=group,
        description="Accueil téléphonique",
        metadata=metadata,
        key=key(),
    )


def charge_of(intent: IntentView) -> str:
    assert intent.charge is not None, intent
    return intent.charge.id


@pytest.fixture(scope="session")
def sandbox_of_the_gateway() -> Iterator[str]:
    port = ports.free()
    command = [sys.executable, "-m", "payments.sandbox", "--port", str(port), "--seed", "5"]
    child = subprocess.Popen(command)
    limit = time.monotonic() + 120
    while not ports.answers(port):
        assert child.poll() is None
        assert time.monotonic() < limit
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    child.terminate()
    child.wait()


async def _backend(request: pytest.FixtureRequest, database: str) -> AsyncIterator[Backend]:
    # The database only answers whether a command is open: no call is made inside one.
    if request.param == "stripe":
        pytest_socket._remove_restrictions()
        configure(PaymentsConfig(secret_key=KEY, api_base=API_BASE, network_retries=2))
        yield Backend("stripe")
        return
    url = request.getfixturevalue("sandbox_of_the_gateway")
    configure(PaymentsConfig(secret_key="sk_test_gateway", api_base=url))
    async with outside.client(base_url=url) as web:
        yield Backend("sandbox", web)


backend = pytest.fixture(params=BACKENDS, name="backend")(_backend)
paying_out = pytest.fixture(params=PAYING_OUT, name="paying_out")(_backend)
