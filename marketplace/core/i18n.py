"""Owns the catalogues and the way amounts, dates and texts are written; never picks a locale.

Catalogues are frontend/locales/<locale>/*.po, one file per feature, read at start: English msgids
are the English text. A fuzzy French entry is an error, so a half-done translation cannot ship.
"""

from __future__ import annotations

import io
import re
from contextvars import ContextVar
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from babel import dates, numbers
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from payments.money import Money
from search import rates

LOCALES: Final = ("fr", "en")
DEFAULT: Final = "fr"
BABEL: Final = {"fr": "fr_FR", "en": "en_GB"}
FOLDER: Final = Path(__file__).parents[2] / "frontend" / "locales"

ZONE: Final = "Europe/Paris"

current_locale: ContextVar[str] = ContextVar("current_locale", default=DEFAULT)
current_zone: ContextVar[str] = ContextVar("current_zone", default=ZONE)
"""The IANA time zone of whoever looks at a page, as their browser told it."""


NARROW: Final = "\u202f"
WIDE: Final = "\u00a0"
FRENCH_SPACES: Final = (
    (re.compile(r"(?<=\w)'(?=\w)"), "\u2019"),
    (re.compile(r"[ \u00a0\u202f]([;?!]+)(?=[\s\u00bb)]|$)"), NARROW + r"\1"),
    (re.compile(r"[ \u202f]:(?=\s|$)"), WIDE + ":"),
    (re.compile(r"\u00ab\s?"), "\u00ab" + WIDE),
    (re.compile(r"\s?\u00bb"), WIDE + "\u00bb"),
    (re.compile(r"(?<!\d{4})(?<=\d) (?=\d{3}(?!\d))"), NARROW),
    (re.compile(r"(?:(?<=\d)|(?<=\)s)) (?=\u20ac|%%?(?![(\w])|h\b)"), WIDE),
)


def typographic(text: str) -> str:
    """French text with its unbreakable spaces and curly apostrophes, whoever typed it."""
    for pattern, better in FRENCH_SPACES:
        text = pattern.sub(better, text)
    return text


def _typographic(message: str | tuple[str, ...] | list[str]) -> str | tuple[str, ...]:
    if isinstance(message, str):
        return typographic(message)
    return tuple(typographic(each) for each in message)


def told(french: str, english: str, locale: str) -> tuple[str, str]:
    """What somebody wrote, in the locale or else in the other language, and which of them it is.

    The second belongs into `lang`: a page is read aloud by that.
    """
    language = "fr" if french and (locale == "fr" or not english) else "en"
    return (french if language == "fr" else english), language


def _(msgid: str) -> str:
    """Mark a msgid for the catalogue where it cannot be translated yet."""
    return msgid


def catalogues(locale: str) -> list[bytes]:
    """The catalogues of a locale as they stand in their files."""
    return [path.read_bytes() for path in sorted((FOLDER / locale).glob("*.po"))]


@lru_cache(maxsize=len(LOCALES))
def translations(locale: str) -> Translations:
    """The merged catalogue of a locale. Raises ValueError on a fuzzy or contradictory entry."""
    merged = Catalog(locale=locale)
    for path in sorted((FOLDER / locale).glob("*.po")):
        for message in read_po(io.BytesIO(path.read_bytes()), locale=locale):
            if not message.id or not message.string:
                continue
            if message.fuzzy:
                msg = f"{path}: fuzzy entry {message.id!r}"
                raise ValueError(msg)
            text = _typographic(message.string) if locale == "fr" else message.string
            merged.add(message.id, text, context=message.context)
    buffer = io.BytesIO()
    write_mo(buffer, merged)
    buffer.seek(0)
    return Translations(buffer)


def gettext(msgid: str, locale: str | None = None, **params: object) -> str:
    """The text in `locale` (default: the request's), with %(name)s parameters filled in."""
    text = translations(locale or current_locale.get()).ugettext(msgid)
    return text % params if params else text


def ngettext(one: str, many: str, n: int, locale: str | None = None, **params: object) -> str:
    """The text for `n` things; %(num)s is `n` written for the locale."""
    chosen = locale or current_locale.get()
    if chosen == "en":
        text = one if n == 1 else many
    else:
        text = translations(chosen).ungettext(one, many, n)
    return text % {"num": format_number(n, chosen), **params}


@lru_cache(maxsize=8192)
def format_number(value: float, locale: str, decimals: int = 0) -> str:
    """A number with the locale's separators."""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return numbers.format_decimal(value, format=pattern, locale=BABEL[locale])


def format_money(amount: Money, locale: str, *, cents: bool = True) -> str:
    """An amount, "1 234,50 €" or "€1,234.50"; `cents=False` drops a zero fraction only."""
    return _written(amount.decimal, amount.currency, locale, cents=cents)


def format_amount(minor: int, currency: str, locale: str) -> str:
    """A rate in minor units of any currency, also one we do not trade in; cents only if there."""
    decimal = Decimal(minor).scaleb(-rates.decimals(currency))
    return _written(decimal, currency, locale, cents=False)


def _written(amount: Decimal, currency: str, locale: str, *, cents: bool) -> str:
    whole = not cents and amount == amount.to_integral_value()
    pattern = ("#,##0 ¤" if locale == "fr" else "¤#,##0") if whole else None
    return numbers.format_currency(
        amount, currency, pattern, locale=BABEL[locale], currency_digits=not whole
    )


def format_date(value: date | datetime, locale: str, style: str = "long", tz: str = "") -> str:
    """A day: "27 novembre 2026"; style "full" adds the weekday, "short" drops the year."""
    day = value.astimezone(ZoneInfo(tz or ZONE)) if isinstance(value, datetime) else value
    patterns = {"short": "d MMM", "day": "EEEE d MMMM", "month": "MMMM y", "weekday": "EEEE"}
    return _first(dates.format_date(day, patterns.get(style, style), locale=BABEL[locale]), locale)


def format_since(text: str, locale: str) -> str:
    """A year, month or day as files have it (ISO 8601): "2025", "juillet 2025", "1er mars 2026"."""
    year, *rest = map(int, text.split("-"))
    if not rest:
        return str(year)
    day = date(year, rest[0], rest[1] if len(rest) > 1 else 1)
    return format_date(day, locale, "long" if len(rest) > 1 else "month")


def format_datetime(value: datetime, locale: str, tz: str = ZONE) -> str:
    """A day and time in `tz`: "27 nov. 2026, 14:30"."""
    pattern = "d MMM y, HH:mm"
    text = dates.format_datetime(value, pattern, tzinfo=ZoneInfo(tz), locale=BABEL[locale])
    return _first(text, locale)


def _first(text: str, locale: str) -> str:
    """French writes the first day of a month as an ordinal: "1er décembre"."""
    return re.sub(r"(?<!\d)1 (?=[^\W\d])", "1er ", text, count=1) if locale == "fr" else text
