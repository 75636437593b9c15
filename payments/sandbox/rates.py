"""Exchange rates: what a payment is worth in the currency it settles in.

Never changes by itself: the rates are a table until `/_sandbox/rates` says otherwise, so that the
same calls give the same cents. Stripe settles in a currency for which the platform has a bank
account and converts the others to its own; that the conversion fee is a line of its own on the
balance transaction, and its height: to confirm on Stripe.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from payments.sandbox.errors import Refused

if TYPE_CHECKING:
    from payments.sandbox.box import Box
    from payments.sandbox.skeleton import Json

# Units of each currency for one euro.
PER_EURO = {"eur": "1", "gbp": "0.86", "chf": "0.94", "usd": "1.09", "cad": "1.48"}
_KEPT = "rates"


@dataclass(frozen=True)
class Worth:
    """An amount in minor units of the settlement currency; `rate` is None when nothing changed."""

    amount: int
    currency: str
    rate: float | None

    def conversion_fee(self, box: Box) -> int:
        """What Stripe takes for the conversion, in minor units, rounded half up."""
        if self.rate is None:
            return 0
        return (self.amount * box.settings.conversion_basis_points + 5_000) // 10_000


def settled(box: Box, amount: int, currency: str) -> Worth:
    """What a payment brings: in its own currency when the platform settles in it."""
    own = currency in box.settings.settles
    return into(box, amount, currency, currency if own else box.settings.currency)


def into(box: Box, amount: int, currency: str, target: str) -> Worth:
    """An amount in another currency, at today's rate, rounded half up to the minor unit."""
    if currency == target:
        return Worth(amount, currency, None)
    per_euro = _per_euro(box)
    rate = (per_euro[target] / per_euro[currency]).quantize(Decimal("0.000001"))
    minor = (amount * rate).quantize(Decimal(1), ROUND_HALF_UP)
    return Worth(int(minor), target, float(rate))


def change(box: Box, given: Json) -> Json:
    """Set today's rates. Raises Refused for an unknown currency or a rate that is not above 0."""
    wrong = [name for name, rate in given.items() if name not in PER_EURO or Decimal(rate) <= 0]
    if wrong or "eur" in given:
        raise Refused(f"rates are units for one euro of {', '.join(PER_EURO)}: {given}")
    told = {name: str(rate) for name, rate in given.items()}
    kept = box.store.find(_KEPT)
    if kept is None:
        kept = box.store.put({"id": _KEPT, "_kind": "_rates", "per_euro": {}})
    box.edit(kept, per_euro={**kept["per_euro"], **told})
    return {name: str(rate) for name, rate in _per_euro(box).items()}


def _per_euro(box: Box) -> dict[str, Decimal]:
    kept = box.store.find(_KEPT)
    today = PER_EURO | (kept["per_euro"] if kept else {})
    return {name: Decimal(rate) for name, rate in today.items()}
