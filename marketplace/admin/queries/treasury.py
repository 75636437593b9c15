"""Owns reading what is ours at Stripe, by currency. Never writes."""

from __future__ import annotations

from payments import explorer, treasury
from payments.money import Money


async def earned() -> list[Money]:
    """What of our balance is earned, in each currency the books know."""
    found = await explorer.families()
    currencies = sorted({each.currency for each in found if each.family == "stripe"})
    return [await treasury.earned(currency) for currency in currencies]
