"""Owns reading the lines of a payment's share back out of what was posted. Never posts."""

from __future__ import annotations

from collections.abc import Iterable

from payments.fees import Share
from payments.ledger import chart


def share_of(
    entries: Iterable[tuple[str, int]], *, price: int, currency: str, back: bool = False
) -> Share:
    """What a release gave (`back`: what a clawback took), from its (account, amount) entries.

    `price` is the price that the transaction names; of a returned client fee only the client's
    lines are filled.
    """
    found = list(entries)
    sign = 1 if back else -1  # of what a fee's account was given

    def on(family: str) -> int:
        return abs(sum(minor for code, minor in found if code.startswith(family + ":")))

    def fee(account: str) -> int:
        return sign * sum(minor for code, minor in found if code == account)

    held, deferred, client_fee = on("escrow"), on("deferred"), fee(chart.CLIENT_FEE)
    price = price if held else 0
    client_vat = deferred - client_fee
    commission, taxes = fee(chart.COMMISSION), fee(chart.VAT)
    return Share(
        currency, price, held - price, client_fee, client_vat, commission, taxes - client_vat
    )
