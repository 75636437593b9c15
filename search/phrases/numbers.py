"""Owns numbers in digits or words, as people say prices and times; never what they count."""

from __future__ import annotations

import re
from typing import Final

_ONES: Final = {
    "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7,
    "huit": 8, "neuf": 9, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "seven": 7,
    "eight": 8, "nine": 9,
}  # fmt: skip
_TEENS: Final = {
    "dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS: Final = {
    "quatre vingt": 80, "quatre vingts": 80, "vingt": 20, "trente": 30, "quarante": 40,
    "cinquante": 50, "soixante": 60, "septante": 70, "huitante": 80, "octante": 80, "nonante": 90,
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70,
    "eighty": 80, "ninety": 90,
}  # fmt: skip
_VALUES: Final = {**_ONES, **_TEENS, **_TENS}


def _any(names: dict[str, int]) -> str:
    return "|".join(name.replace(" ", "[ -]") for name in sorted(names, key=len, reverse=True))


_SMALL: Final = f"{_any(_TEENS)}|{_any(_ONES)}"
_TEN_AND: Final = r"dix[ -](?:sept|huit|neuf)"
_BELOW: Final = (
    rf"(?:(?:{_any(_TENS)})(?:(?:[ -]et[ -]|[ -])?(?:{_TEN_AND}|{_SMALL}))?"
    rf"|{_TEN_AND}|{_SMALL})"
)
_HUNDREDS: Final = (
    rf"(?:(?:{_any(_ONES)})[ -](?:cents?|hundred)"
    r"|(?:an?[ -])?(?:(?<!pour )(?<!per )(?<!\d )cent|hundred))(?!\w)"
)
_HUNDRED: Final = re.compile(r"\b(?:cents?|hundred)\b")
_NO_TAIL: Final = "".join(
    rf"(?<!{more}[ -])" for more in ("cent", "cents", "hundred", "hundred and", "mille", "thousand")
)
WORDS: Final = rf"(?:{_NO_TAIL}(?:{_HUNDREDS}(?:[ -](?:and[ -])?{_BELOW})?|{_BELOW}))"
"""A number below a thousand in words, folded; never the tail of a longer one."""
HOURS: Final = rf"(?:\d{{1,3}}|{WORDS})"


def value(text: str) -> str:
    """A number in words as digits ("trente-cinq" is "35"); digits as they are."""
    if text[:1].isdigit():
        return text
    left, total = text.replace("-", " "), 0
    if hundred := _HUNDRED.search(left):
        total = 100 * max(1, int(value(left[: hundred.start()])))
        left = left[hundred.end() :]
    for name in sorted(_VALUES, key=len, reverse=True):
        if re.search(rf"\b{name}\b", left):
            left = re.sub(rf"\b{name}\b", "", left, count=1)
            total += _VALUES[name]
    return str(total)
