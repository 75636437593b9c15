"""Owns how amounts look at the API's edge: minor units with a currency."""

from __future__ import annotations

from pydantic import BaseModel

from payments.money import Money


class Amount(BaseModel):
    """Minor units of a currency."""

    minor: int
    currency: str

    @classmethod
    def of(cls, money: Money) -> Amount:
        """The amount as the API shows it."""
        return cls(minor=money.minor, currency=money.currency)
