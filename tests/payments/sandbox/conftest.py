"""Owns a running local Stripe for its own tests, driven as Relais drives it; no PostgreSQL."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from stripe import HTTPXClient, StripeClient

from marketplace.runtime import ports
from payments.sandbox.conformance import FOLDER
from tests.fixtures.conformance import deliberate
from tests.fixtures.nursery import Nursery

ROOT = Path(__file__).parents[3]
SECRET = "whsec_sandbox_tests"


class Transport(HTTPXClient):
    """The SDK's HTTPX client; it names the body `data`, which httpx deprecates for text."""

    def _get_request_args_kwargs(
        self, method: str, url: str, headers: Any, post_data: Any
    ) -> list[Any]:
        args, kwargs = super()._get_request_args_kwargs(method, url, headers, post_data)
        kwargs["content"] = kwargs.pop("data") or None
        return [args, kwargs]


class LocalStripe:
    """A sandbox process with the official client and its controls."""

    def __init__(self, nursery: Nursery, *options: str, port: int | None = None) -> None:
        self.nursery = nursery
        self.port = port or ports.free()
        self.url = f"http://127.0.0.1:{self.port}"
        self.options = options
        self.transports: list[Transport] = []
        self.web = httpx.Client(base_url=self.url, timeout=60, trust_env=False)
        self.client = self.client_with("sk_test_sandbox")
        self.start()

    def client_with(self, key: str, retries: int = 0) -> StripeClient:
        transport = Transport(timeout=60, allow_sync_methods=True, verify_ssl_certs=False)
        self.transports.append(transport)
        return StripeClient(
            key,
            base_addresses={"api": self.url},
            http_client=transport,
            max_network_retries=retries,
        )

    def start(self) -> None:
        # These tests also send what does not fit, to see it refused: that is no one's mistake.
        environment = {FOLDER: str(deliberate())}
        self.process = self.nursery.breed(
            "--port", str(self.port), *self.options, environment=environment
        )
        deadline = time.monotonic() + 120
        while True:
            try:
                self.web.get("/_sandbox/state")
            except httpx.TransportError:
                assert self.process.poll() is None, "the sandbox did not start"
                assert time.monotonic() < deadline, "the sandbox does not answer"
                time.sleep(0.05)
            else:
                return

    def kill(self) -> None:
        """As `kill -9`."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.stop()
        self.close()

    def close(self) -> None:
        self.web.close()
        for transport in self.transports:
            transport.close()  # type: ignore[no-untyped-call]

    def control(self, path: str, /, **body: Any) -> Any:
        answer = self.web.post(f"/_sandbox/{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def state(self) -> Any:
        return self.web.get("/_sandbox/state").json()

    def advance(self, *, days: float = 0, seconds: float = 0) -> None:
        self.control("advance", seconds=days * 86_400 + seconds)

    # -- what nearly every test needs -------------------------------------------------------

    def customer(self) -> str:
        return self.client.v1.customers.create({"email": "camille@example.org"}).id

    def pay(self, amount: int, card: str = "pm_card_visa", **more: Any) -> Any:
        """A confirmed payment intent with its charge."""
        params: Any = {
            "amount": amount,
            "currency": "eur",
            "payment_method": card,
            "confirm": True,
            "capture_method": "automatic",
            "expand": ["latest_charge.balance_transaction"],
            **more,
        }
        return self.client.v1.payment_intents.create(params)

    def account(self, country: str = "FR", *, active: bool = True) -> str:
        made = self.client.v2.core.accounts.create(
            {
                "contact_email": "ana@example.org",
                "display_name": "Ana",
                "dashboard": "express",
                "identity": {"country": country},
                "configuration": {
                    "recipient": {
                        "capabilities": {
                            "stripe_balance": {"stripe_transfers": {"requested": True}}
                        }
                    }
                },
            }
        )
        if active:
            self.control(f"onboard/{made.id}")
        return made.id

    def balance(self, account: str | None = None) -> tuple[int, int]:
        """Available and pending euro cents."""
        options: Any = {"stripe_account": account} if account else {}
        found = self.client.v1.balance.retrieve({}, options)
        return (
            sum(row.amount for row in found.available if row.currency == "eur"),
            sum(row.amount for row in found.pending if row.currency == "eur"),
        )

    def session(self, amount: int = 10_000, **more: Any) -> Any:
        """An open Checkout session."""
        price = {"currency": "eur", "unit_amount": amount, "product_data": {"name": "Milestone"}}
        params: Any = {
            "mode": "payment",
            "success_url": "http://127.0.0.1:8000/paid?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://127.0.0.1:8000/back",
            "line_items": [{"quantity": 1, "price_data": price}],
            **more,
        }
        return self.client.v1.checkout.sessions.create(params)

    def event_types(self, about: str) -> list[str]:
        """Thin events about an object, oldest first."""
        found = self.client.v2.core.events.list({"object_id": about, "limit": 100})
        return [event.type for event in reversed(found.data)]


@pytest.fixture(scope="session")
def _stripe_process(nursery: Nursery) -> Iterator[LocalStripe]:
    running = LocalStripe(nursery, "--seed", "1")
    yield running
    running.stop()


@pytest.fixture
def stripe_local(_stripe_process: LocalStripe) -> Iterator[LocalStripe]:
    """The shared sandbox, in funds; after each test nothing may have broken Stripe's schema."""
    lacking = 1_000_000 - _stripe_process.balance()[0]
    if lacking > 0:
        _stripe_process.client.v1.topups.create({"amount": lacking, "currency": "eur"})
    yield _stripe_process
    _stripe_process.control("faults", clear=True)
    _stripe_process.control("hooks", clear=True)
    assert _stripe_process.state()["violations"] == []


@pytest.fixture
def start_stripe(nursery: Nursery, tmp_path: Path) -> Iterator[Callable[..., LocalStripe]]:
    """Starts sandboxes of a test's own, with a journal in its folder."""
    started: list[LocalStripe] = []

    def start(*options: str, port: int | None = None) -> LocalStripe:
        options = ("--data", str(tmp_path / "stripe"), *options)
        started.append(LocalStripe(nursery, *options, port=port))
        return started[-1]

    yield start
    for running in started:
        if running.process.poll() is None:
            assert running.state()["violations"] == []
            running.stop()


@dataclass
class Receiver:
    """A webhook: keeps what arrives; `refuse` answers 500 that many times first."""

    url: str
    refuse: int = 0
    arrived: list[tuple[str, str]] = field(default_factory=list)

    def wait(self, count: int, seconds: float = 60) -> list[Any]:
        """The payloads, when at least `count` have arrived."""
        deadline = time.monotonic() + seconds
        while len(self.arrived) < count:
            assert time.monotonic() < deadline, f"{len(self.arrived)} of {count} events arrived"
            time.sleep(0.02)
        return [json.loads(body) for body, _ in self.arrived]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if found.refuse > 0:
                found.refuse -= 1
                self.send_response(500)
            else:
                found.arrived.append((body, self.headers["Stripe-Signature"]))
                self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Receiver(f"http://127.0.0.1:{server.server_port}/hook")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    thread.join()
