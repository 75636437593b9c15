"""Owns what says an hourly rate; never a window of hours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from search import rates
from search.phrases.base import Found, Said

CURRENCIES: Final = {
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP", "gbp": "GBP",
    "pound": "GBP", "pounds": "GBP", "livre": "GBP", "livres": "GBP", "$": "USD", "usd": "USD",
    "dollar": "USD", "dollars": "USD", "chf": "CHF", "cad": "CAD", "mad": "MAD", "dh": "MAD",
    "dhs": "MAD", "dirham": "MAD", "dirhams": "MAD", "balles": "EUR", "quid": "GBP",
    "bucks": "USD", "piasses": "CAD", "piastres": "CAD",
}  # fmt: skip
_MONEY: Final = "|".join(re.escape(sign) for sign in sorted(CURRENCIES, key=len, reverse=True))
_NUMBER: Final = r"\d{1,5}(?:[.,]\d{1,2})?(?![\d%])"
_HOURLY: Final = r"(?:\s*(?:/\s*|(?:de |par |per |an |a |l'|de l')\s*)(?:heures?|hours?|hr|h)\b)"
_NOT_HOURLY: Final = (
    r"(?!\s*(?:/|(?:par|per|a|an|la|le|the|each|chaque)\s)\s*"
    r"(?:mois|jour|month|day|week|semaine|page|mot|word|mission|projet|project|an|year|facture"
    r"|invoice|appel|call|post|article|piece|unite)\b)"
)


def _amount(name: str) -> str:
    return (
        rf"(?:(?P<{name}_before>{_MONEY})\s*)?(?P<{name}>{_NUMBER})"
        rf"(?:\s*(?P<{name}_after>{_MONEY})(?!\w))?"
    )


_TAIL: Final = rf"(?P<hour>{_HOURLY})?{_NOT_HOURLY}(?!\w)"
_MOST: Final = (
    r"(?:(?:a|pour)\s+)?(?:moins de|moins d'|maximum|maxi|max|jusqu'a|pas plus de|au plus|under"
    r"|below|less than|up to|at most|no more than|cheaper than|<=?|≤|budget(?: de| of)?)\s*:?\s*"
)
_LEAST: Final = (
    r"(?:a partir de|plus de|au moins|minimum|min|from|over|more than|at least|>=?|≥)\s*"
)
_BETWEEN: Final = re.compile(
    rf"(?<!\w)(?:entre|between|de|from)\s+{_amount('low')}\s*(?:et|and|a|to|-|–)\s*"
    rf"{_amount('high')}{_TAIL}"
)
_AT_MOST: Final = re.compile(rf"(?<!\w){_MOST}{_amount('high')}{_TAIL}")
_AT_LEAST: Final = re.compile(rf"(?<!\w){_LEAST}{_amount('low')}{_TAIL}")
_MOST_AFTER: Final = re.compile(
    rf"(?<![\w.,])(?:a\s+)?{_amount('high')}(?P<hour>{_HOURLY})?\s+"
    r"(?:maximum|maxi|max|or less|ou moins|at most)(?!\w)"
)
_EXACT: Final = re.compile(
    rf"(?<![\w.,])(?:(?:a|at|for|pour)\s+)?{_amount('high')}(?P<hour>{_HOURLY})(?!\w)"
)


HOURLY_MAX: Final = 200
"""Above this an amount is an hourly rate only if "an hour" is said; in euros and the like."""
_DEAR: Final = frozenset({"EUR", "GBP", "USD", "CHF", "CAD"})


def _highest(named: dict[str, str | None]) -> int:
    said = [amount for name in ("low", "high") if (amount := named.get(name))]
    return max(int(re.split("[.,]", amount)[0]) for amount in said)


def minor(amount: str, currency: str) -> int:
    """Minor units of an amount as typed: "27,50" EUR is 2750."""
    digits = 0 if currency in rates.ZERO_DECIMAL else 3 if currency in rates.THREE_DECIMAL else 2
    whole, _point, rest = amount.replace(",", ".").partition(".")
    return int(whole) * int(f"1{'0' * digits}") + int((rest + "000")[:digits] or 0)


def prices(text: str) -> Iterator[Found]:
    """Hourly rates: a bound with a currency, or with "an hour"."""
    for pattern in (_BETWEEN, _AT_MOST, _AT_LEAST, _MOST_AFTER, _EXACT):
        for match in pattern.finditer(text):
            named = match.groupdict()
            signs = [
                sign
                for one in ("low", "high")
                for side in ("before", "after")
                if (sign := named.get(f"{one}_{side}"))
            ]
            # "10 h a week" is no price: hours alone need a cue of their own and a currency.
            if not signs and (not named.get("hour") or pattern is _EXACT):
                continue
            currency = CURRENCIES[signs[0]] if signs else "EUR"
            if not named.get("hour") and currency in _DEAR and _highest(named) > HOURLY_MAX:
                continue  # "budget 500 €" is for a month or a job
            said: list[Said] = [
                (parameter, str(minor(named[one], currency)))
                for one, parameter in (("low", "rate_min"), ("high", "rate_max"))
                if named.get(one)
            ]
            if currency != "EUR":
                said.append(("currency", currency))
            yield Found(match.start(), match.end(), tuple(said))
            return  # one price is meant; a second one is text
