"""Balances: each movement is a balance transaction, and two running totals per account follow.

Never decides whether a movement may happen; the resources ask `available` first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from payments.sandbox.regions import EEA
from payments.sandbox.skeleton import Json, of_kind
from payments.sandbox.timers import timer

if TYPE_CHECKING:
    from payments.sandbox.box import Box
    from payments.sandbox.rates import Worth


# How much more a card from elsewhere costs than one of the EEA, in basis points. To confirm.
_UNITED_KINGDOM, _ELSEWHERE = 100, 175


def card_fee_minor(box: Box, amount: int, country: str) -> int:
    """Stripe's fee on a card payment: a share, rounded half up, and a fixed part."""
    settings, more = box.settings, _ELSEWHERE
    if country in EEA:
        more = 0
    elif country == "GB":
        more = _UNITED_KINGDOM
    share = (amount * (settings.card_fee_basis_points + more) + 5_000) // 10_000
    return share + settings.card_fee_minor


def line_of(box: Box, charge: Json) -> Json:
    """The balance transaction of a paid charge, also before the charge names it."""
    return box.store.objects[charge["balance_transaction"] or charge["_line"]]


def post(  # noqa: PLR0913 (a movement has this many facts)
    box: Box,
    account: str,
    kind: str,
    amount: int,
    currency: str,
    source: str,
    *,
    category: str,
    fee: int = 0,
    worth: Worth | None = None,
    available_on: int | None = None,
) -> Json:
    """Move money on an account: `amount` gross, `fee` taken, both in minor units.

    `worth` is what the amount was converted to, when it was: its fee comes on top.
    """
    now = box.now()
    moment = now if available_on is None else max(available_on, now)
    conversion = worth.conversion_fee(box) if worth and amount > 0 else 0
    fees = ((fee, "Stripe processing fees"), (conversion, "Stripe currency conversion fee"))
    fee += conversion
    transaction = box.new(
        "balance_transaction",
        account,
        type=kind,
        amount=amount,
        fee=fee,
        net=amount - fee,
        currency=currency,
        source=source,
        available_on=moment,
        status="available" if moment <= now else "pending",
        reporting_category=category,
        balance_type="payments",
        exchange_rate=worth.rate if worth else None,
        fee_details=[
            {
                "amount": minor,
                "application": None,
                "currency": currency,
                "description": what,
                "type": "stripe_fee",
            }
            for minor, what in fees
            if minor
        ],
    )
    slot = "available" if moment <= now else "pending"
    totals = _totals(box, account, currency)
    box.edit(totals, **{slot: totals[slot] + amount - fee})
    if moment > now:
        box.later(moment - now, "balance.available", transaction["id"])
    return transaction


@timer("balance.available")
def _becomes_available(box: Box, identifier: str) -> None:
    transaction = box.store.objects[identifier]
    account, currency, net = (
        transaction["_account"],
        transaction["currency"],
        transaction["net"],
    )
    box.edit(transaction, status="available")
    totals = _totals(box, account, currency)
    box.edit(totals, available=totals["available"] + net, pending=totals["pending"] - net)
    if totals["told"] != box.now():  # one event for everything that falls due together
        box.edit(totals, told=box.now())
        box.emit("balance.available", view(box, account))


def _totals(box: Box, account: str, currency: str) -> Json:
    identifier = f"balance:{account}:{currency}"
    found = box.store.find(identifier)
    if found is None:
        found = box.store.put(
            {
                "id": identifier,
                "_kind": "_balance",
                "account": account,
                "currency": currency,
                "available": 0,
                "pending": 0,
                "told": 0,
            }
        )
    return found


def available(box: Box, account: str, currency: str) -> int:
    """What an account can spend now, in minor units."""
    found = box.store.find(f"balance:{account}:{currency}")
    return int(found["available"]) if found else 0


def held(box: Box, account: str, currency: str) -> int:
    """What an account has, available or not yet, in minor units."""
    found = box.store.find(f"balance:{account}:{currency}")
    return int(found["available"] + found["pending"]) if found else 0


def view(box: Box, account: str) -> Json:
    """The balance object of an account."""
    rows = [t for t in reversed(box.store.of_kind("_balance")) if t["account"] == account]
    if not rows:
        rows = [{"currency": box.settings.currency, "available": 0, "pending": 0}]

    def amounts(slot: str) -> list[Json]:
        return [
            {"amount": r[slot], "currency": r["currency"], "source_types": {"card": r[slot]}}
            for r in rows
        ]

    balance = of_kind("balance", available=amounts("available"), pending=amounts("pending"))
    balance["_account"] = account
    return balance
