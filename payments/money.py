"""Owns what an amount of money is: integer minor units of one currency.

Never rounds silently, never takes a float.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

# Stripe's zero-decimal currencies (https://docs.stripe.com/currencies#zero-decimal) and the ones we
# show or charge.
ZERO_DECIMAL: Final = frozenset(
    "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF UGX VND VUV XAF XOF XPF".split()
)
EXPONENTS: Final[dict[str, int]] = {
    **dict.fromkeys(("EUR", "GBP", "CHF", "USD", "CAD"), 2),
    **dict.fromkeys(("MAD", "PHP", "MUR", "PLN", "SEK", "DKK", "NOK", "CZK", "RON", "HUF"), 2),
    "TND": 3,
    **dict.fromkeys(ZERO_DECIMAL, 0),
}
HELD_CURRENCIES: Final = ("EUR", "GBP", "CHF", "USD", "CAD")
"""Currencies in which funds may be held: those of the regions Stripe pays out to."""

_DECIMAL: Final = re.compile(r"(\d{1,12})(?:[.,](\d{1,3}))?", re.ASCII)
_GROUPED: Final = re.compile(
    r"(?:\d{1,3}(?:,\d{3})+\.\d{1,3}|\d{1,3}(?:\.\d{3})+,\d{1,3}|\d{1,3}(?:([.,])\d{3})(?:\1\d{3})+)",
    re.ASCII,
)
"""Thousands set apart by another sign than the decimals, or by one that comes twice."""
_SIGNS: Final = {
    "EUR": ("€",), "GBP": ("£",), "USD": ("US$", "$US", "$"), "CHF": ("SFR.", "FR.", "SFR"),
    "CAD": ("CA$", "$CA", "C$", "$C", "$"),
}  # fmt: skip
"""How a currency is written beside its amount, besides its code."""
_WHOLE_BPS: Final = 10_000


class CurrencyMismatch(TypeError):
    """Two amounts of different currencies met in one operation."""


def half_up(numerator: int, denominator: int) -> int:
    """The quotient rounded to the nearest integer, halves away from zero."""
    if denominator <= 0:
        raise ValueError("the denominator must be positive")
    quotient, remainder = divmod(abs(numerator), denominator)
    rounded = quotient + (1 if 2 * remainder >= denominator else 0)
    return rounded if numerator >= 0 else -rounded


def _bare(text: str, currency: str) -> str:
    """An amount as typed without its spaces and its own currency's sign or code."""
    typed = re.sub(r"[\s\u00a0\u202f'’]", "", text).upper()
    for sign in (currency, *_SIGNS.get(currency, ())):
        if typed.startswith(sign):
            return typed.removeprefix(sign)
        if typed.endswith(sign):
            return typed.removesuffix(sign)
    return typed


def _ungrouped(typed: str) -> str:
    """The same without what sets thousands apart; "1,250" alone may be either and stays."""
    match = _GROUPED.fullmatch(typed)
    if match is None:
        return typed
    if match[1]:
        return typed.replace(match[1], "")
    decimals = max(typed.rfind(","), typed.rfind("."))
    return re.sub("[.,]", "", typed[:decimals]) + "." + typed[decimals + 1 :]


@dataclass(frozen=True, slots=True, eq=False)
class Money:
    """An amount in minor units (cents for EUR, whole francs for XOF). May be negative."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError(f"minor units are integers, not {type(self.minor).__name__}")
        if self.currency not in EXPONENTS:
            raise ValueError(f"unknown currency {self.currency!r}")

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Nothing, in a currency."""
        return cls(0, currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """Reads "1 234,50", "1,234.50", "€1234.5" or "1234.5 EUR" as a person writes it.

        ValueError when it is not an exact amount.
        """
        match = _DECIMAL.fullmatch(_ungrouped(_bare(text, currency)))
        exponent = EXPONENTS[currency]
        if match is None or len(match[2] or "") > exponent:
            raise ValueError(f"not an amount in {currency}: {text!r}")
        return cls(int(match[1] + (match[2] or "").ljust(exponent, "0")), currency)

    @classmethod
    def sum(cls, parts: Iterable[Money], currency: str) -> Money:
        """The sum of any number of amounts of one currency."""
        total = cls.zero(currency)
        for part in parts:
            total += part
        return total

    @property
    def exponent(self) -> int:
        """Decimals of the currency."""
        return EXPONENTS[self.currency]

    @property
    def decimal(self) -> Decimal:
        """The exact amount in major units, for formatting only."""
        return Decimal(self.minor).scaleb(-self.exponent)

    def basis_points(self, bps: int) -> Money:
        """The given hundredths of a percent of this amount, rounded half-up."""
        return Money(half_up(self.minor * bps, _WHOLE_BPS), self.currency)

    def times(self, numerator: int, denominator: int = 1) -> Money:
        """This amount times a ratio of integers (minutes of an hour), rounded half-up."""
        return Money(half_up(self.minor * numerator, denominator), self.currency)

    def allocate(self, weights: Sequence[int]) -> tuple[Money, ...]:
        """Splits by largest remainder: the parts sum to the whole, ties go to the first."""
        total = sum(weights)
        if total <= 0 or min(weights) < 0:
            raise ValueError("weights must not be negative and must not all be zero")
        sign = -1 if self.minor < 0 else 1
        shares = [divmod(abs(self.minor) * weight, total) for weight in weights]
        parts = [quotient for quotient, _ in shares]
        order = sorted(range(len(weights)), key=lambda i: (-shares[i][1], i))
        for index in order[: abs(self.minor) - sum(parts)]:
            parts[index] += 1
        return tuple(Money(sign * part, self.currency) for part in parts)

    def _same(self, other: Money) -> int:
        if not isinstance(other, Money):
            raise TypeError(f"money meets {type(other).__name__}")
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} meets {other.currency}")
        return other.minor

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other)

    def __eq__(self, other: object) -> bool:
        # Comparing with a bare number is always a forgotten currency, so it is an error and not
        # False.
        if isinstance(other, (int, float, Decimal)):
            raise TypeError("money is never compared with a number")
        if not isinstance(other, Money):
            return NotImplemented
        return (self.minor, self.currency) == (other.minor, other.currency)

    def __hash__(self) -> int:
        return hash((self.minor, self.currency))

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        return f"{self.decimal} {self.currency}"
