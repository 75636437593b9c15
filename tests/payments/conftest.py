"""Owns the fixtures of the payments' tests: a configured package, a local Stripe, the road between."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import httpx
import pytest
from starlette.applications import Starlette
from tortoise.transactions import in_transaction

from marketplace.core import clock, outside
from marketplace.runtime import ports
from payments import escrow, inbox, movements, payouts, webhooks
from payments.config import PaymentsConfig, configure
from payments.facts import Fact
from payments.fees import FeeTerms
from payments.models import Payee
from payments.money import Money
from tests.fixtures.nursery import Bred, Nursery
from tests.fixtures.serving import served

TERMS = FeeTerms(500, 500, (200_000,), (200_000,), ())
SECRET = "whsec_tests"
F = TypeVar("F", bound=Fact)


def eur(minor: int) -> Money:
    return Money(minor, "EUR")


@dataclass
class Facts:
    """Everything that became true, in order."""

    seen: list[Fact] = field(default_factory=list)

    async def __call__(self, fact: Fact) -> None:
        self.seen.append(fact)

    def of(self, kind: type[F]) -> list[F]:
        return [fact for fact in self.seen if isinstance(fact, kind)]


def settings_for(api_base: str) -> PaymentsConfig:
    return PaymentsConfig(
        secret_key="sk_test_of_the_payments_tests",
        webhook_secrets=("whsec_older", SECRET),
        api_base=api_base,
        clock=clock.now,
    )


@pytest.fixture
def facts() -> Facts:
    return Facts()


@pytest.fixture
def offline(database: str) -> PaymentsConfig:
    """The package on its own database, with a Stripe that does not answer."""
    made = settings_for("http://127.0.0.1:9")
    configure(made)
    movements.wake_with(None)
    inbox.wake_with(None)
    return made


@pytest.fixture
async def webhook_url(offline: PaymentsConfig) -> AsyncIterator[str]:
    """Our webhook endpoint over real HTTP."""
    async with served(Starlette(routes=webhooks.routes)) as url:
        yield f"{url}/webhooks/stripe"


class Controls:
    """A kept connection to a local Stripe's controls, for the thousands of steps of a proof."""

    def __init__(self, port: int) -> None:
        self.port, self._one = port, asyncio.Lock()
        self._line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, given: Mapping[str, Any] | None = None) -> Any:
        """The JSON answer of `/_sandbox/{path}`."""
        body = json.dumps(given or {}).encode()
        head = f"{method} /_sandbox/{path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        async with self._one:
            if self._line is not None and self._line[0].at_eof():  # nobody asked for some seconds
                await self.close()
            if self._line is None:
                self._line = await asyncio.open_connection("127.0.0.1", self.port)
            reader, writer = self._line
            writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            said = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            length = int(said.partition("content-length: ")[2].partition("\r")[0])
            answer = json.loads(await reader.readexactly(length))
        assert said.split()[1][0] != "5", answer
        return answer

    async def close(self) -> None:
        if self._line is not None:
            self._line[1].close()
            with suppress(ConnectionError):
                await self._line[1].wait_closed()
        self._line = None


@dataclass
class Stripe:
    """A local Stripe of this test alone, with the steps people take outside our site."""

    url: str
    facts: Facts
    http: httpx.AsyncClient
    controls: Controls = field(init=False)

    def __post_init__(self) -> None:
        self.controls = Controls(int(self.url.rpartition(":")[2]))

    async def control(self, action: str, **given: Any) -> Any:
        return await self.controls.ask("POST", action, given)

    async def state(self) -> Any:
        return await self.controls.ask("GET", "state")

    async def pay(self, checkout_url: str, number: str = "4242424242424242") -> Any:
        return await self.control(f"pay/{checkout_url.rsplit('/', 1)[-1]}", number=number)

    async def arrived(self) -> None:
        """Waits until every webhook is delivered."""
        await self.quiet()

    async def quiet(self) -> Any:
        """Our balance at Stripe, once every webhook is delivered."""
        said = await self.controls.ask("GET", "quiet")
        assert said["waiting_deliveries"] == 0, "webhooks are still waiting"
        return said["balance"]

    async def settle(self) -> None:
        """What webhook and worker do until there is nothing left to do now."""
        for _ in range(30):
            await self.arrived()
            events, queued = await inbox.pending(100), await movements.due(100)
            if not events and not queued:
                return
            for event in events:
                await inbox.apply(event, self.facts)
            for movement in queued:
                await movements.send(movement, self.facts)
        raise AssertionError("there is always something left to do")

    async def fund(self, price: Money, *, holding: str, contract: str = "c1", **more: Any) -> UUID:
        """Asked for, paid with a good card, settled."""
        funding_id = await requested(price, holding=holding, contract=contract, **more)
        url = await escrow.start_checkout(funding_id, "http://x/ok", "http://x/no")
        await self.pay(url)
        await self.settle()
        return funding_id

    async def onboard(self, payee: str = "assistant") -> str:
        """A payee whose account may receive transfers; gives the account's id."""
        await payouts.ensure_payee(
            payee=payee, email="a@example.org", name="A", country="FR", locale="fr"
        )
        await payouts.onboarding_link(payee, "http://x/ok", "http://x/again")
        row = await Payee.get(id=payee)
        await self.control(f"onboard/{row.account}")
        await self.settle()
        return str(row.account)


async def requested(
    price: Money,
    *,
    holding: str,
    contract: str = "c1",
    terms: FeeTerms = TERMS,
    payer: str = "business",
    payee: str = "assistant",
) -> UUID:
    async with in_transaction():
        funding = await escrow.request_funding(
            holding=holding,
            contract=contract,
            payer=payer,
            payee=payee,
            price=price,
            terms=terms,
            description="Accueil téléphonique",
            locale="fr",
        )
    return funding.id


def start_sandbox(nursery: Nursery, port: int, webhook_url: str, log: Path, *more: str) -> Bred:
    return nursery.breed(
        *("--port", str(port), "--seed", "7"),
        *("--webhook", webhook_url, "--webhook-secret", SECRET),
        *("--clock-file", str(clock.file())),
        *more,
        log=log,
    )


@pytest.fixture
async def stripe(
    offline: PaymentsConfig,
    nursery: Nursery,
    webhook_url: str,
    facts: Facts,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> AsyncIterator[Stripe]:
    """The package talking to a local Stripe that sends its events back to us.

    `@pytest.mark.parametrize("stripe", [("--settles", "eur")], indirect=True)` gives it options.
    """
    port = ports.free()
    log = tmp_path / "sandbox.log"
    child = start_sandbox(nursery, port, webhook_url, log, *getattr(request, "param", ()))
    configure(settings_for(f"http://127.0.0.1:{port}"))
    async with outside.client(timeout=30) as http:
        made = Stripe(f"http://127.0.0.1:{port}", facts, http)
        try:
            while not ports.answers(port):
                assert child.poll() is None, log.read_text()
                await asyncio.sleep(0.02)
            yield made
            state = await made.state()
            assert state["violations"] == []
        finally:
            await made.controls.close()
            child.stop()


async def advance(seconds: int) -> None:
    """Moves our clock and the local Stripe's together."""
    clock.advance(seconds)
