"""Owns how people write of which money they speak; never how much of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

from babel.core import get_global
from babel.numbers import get_territory_currencies

from search import rates

_NAMES: Final = {
    "EUR": "€ e eur euro euros balles",
    "GBP": "£ gbp pound pounds livre livres quid",
    "USD": "usd",
    "CAD": "cad piasses piastres",
    "CHF": "chf",
    "MAD": "mad dh dhs dirham dirhams",
    "TND": "tnd dinar dinars",
    "XOF": "xof cfa fcfa",
    "MGA": "mga ariary",
}
_NAMED: Final = {
    "USD": ("us dollars?", "dollars? us", "american dollars?", r"dollars? american\w*"),
    "CAD": ("canadian dollars?", r"dollars? canad\w*"),
    "CHF": ("francs? suisses?", "swiss francs?"),
    "GBP": ("livres? sterling", "pounds? sterling"),
    "XOF": ("f cfa", "francs? cfa"),
}
"""Names of several words, which say whose money it is."""
_DOLLAR: Final = re.compile(r"([a-z]{0,3})\s?\$\s?([a-z]{0,3})|dollars?|bucks")
_DOLLARS: Final = {"c": "CAD", "ca": "CAD", "can": "CAD", "cad": "CAD", "cdn": "CAD"} | {
    "us": "USD",
    "usd": "USD",
}
"""What stands beside "$"; other letters are of dollars that cannot be compared."""
_FRANC: Final = re.compile(r"s?frs?\.?|francs?")
_CANADA: Final = (
    r"canad\w*|quebec\w*|montreal\w*|laval|gatineau|longueuil|sherbrooke|ottawa|toronto|vancouver"
    r"|calgary|mtl"
)
_WEST_AFRICA: Final = (
    r"senegal\w*|dakar|abidjan|cote d'ivoire|ivoirien\w*|benin|cotonou|togo\w*|lome|mali\w*"
    r"|bamako|burkina|ouagadougou"
)
_OF_PLACES: Final = (("$", "CAD", _CANADA), ("fr", "XOF", _WEST_AFRICA))
"""Beside these a dollar or a franc is theirs."""
_ELSE: Final = {"$": "USD", "fr": "CHF"}
_THEIRS: Final = {"$": {"USD", "CAD"}, "fr": {"CHF", "XOF"}}
"""Whose money "$" and "fr" are to those who live there."""
_ALIKE: Final = frozenset({"EUR", "GBP", "USD", "CAD", "CHF"})
"""An hour's pay is a number of the same size in these: one that says none may be of any."""
_CODES: Final = {name: code for code, names in _NAMES.items() for name in names.split()}
_WHOSE: Final = tuple((re.compile(name), code) for code, names in _NAMED.items() for name in names)
_LETTERS: Final = "|".join(_DOLLARS)
_BEFORE_IT: Final = rf"(?:(?<!\w)(?:(?:{_LETTERS})\s?|[a-z]{{1,3}}))?"
_BEHIND_IT: Final = rf"(?:\s?(?:{_LETTERS}|aud?|nzd?|sgd?|hkd?)(?!\w))?"
SIGN: Final = "|".join(
    (
        *(name for names in _NAMED.values() for name in names),
        rf"{_BEFORE_IT}\${_BEHIND_IT}",
        r"dollars?|bucks|s?frs?\.?|francs?",
        *sorted(map(re.escape, _CODES), key=len, reverse=True),
    )
)
"""The name or sign of a currency, folded."""
MARKS: Final = "$€£¥"
"""Signs that no amount without them begins after."""


@cache
def home(zone: str) -> str:
    """The money of the country a time zone is in (Unicode CLDR); the euro where we know none."""
    territory = get_global("zone_territories").get(zone)
    found = get_territory_currencies(territory)[:1] if territory else []
    return found[0] if found and rates.known(found[0]) else "EUR"


def code(signs: Iterable[str], text: str, zone: str, *, many: bool = False) -> str:
    """The currency that signs beside an amount say in a folded text; empty when we know none.

    Of "$40 CAD" the name says which dollars, else a place named, else the visitor's `zone`.
    Where nothing is said it is the visitor's own money, or euros where that counts otherwise:
    unless it is so `many` of them that nobody pays an hour with.
    """
    own = home(zone)
    said = {_code(sign) for sign in signs}
    sure = said - set(_ELSE)
    if len(sure) > 1:
        return ""
    for one in sure or said:
        theirs = (code for sign, code, where in _OF_PLACES if sign == one and _beside(where, text))
        else_ = own if own in _THEIRS.get(one, ()) else _ELSE.get(one, one)
        found = next(theirs, else_)
        return found if rates.known(found) else ""
    return own if own in _ALIKE or many else "EUR"


def _beside(where: str, text: str) -> bool:
    return re.search(rf"(?<!\w)(?:{where})(?!\w)", text) is not None


def _code(sign: str) -> str:
    """The currency of one sign; "$" or "fr" when it may be that of several countries."""
    if sign in _CODES:
        return _CODES[sign]
    for name, whose in _WHOSE:
        if name.fullmatch(sign):
            return whose
    if dollar := _DOLLAR.fullmatch(sign):
        letters = {one for one in dollar.groups() if one}
        codes = {_DOLLARS.get(one, "") for one in letters}
        return codes.pop() if len(codes) == 1 else "" if codes else "$"
    return "fr" if _FRANC.fullmatch(sign) else ""
