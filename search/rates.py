"""Owns exchange rates for comparing hourly rates; never used for a payment.

Source: euro foreign exchange reference rates of the European Central Bank (units of currency per
euro), for information only. XOF and MGA and others the ECB does not publish come from the fixed
parity (XOF, XAF: 655.957 per euro) or are marked indicative in data/rates.json.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).parent / "data" / "rates.json"
ZERO_DECIMAL: Final = frozenset({"JPY", "XOF", "XAF", "KRW", "CLP", "VND", "MGA", "RWF", "UGX"})
THREE_DECIMAL: Final = frozenset({"TND", "KWD", "BHD", "OMR", "JOD"})


@lru_cache(maxsize=1)
def _table() -> tuple[date, dict[str, Decimal]]:
    raw = json.loads(DATA.read_text(encoding="utf-8"))
    return date.fromisoformat(raw["as_of"]), {
        code: Decimal(row["per_eur"]) for code, row in raw["rates"].items()
    }


def as_of() -> date:
    """The day of the shipped table."""
    return _table()[0]


def currencies() -> tuple[str, ...]:
    """Every currency a rate can be compared in, EUR first."""
    return tuple(_table()[1])


def known(currency: str) -> bool:
    """Whether the table has the currency."""
    return currency in _table()[1]


def _factor(currency: str) -> Decimal:
    return Decimal(1 if currency in ZERO_DECIMAL else 1000 if currency in THREE_DECIMAL else 100)


def convert(minor: int, source: str, target: str) -> int:
    """Minor units of `source` as minor units of `target`, rounded half up. KeyError if unknown."""
    rates = _table()[1]
    amount = Decimal(minor) / _factor(source) / rates[source] * rates[target] * _factor(target)
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))
