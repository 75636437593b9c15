"""Owns the calls to Stripe about our own balance, one function each; never decides."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any

from stripe import Payout, Topup

from payments.gateway.client import call, client
from payments.gateway.objects import PAGE, everything, id_of, metadata_of, money
from payments.gateway.views import BalanceLine, PlatformMove
from payments.money import Money


async def payout(payout_id: str) -> PlatformMove:
    """A payout of our own balance."""
    found: Payout = await call(
        "payouts.retrieve", lambda: client().v1.payouts.retrieve_async(payout_id)
    )
    amount = money(found.amount, found.currency)
    return PlatformMove(
        found.id,
        "payout",
        found.status,
        amount,
        found.balance_transaction is not None,
        metadata_of(found).get("decision"),
    )


async def create_payout(*, amount: Money, metadata: Mapping[str, str], key: str) -> str:
    """Sends a part of our own available balance to our own bank; gives the payout's id."""
    params: Any = {
        "amount": amount.minor,
        "currency": amount.currency.lower(),
        "metadata": dict(metadata),
    }
    made = await call(
        "payouts.create", lambda: client().v1.payouts.create_async(params, {"idempotency_key": key})
    )
    return made.id


async def available(currency: str) -> Money:
    """What of our balance can leave today; may be negative."""
    found = await call("balance.retrieve", client().v1.balance.retrieve_async)
    parts = (line.amount for line in found.available if line.currency == currency.lower())
    return Money(sum(parts), currency)


async def payout_interval() -> str:
    """How often Stripe pays our balance out by itself: `manual` (never), `daily`, ...

    "" where it does not say. Read from our own account, since balance settings are described for
    connected ones only: https://docs.stripe.com/api/accounts/retrieve
    """
    own = await call("accounts.retrieve_current", client().v1.accounts.retrieve_current_async)
    payouts = own.settings.payouts if own.settings else None
    return payouts.schedule.interval if payouts else ""


async def top_up(top_up_id: str) -> PlatformMove:
    """A top-up of our own balance."""
    found: Topup = await call(
        "topups.retrieve", lambda: client().v1.topups.retrieve_async(top_up_id)
    )
    amount = money(found.amount, found.currency)
    return PlatformMove(
        found.id, "top_up", found.status, amount, found.balance_transaction is not None
    )


async def balance_lines(since: datetime | None = None) -> AsyncIterator[BalanceLine]:
    """Every balance transaction of our Stripe balance (from a time on), newest first."""
    params: Any = {"limit": PAGE}
    if since is not None:
        params["created"] = {"gte": int(since.timestamp())}
    async for line in everything(
        "balance_transactions.list",
        lambda: client().v1.balance_transactions.list_async(params),
    ):
        yield BalanceLine(
            line.id,
            line.type,
            id_of(line.source),
            money(line.net, line.currency),
            datetime.fromtimestamp(line.created, UTC),
        )
