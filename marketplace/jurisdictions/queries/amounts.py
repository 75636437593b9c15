"""Owns how amounts of limits are written and read, also in currencies that are not traded here."""

from __future__ import annotations

import re
from typing import Final

from marketplace.core.fields import SPACES
from marketplace.core.i18n import format_money, format_number
from payments.money import EXPONENTS, Money

AMOUNT: Final = re.compile(r"^(\d{1,13})(?:[.,](\d{1,4}))?$", re.ASCII)
DECIMALS: Final = 2
"""Of every currency of our data that payments.money does not know (INR, ZAR, KES)."""


def amount_text(minor: int, currency: str, locale: str) -> str:
    """Whole units of a currency as people write them."""
    if currency in EXPONENTS:
        return format_money(Money(minor, currency), locale, cents=False)
    return f"{format_number(minor // 10**DECIMALS, locale)} {currency}"


def amount_read(text: str, currency: str) -> int:
    """Minor units of what a person wrote ("12 000,50").

    Raises ValueError, also for a minus and for more decimals than the currency has: "12,000" euros
    are rather twelve thousand than twelve.
    """
    exponent = EXPONENTS.get(currency, DECIMALS)
    match = AMOUNT.match(SPACES.sub("", text))
    cents = (match[2] or "") if match else ""
    if match is None or len(cents) > exponent:
        msg = "not an amount"
        raise ValueError(msg)
    return int(match[1] + cents.ljust(exponent, "0"))


def amount_typed(minor: int, currency: str, locale: str) -> str:
    """The same as it would be typed, for a form's field."""
    exponent = EXPONENTS.get(currency, DECIMALS)
    whole, cents = divmod(minor, 10**exponent)
    mark = "," if locale == "fr" else "."
    return f"{whole}{mark}{cents:0{exponent}d}" if cents else str(whole)
