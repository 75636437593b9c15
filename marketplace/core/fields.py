"""Owns field types that people type by hand (amounts, durations); never knows a form.

A string is what a person wrote ("1 234,50", "2h30"); an int is what a program sent (minor units,
minutes). Both HTML forms and the JSON API therefore validate with the same drafts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    StringConstraints,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from marketplace.core.i18n import _, current_locale, format_number
from search.coverage import time_zones

SPACES = re.compile(r"[\s\u00a0\u202f'’]")


def parse_price(value: object) -> object:
    """Minor units (two decimals) of what a person wrote; ints pass unchanged."""
    if not isinstance(value, str):
        return value
    match = AMOUNT.match(SPACES.sub("", value).strip("€$£"))
    if match is None:
        raise PydanticCustomError("price", "Write an amount such as 35 or 35,50.")
    return int(match[1] + (match[2] or "").ljust(2, "0"))


# Three digits after a mark may be thousands: "1,000" is refused, never read as one.
AMOUNT = re.compile(r"^(?=.*\d)([+-]?\d{0,15})(?:[.,](\d{0,2}))?$", re.ASCII)
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


def as_hours(minutes: int) -> str:
    """A duration to read in every language: "30 min", "24 h", "7 h 30"."""
    whole, rest = divmod(minutes, 60)
    if not whole:
        return f"{rest}\u00a0min"
    return f"{whole}\u00a0h\u00a0{rest:02}" if rest else f"{whole}\u00a0h"


def as_amount(minor: int) -> str:
    """An amount of two decimals to read, without its currency: "0.50", "1,000"."""
    return format_number(minor / 100, current_locale.get(), 2 if minor % 100 else 0)


@dataclass(frozen=True)
class Span:
    """Bounds, in the unit of the program, and refused in that of people: `said` puts them so."""

    least: int
    most: int
    said: Callable[[int], str] = as_hours

    def __get_pydantic_core_schema__(
        self, source: type[Any], handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return handler(schema) | {"minimum": self.least, "maximum": self.most}

    def _checked(self, given: int) -> int:
        if given < self.least:
            raise PydanticCustomError("greater_than_equal", "{ge}", {"ge": self.said(self.least)})
        if given > self.most:
            raise PydanticCustomError("less_than_equal", "{le}", {"le": self.said(self.most)})
        return given


def _zone(given: str) -> str:
    if given not in time_zones():
        raise ValueError(_("This time zone is not known."))
    return given


TimeZone = Annotated[str, AfterValidator(_zone)]
"""An IANA name. The only check of one: what passes here, PostgreSQL reckons with."""
Price = Annotated[int, BeforeValidator(parse_price), Span(0, 100_000_000, as_amount)]
Payment = Annotated[int, BeforeValidator(parse_price), Span(1, 100_000_000, as_amount)]
Minutes = Annotated[int, BeforeValidator(parse_minutes)]
"""Bounded by a `Span` wherever it stands."""
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]
