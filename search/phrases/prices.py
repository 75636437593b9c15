"""Owns what says an hourly rate; never a window of hours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from search import rates
from search.phrases import numbers
from search.phrases.base import Found, Said

CURRENCIES: Final = {
    "€": "EUR", "e": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP", "gbp": "GBP",
    "pound": "GBP", "pounds": "GBP", "livre": "GBP", "livres": "GBP", "$": "USD", "usd": "USD",
    "dollar": "USD", "dollars": "USD", "chf": "CHF", "cad": "CAD", "mad": "MAD", "dh": "MAD",
    "dhs": "MAD", "dirham": "MAD", "dirhams": "MAD", "balles": "EUR", "quid": "GBP",
    "bucks": "USD", "piasses": "CAD", "piastres": "CAD", "dinar": "TND", "dinars": "TND",
    "tnd": "TND", "fcfa": "XOF", "f cfa": "XOF", "cfa": "XOF", "xof": "XOF",
}  # fmt: skip
_DOLLARS: Final = frozenset({"$", "dollar", "dollars", "bucks"})
_CANADA: Final = re.compile(
    r"(?<!\w)(?:canad\w*|quebec\w*|montreal\w*|laval|gatineau|longueuil|sherbrooke|ottawa|toronto"
    r"|vancouver|calgary|mtl)(?!\w)"
)
"""Beside these a dollar is theirs."""
_MONEY: Final = "|".join(re.escape(sign) for sign in sorted(CURRENCIES, key=len, reverse=True))
_DIGITS: Final = r"\d{1,5}(?:[.,]\d{1,2})?(?![\d%])"
_NUMBER: Final = rf"(?:{_DIGITS}|{numbers.WORDS}(?!\w))"
_SOME_NUMBER: Final = re.compile(rf"\d|(?<!\w){numbers.WORDS}(?!\w)")
_HOURLY: Final = (
    r"(?:\s*(?:/\s*|(?:de |par |per |an |a |l'|de l')\s*)(?:heures?|hours?|hr|h)\b|\s*p/?h\b)"
)
_NOT_HOURLY: Final = (
    r"(?!\s*(?:/|(?:par|per|a|an|la|le|the|each|chaque)\s)\s*"
    r"(?:mois|jour|month|day|week|semaine|page|mot|word|mission|projet|project|an|year|facture"
    r"|invoice|appel|call|post|article|piece|unite)\b)"
)


def _amount(name: str, number: str = _NUMBER) -> str:
    return (
        rf"(?:(?P<{name}_before>{_MONEY})\s*)?(?P<{name}>{number})"
        rf"(?:\s*(?P<{name}_after>{_MONEY})(?!\w))?"
    )


_TAIL: Final = rf"(?P<hour>{_HOURLY})?{_NOT_HOURLY}(?!\w)"
_MOST: Final = (
    r"(?:(?:a|pour)\s+)?(?:moins de|moins d'|maximum|maxi|max|jusqu'a|pas plus de|pas plus d'"
    r"|au plus|en dessous de|plafond(?: de| a)?|under|below|less than|up to|at most|no more than"
    r"|not more than|not over|capped at|cheaper than|<=?|≤|-\s?de"
    r"|budget(?: de| d'| of)?(?: max\w*)?)\s*:?\s*"
)
_LEAST: Final = (
    r"(?:a partir de|plus de|plus d'|au moins|minimum|min|from|over|more than|at least"
    r"|depasser(?: les)?|exceder|exceed|above|au[- ]dessus de|au[- ]dela de|>=?|≥|\+\s?de)\s*"
)
_REFUSED: Final = re.compile(
    r"(?:(?<!\w)(?:pas|jamais|sans|not|never|no|cannot|cant|wont|dont|without)|(?<!\w)\w+n't)"
    r"(?:\s+[\w']+){0,4}\s*$"
)
"""Who will not go over an amount names the most, not the least: "on peut pas mettre plus de"."""
_PASSING: Final = re.compile(r"(?:depasser(?: les)?|exceder|exceed)\s*$")
_BETWEEN: Final = re.compile(
    rf"(?<!\w)(?:entre|between|de|from)\s+{_amount('low')}\s*(?:et|and|a|to|-|–)\s*"
    rf"{_amount('high')}{_TAIL}"
)
_AT_MOST: Final = re.compile(
    rf"(?<!\w)(?P<rated>(?:tarif|taux|(?:hourly )?rate)(?: horaire)?\s*:?\s+)?"
    rf"{_MOST}{_amount('high')}{_TAIL}"
)
_AT_LEAST: Final = re.compile(rf"(?<!\w){_LEAST}{_amount('low')}{_TAIL}")
_MOST_AFTER: Final = re.compile(
    rf"(?<![\w.,])(?:a\s+)?{_amount('high')}(?P<hour>{_HOURLY})?\s+"
    r"(?:(?:grand )?(?:maximum|maxi|max)|or less|ou moins|at most|tops|(?:et )?pas plus)(?!\w)"
)
_RANGE: Final = re.compile(
    rf"(?<![\w.,]){_amount('low', _DIGITS)}\s*(?:a|to|-|–)\s*{_amount('high', _DIGITS)}"
    rf"(?P<hour>{_HOURLY})(?!\w)"
)
"""In figures: "trente-cinq" is one number."""
_EXACT: Final = re.compile(
    rf"(?<![\w.,])(?:(?:a|at|for|pour)\s+)?{_amount('high')}(?P<hour>{_HOURLY})(?!\w)"
)


HOURLY_MAX: Final = 200
"""Above this an amount is an hourly rate only if "an hour" is said; in euros and the like."""
LEAST_RATE: Final = 8
"""Below this, so many "an hour" are of something else; without a currency."""
_AN_HOUR: Final = re.compile(r"de l'h|an h|p[ae]r h|/\s*h")
_DEAR: Final = frozenset({"EUR", "GBP", "USD", "CHF", "CAD"})


def _highest(named: dict[str, str | None]) -> int:
    said = [amount for name in ("low", "high") if (amount := named.get(name))]
    return max(int(re.split("[.,]", numbers.value(amount))[0]) for amount in said)


def minor(amount: str, currency: str) -> int:
    """Minor units of an amount as typed: "27,50" EUR is 2750, and "trente" is 3000."""
    amount = numbers.value(amount)
    digits = 0 if currency in rates.ZERO_DECIMAL else 3 if currency in rates.THREE_DECIMAL else 2
    whole, _point, rest = amount.replace(",", ".").partition(".")
    return int(whole) * int(f"1{'0' * digits}") + int((rest + "000")[:digits] or 0)


def _refused(text: str, match: re.Match[str]) -> re.Match[str] | None:
    """The words before an amount by which it is the most someone pays."""
    return _REFUSED.search(text, max(0, match.start() - 60), match.start())


def _is_rate(pattern: re.Pattern[str], named: dict[str, str | None]) -> bool:
    """Whether an amount without a currency is a price: "10 h a week" is none, "20 an hour" is."""
    if named.get("rated"):
        return LEAST_RATE <= _highest(named) <= HOURLY_MAX
    if pattern not in {_RANGE, _EXACT}:
        return True
    return (
        bool(_AN_HOUR.search(named["hour"] or "")) and LEAST_RATE <= _highest(named) <= HOURLY_MAX
    )


def _currency(sign: str, text: str) -> str:
    return "CAD" if sign in _DOLLARS and _CANADA.search(text) else CURRENCIES[sign]


def prices(text: str) -> Iterator[Found]:
    """Hourly rates: a bound with a currency, or with "an hour"."""
    if not _SOME_NUMBER.search(text):
        return
    for pattern in (_BETWEEN, _AT_MOST, _AT_LEAST, _RANGE, _MOST_AFTER, _EXACT):
        for match in pattern.finditer(text):
            start, named = match.start(), match.groupdict()
            if pattern is _AT_LEAST and (refused := _refused(text, match)):
                start = refused.start()
                named = {name.replace("low", "high"): said for name, said in named.items()}
            elif _PASSING.search(text, 0, match.start("low") if pattern is _AT_LEAST else 0):
                continue  # "dépasser 30 €" says nothing of its own
            signs = [
                sign
                for one in ("low", "high")
                for side in ("before", "after")
                if (sign := named.get(f"{one}_{side}"))
            ]
            # "10 h a week" is no price: hours alone need a cue of their own and a currency.
            hourly = named.get("hour") or named.get("rated")
            if not signs and not (hourly and _is_rate(pattern, named)):
                continue
            currency = _currency(signs[0], text) if signs else "EUR"
            if not named.get("hour") and currency in _DEAR and _highest(named) > HOURLY_MAX:
                continue  # "budget 500 €" is for a month or a job
            said: list[Said] = [
                (parameter, str(minor(named[one], currency)))
                for one, parameter in (("low", "rate_min"), ("high", "rate_max"))
                if named.get(one)
            ]
            if currency != "EUR":
                said.append(("currency", currency))
            yield Found(start, match.end(), tuple(said))
            return  # one price is meant; a second one is text
