"""Owns field types that people type by hand (amounts, durations); never knows a form.

A string is what a person wrote ("1 234,50", "2h30"); an int is what a program sent (minor units,
minutes). Both HTML forms and the JSON API therefore validate with the same drafts.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

SPACES = re.compile(r"[\s\u00a0\u202f'’]")


def parse_price(value: object) -> object:
    """Minor units (two decimals) of what a person wrote; ints pass unchanged."""
    if not isinstance(value, str):
        return value
    match = AMOUNT.match(SPACES.sub("", value).strip("€$£"))
    if match is None:
        raise PydanticCustomError("price", "Write an amount such as 35 or 35,50.")
    return int(match[1] + (match[2] or "").ljust(2, "0"))


AMOUNT = re.compile(r"^(?=.*\d)([+-]?\d{0,15})(?:[.,](\d{0,2})0*)?$", re.ASCII)
DURATION = re.compile(r"^(?:(\d{1,3})[h:](\d{1,2})?|(\d{1,3}(?:[.,]\d{1,2})?)h?|(\d{1,4})min)$")


def parse_minutes(value: object) -> object:
    """Minutes of a duration as people write it: 2, 2,5, 2h30, 1:30, 90min; ints are minutes."""
    if not isinstance(value, str):
        return value
    match = DURATION.match(SPACES.sub("", value).lower())
    if not match or (match[2] and int(match[2]) > 59):
        raise PydanticCustomError("duration", "Write a duration such as 2, 2,5, 2h30 or 90 min.")
    if match[1]:
        return int(match[1]) * 60 + int(match[2] or 0)
    if match[4]:
        return int(match[4])
    return int((Decimal(match[3].replace(",", ".")) * 60).to_integral_value())


# Embedding, override and isolate of direction (Unicode Standard Annex 9).
_TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
UNSEEN = frozenset(f"{_TURNING}\ufffe\uffff")
"""With the two that are no characters, which XML cannot hold either."""


def printable(text: object) -> object:
    """The text without control characters, which neither PostgreSQL nor paper can hold.

    Nor with those that turn the direction of reading: what people see is what they sign.
    """
    if not isinstance(text, str):
        return text
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    plain = plain.replace("\v", " ").replace("\f", " ")  # so Word breaks lines
    kept = (c for c in plain if c in "\n\t" or unicodedata.category(c) != "Cc")
    return "".join(c for c in kept if c not in UNSEEN)


Clean = BeforeValidator(printable)
# Bounds before the validator: only there the published schema names them.
Price = Annotated[int, Field(ge=0, le=100_000_000), BeforeValidator(parse_price)]
Payment = Annotated[int, Field(ge=1, le=100_000_000), BeforeValidator(parse_price)]
Minutes = Annotated[int, Field(ge=0, le=10_080), BeforeValidator(parse_minutes)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]
