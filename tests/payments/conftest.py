"""Owns the fixtures of the payments' tests: a configured package, the local Stripe, its helpers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from uuid import uuid4

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from tortoise.transactions import in_transaction

from marketplace.core import clock
from marketplace.core.settings import settings
from payments import escrow, inbox, movements, payouts, webhooks
from payments.config import PaymentsConfig, configure
from payments.facts import Fact
from payments.fees import FeeTerms
from payments.money import Money
from tests.fixtures.services import Server

TERMS = FeeTerms(500, 500, 2000, 2000, 0)


@dataclass
class Facts:
    """Everything that became true, in order."""

    seen: list[Fact] = field(default_factory=list)

    async def __call__(self, fact: Fact) -> None:
        self.seen.append(fact)

    def of(self, kind: type) -> list[Fact]:
        return [fact for fact in self.seen if isinstance(fact, kind)]


@pytest.fixture
def configured(database: str) -> PaymentsConfig:
    """The package on its own database, with a Stripe that nobody may call."""
    made = PaymentsConfig(
        secret_key="sk_test_nobody",
        webhook_secrets=("whsec_old", "whsec_new"),
        api_base="http://127.0.0.1:9",
        clock=clock.now,
    )
    configure(made)
    movements.wake_with(None)
    inbox.wake_with(None)
    return made


@pytest.fixture
async def stripe_calls(configured: PaymentsConfig, stripe_sandbox: Server) -> PaymentsConfig:
    """The package talking to the local Stripe."""
    chosen = settings()
    made = PaymentsConfig(
        secret_key=f"{chosen.stripe_secret_key}{uuid4().hex}",
        webhook_secrets=tuple(chosen.stripe_webhook_secrets),
        api_base=stripe_sandbox.url,
        clock=clock.now,
    )
    configure(made)
    return made
