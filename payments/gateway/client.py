"""Owns the one SDK client: addresses, timeouts, error names, a log line and a count per call.

Never holds a rule.

To confirm on a real Stripe test account before launch: the status of a replayed 409, whether a
transfer to an account without the capability is `insufficient_capabilities_for_transfer`, and the
shape of account events.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar
from weakref import WeakKeyDictionary

import stripe
from stripe import HTTPXClient, StripeClient

from payments import errors
from payments.config import PaymentsConfig, config
from payments.database import forbid_command
from payments.gateway import meter
from payments.gateway.breaker import breaker

T = TypeVar("T")

log = logging.getLogger("payments.stripe")

_READY_LATER: Final = {
    "insufficient_capabilities_for_transfer",
    "transfers_not_allowed",
    "account_invalid",
}
_AMOUNTS: Final = {"amount_too_small", "amount_too_large"}
_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[PaymentsConfig, StripeClient]] = (
    WeakKeyDictionary()
)


class _Transport(HTTPXClient):
    """The SDK's client, without the argument that httpx deprecated for text bodies."""

    def _get_request_args_kwargs(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any
    ) -> Any:
        args, kwargs = super()._get_request_args_kwargs(method, url, headers, post_data)
        kwargs["content"] = kwargs.pop("data") or None
        return args, kwargs


def client() -> StripeClient:
    """One client per event loop and configuration: its connection pool belongs to the loop."""
    settings = config()
    mine = _clients.setdefault(asyncio.get_running_loop(), {})
    if settings not in mine:
        mine[settings] = StripeClient(
            settings.secret_key,
            base_addresses={"api": settings.api_base},
            http_client=_Transport(
                timeout=settings.timeout_seconds,
                verify_ssl_certs=settings.api_base.startswith("https:"),
            ),
            max_network_retries=settings.network_retries,
        )
    return mine[settings]


async def call(operation: str, work: Callable[[], Awaitable[T]]) -> T:
    """Runs one Stripe call; raises only payments.errors. Never inside a transaction."""
    forbid_command()
    circuit = breaker(config().api_base)
    if circuit.open:
        meter.note(operation, "StripeAway", 0)
        log.info("stripe %s StripeAway 0 ms", operation)
        raise errors.StripeAway("not asked: no answer lately", code="circuit_open")
    circuit.trying()
    started = time.monotonic()
    outcome = "ok"
    try:
        answer = await work()
    except stripe.StripeError as error:
        named = _named(error)
        outcome = type(named).__name__
        (circuit.silent if error.http_status is None else circuit.answered)()
        raise named from error
    else:
        circuit.answered()
        return answer
    finally:
        elapsed = int((time.monotonic() - started) * 1000)
        meter.note(operation, outcome, elapsed)
        log.info("stripe %s %s %d ms", operation, outcome, elapsed)


def _named(error: stripe.StripeError) -> errors.StripeProblem:
    code = error.code or ""
    text = f"{error.user_message or error}"
    if isinstance(error, stripe.CardError):
        declined = error.error.decline_code if error.error is not None else None
        if "authentication_required" in (code, declined):
            return errors.AuthenticationRequired(text, code=code)
        return errors.CardDeclined(text, code=str(declined or code))
    if code == "idempotency_key_in_use" or error.http_status == 409:
        return errors.StripeUnavailable(text, code=code)
    if isinstance(error, stripe.IdempotencyError):
        return errors.IdempotencyConflict(text, code=code)
    if isinstance(error, stripe.InvalidRequestError):
        if code in _READY_LATER:
            return errors.PayeeNotReady(text, code=code)
        kind_of = errors.AmountRefused if code in _AMOUNTS else errors.StripeRefused
        return kind_of(text, code=code or str(error.http_status))
    kind = errors.StripeUnavailable
    if isinstance(error, stripe.AuthenticationError):
        kind = errors.KeyRefused
    elif error.http_status is not None and error.http_status >= 500:
        kind = errors.StripeFailed
    return kind(text, code=code or str(error.http_status or "no_answer"))
