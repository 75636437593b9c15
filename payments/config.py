"""Owns the settings this package is given at start. Never reads the environment itself."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime

from tortoise.transactions import in_transaction

from payments.errors import NotConfigured
from payments.money import HELD_CURRENCIES

API_BASE = "https://api.stripe.com"


def _plain_transaction() -> AbstractAsyncContextManager[object]:
    return in_transaction("default")


def _wall_clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class HoldLimits:
    """Days money may stay held: an operator is warned, a funding is refused, and it must end.

    Stripe holds funds for at most 90 days outside the United States and Thailand
    (docs.stripe.com/connect/manual-payouts, read 2026-11-23); the distance is our safety.
    """

    warn_days: int = 60
    refuse_days: int = 75
    stop_days: int = 85


@dataclass(frozen=True, slots=True)
class PaymentsConfig:
    """`api_base` points at Stripe or at a local Stripe.

    Several webhook secrets may be valid while one is rotated; `clock` is the application's own (it
    may run ahead in development), `transaction` opens its kind of transaction; a movement claimed
    by a worker that was not heard of for `claim_seconds` may be taken by another. `settles`: the
    currencies in which Stripe keeps a balance for us (a bank account each); others it converts, and
    funds are not held in them.
    """

    secret_key: str
    webhook_secrets: tuple[str, ...] = ()
    api_base: str = API_BASE
    timeout_seconds: int = 20
    network_retries: int = 1
    claim_seconds: int = 90
    limits: HoldLimits = HoldLimits()
    settles: tuple[str, ...] = HELD_CURRENCIES
    clock: Callable[[], datetime] = _wall_clock
    transaction: Callable[[], AbstractAsyncContextManager[object]] = _plain_transaction


_current: PaymentsConfig | None = None


def configure(config: PaymentsConfig) -> None:
    """Called once at the start of web, worker and command line."""
    global _current  # noqa: PLW0603 - one process talks to one Stripe account
    _current = config


def config() -> PaymentsConfig:
    """The settings given at start. Raises NotConfigured."""
    if _current is None:
        raise NotConfigured("call payments.config.configure first")
    return _current


def now() -> datetime:
    """The application's time, aware, UTC."""
    return config().clock()
