"""Owns the check of a registration or VAT number; knows no register by itself."""

from __future__ import annotations

import re
import unicodedata
from importlib import import_module
from typing import Final

from stdnum.exceptions import ValidationError

from marketplace.core.errors import NotFound
from marketplace.core.i18n import _

NUMBER_LENGTH_MAX: Final = 60


class UnknownJurisdiction(NotFound):
    """No data file describes this code."""

    message = _("We do not know this jurisdiction.")


class NumberRefused(ValueError):
    """A number fails its register's rules; the text says how, for tests and logs."""


def check_number(modules: tuple[str, ...], pattern: str | None, prefix: str, number: str) -> str:
    """The number as its register writes it, compact. Raises NumberRefused."""
    number = unicodedata.normalize("NFKC", number).strip()
    odd = any(each.isnumeric() and not each.isascii() for each in number)
    if not 0 < len(number) <= NUMBER_LENGTH_MAX or not number.isprintable() or odd:
        msg = "empty, too long or not text"
        raise NumberRefused(msg)
    for name in modules:
        try:
            compact = str(import_module(name).validate(number))
        except ValidationError:
            continue
        except (ValueError, IndexError, KeyError, TypeError):  # modules meet strange input badly
            continue
        return compact if compact.startswith(prefix) else prefix + compact
    plain = re.sub(r"[\s./\-\u2010-\u2015]", "", number).upper()
    if pattern and re.fullmatch(pattern, plain, re.ASCII):
        return plain
    msg = f"no rule of {', '.join(modules) or pattern} accepts it"
    raise NumberRefused(msg)
