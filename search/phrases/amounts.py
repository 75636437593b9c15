"""Owns how an amount of money is written, and its tax; never what is paid so."""

from __future__ import annotations

import re
from typing import Final

from search.language import fold
from search.phrases import currencies, numbers

DIGITS: Final = r"(?:\d{1,3}(?:[ ']\d{3})+|\d{1,5}(?:[.,]\d{1,2})?)(?![\d%])"
NUMBER: Final = rf"(?:{DIGITS}|(?>{numbers.WORDS})(?!\w))"
"""In words a number is whole: "vingt-cinq" and "vingt et un" are no two."""
SOME_NUMBER: Final = re.compile(rf"\d|(?<!\w){numbers.WORDS}(?!\w)")
TAX: Final = (
    r"(?:\s*\(?(?:ht|h\.t\.?|ttc|nets?|bruts?|hors tax\w*|hors tva|toutes taxes comprises|gross"
    r"|before tax|(?:(?:ex|incl?)\w*\.?|plus|\+) ?(?:vat|tva|tax(?:es)?))\)?(?!\w))?"
)
"""Beside an amount; rates are compared as they stand on profiles, without tax."""
_WITH_TAX: Final = re.compile(
    r"(?<!\w)(?:ttc|toutes taxes comprises|gross|incl\w*\.? ?(?:vat|tva|tax(?:es)?))(?!\w)"
)


def pattern(name: str, number: str = NUMBER) -> str:
    """What says an amount, as the group `name`, with its sign before or after it."""
    return (
        rf"(?:(?P<{name}_before>{currencies.SIGN})\s*)?(?P<{name}>{number})"
        rf"(?:\s*(?P<{name}_after>{currencies.SIGN})(?!\w|-[a-z]))?"
    )


def with_tax(words: str) -> bool:
    """Whether an amount was said with its tax in it: "25 € TTC"."""
    return bool(_WITH_TAX.search(fold(words)))
