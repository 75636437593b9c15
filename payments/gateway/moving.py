"""Owns the calls to Stripe that move money on, one function each; never decides an amount."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from stripe import BalanceTransaction, Refund, Transfer, TransferReversal

from payments.gateway.client import call, client
from payments.gateway.objects import PAGE, everything, metadata_of, money
from payments.gateway.views import WrittenView
from payments.money import Money

_LINES: Final = ["balance_transaction", "failure_balance_transaction"]


async def create_transfer(
    *, amount: Money, account: str, charge: str, group: str, metadata: Mapping[str, str], key: str
) -> WrittenView:
    """Moves a part of one charge to a payee; waits at Stripe until that charge is available."""
    params: Any = {
        "amount": amount.minor,
        "currency": amount.currency.lower(),
        "destination": account,
        "source_transaction": charge,
        "transfer_group": group,
        "metadata": dict(metadata),
    }
    made = await call(
        "transfers.create",
        lambda: client().v1.transfers.create_async(params, {"idempotency_key": key}),
    )
    return _transfer(made)


async def create_refund(
    *, amount: Money, charge: str, metadata: Mapping[str, str], key: str
) -> WrittenView:
    """Sends a part of one charge back to the payer."""
    params: Any = {"amount": amount.minor, "charge": charge, "metadata": dict(metadata)}
    params["expand"] = _LINES
    made = await call(
        "refunds.create", lambda: client().v1.refunds.create_async(params, {"idempotency_key": key})
    )
    return _refund(made)


async def create_reversal(
    *, transfer: str, amount: Money, metadata: Mapping[str, str], key: str
) -> WrittenView:
    """Takes a part of a transfer back from the payee.

    StripeRefused with `balance_insufficient` when the payee's balance does not reach.
    """
    params: Any = {"amount": amount.minor, "metadata": dict(metadata)}
    made = await call(
        "transfers.reversals.create",
        lambda: client().v1.transfers.reversals.create_async(
            transfer, params, {"idempotency_key": key}
        ),
    )
    return _reversal(made)


async def reversals(transfer: str) -> list[WrittenView]:
    """Everything that was taken back of a transfer."""
    return [
        _reversal(made)
        async for made in everything(
            "transfers.reversals.list",
            lambda: client().v1.transfers.reversals.list_async(transfer, {"limit": PAGE}),
        )
    ]


def _reversal(made: TransferReversal) -> WrittenView:
    amount = money(made.amount, made.currency)
    return WrittenView(made.id, "reversal", "succeeded", amount, metadata_of(made))


async def transfer(transfer_id: str) -> WrittenView:
    """A transfer as it is now."""
    found = await call(
        "transfers.retrieve", lambda: client().v1.transfers.retrieve_async(transfer_id)
    )
    return _transfer(found)


async def refund(refund_id: str) -> WrittenView:
    """A refund as it is now."""
    found = await call(
        "refunds.retrieve",
        lambda: client().v1.refunds.retrieve_async(refund_id, {"expand": _LINES}),
    )
    return _refund(found)


async def find_transfer(*, group: str, movement: str) -> WrittenView | None:
    """The transfer made for one of our movements, if it was executed."""
    async for found in everything(
        "transfers.list",
        lambda: client().v1.transfers.list_async({"transfer_group": group, "limit": PAGE}),
    ):
        if metadata_of(found).get("movement") == movement:
            return _transfer(found)
    return None


async def find_refund(*, charge: str, movement: str) -> WrittenView | None:
    """The refund made for one of our movements, if it was executed."""
    params: Any = {"charge": charge, "limit": PAGE, "expand": [f"data.{each}" for each in _LINES]}
    async for found in everything("refunds.list", lambda: client().v1.refunds.list_async(params)):
        if metadata_of(found).get("movement") == movement:
            return _refund(found)
    return None


def _transfer(made: Transfer) -> WrittenView:
    return WrittenView(
        made.id, "transfer", "succeeded", money(made.amount, made.currency), metadata_of(made)
    )


def _refund(made: Refund) -> WrittenView:
    amount = money(made.amount, made.currency)
    lines = (made.failure_balance_transaction, made.balance_transaction)
    last = next((line for line in lines if isinstance(line, BalanceTransaction)), None)
    moved = money(last.net, last.currency) if last else None
    status = made.status or "pending"
    return WrittenView(made.id, "refund", status, amount, metadata_of(made), moved)
