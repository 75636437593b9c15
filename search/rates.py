"""Owns exchange rates for comparing hourly rates; never used for a payment.

Source: euro foreign exchange reference rates of the European Central Bank (units of currency per
euro), for information only. XOF and MGA and others the ECB does not publish come from the fixed
parity (XOF, XAF: 655.957 per euro) or are marked indicative in data/rates.json. The shipped table
is that of one day, which pages name; `relais rates` reads the newest.
"""

from __future__ import annotations

import json
import re
import time
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).parent / "data" / "rates.json"
ZERO_DECIMAL: Final = frozenset(
    "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF UGX VND VUV XAF XOF XPF".split()
)
THREE_DECIMAL: Final = frozenset({"TND", "KWD", "BHD", "OMR", "JOD"})


ECB: Final = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml"
SIZE_MAX: Final = 100_000
LOOK_SECONDS: Final = 1.0
_chosen = [DATA]
_looked = [0.0]
Table = tuple[date, dict[str, Decimal], frozenset[str]]  # the day, units per euro, of no day
_held: list[Table] = []


class NoRates(ValueError):
    """A text is not the ECB's daily table; says why."""


def use(path: Path) -> None:
    """Read the table from this file from now on, where it is newer than the shipped one."""
    _chosen[:] = [path]
    _held.clear()


def _table() -> Table:
    """The table now; whether its file is another one is looked at every LOOK_SECONDS."""
    now = time.monotonic()
    if not _held or now - _looked[0] > LOOK_SECONDS:
        _held[:], _looked[:] = [_latest()], [now]
    return _held[0]


def _latest() -> Table:
    path, shipped = _chosen[0], _read(DATA, 0)
    try:
        return max(shipped, _read(path, path.stat().st_mtime_ns), key=lambda table: table[0])
    except OSError:
        return shipped


@lru_cache(maxsize=2)
def _read(path: Path, changed: int) -> Table:
    del changed  # another file's time is another table
    raw = json.loads(path.read_text(encoding="utf-8"))
    per_euro = {code: Decimal(row["per_eur"]) for code, row in raw["rates"].items()}
    roughly = frozenset(code for code, row in raw["rates"].items() if row.get("indicative"))
    return date.fromisoformat(raw["as_of"]), per_euro, roughly


def refreshed(xml: str) -> str:
    """The table as JSON with the rates of the ECB's daily XML in it. Raises NoRates.

    Currencies the ECB does not publish keep their row: a fixed parity, or marked indicative.
    """
    day = re.findall(r"<Cube[^>]*\btime=['\"](\d{4}-\d\d-\d\d)['\"]", xml)
    cube = r"<Cube[^>]*\bcurrency=['\"]([A-Z]{3})['\"][^>]*\brate=['\"](\d+(?:\.\d+)?)['\"]"
    rates = {code: rate for code, rate in re.findall(cube, xml) if Decimal(rate) > 0}
    if len(xml) > SIZE_MAX or len(day) != 1 or not rates:
        msg = "this is not the ECB's daily table (one day, currency and rate)"
        raise NoRates(msg)
    table = json.loads(DATA.read_text(encoding="utf-8"))
    table |= {"as_of": date.fromisoformat(day[0]).isoformat(), "source": ECB}
    for code, row in table["rates"].items():
        if code in rates:
            table["rates"][code] = {"per_eur": rates[code]}
        elif code != "EUR" and not row.get("fixed_parity"):
            row["indicative"] = True
    return json.dumps(table, indent=1) + "\n"


def as_of() -> date:
    """The day of the table in use."""
    return _table()[0]


def indicative(currency: str) -> bool:
    """Whether its rate is of no day: the table's source publishes none."""
    return currency in _table()[2]


def currencies() -> tuple[str, ...]:
    """Every currency a rate can be compared in, EUR first."""
    return tuple(_table()[1])


def known(currency: str) -> bool:
    """Whether the table has the currency."""
    return currency in _table()[1]


def decimals(currency: str) -> int:
    """How many decimals its minor unit has (ISO 4217)."""
    return 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2


def _factor(currency: str) -> Decimal:
    return Decimal(10 ** decimals(currency))


def whole(minor: int, currency: str) -> int:
    """An amount rounded half up to whole units of its currency, still in minor units."""
    factor = int(_factor(currency))
    return (minor + factor // 2) // factor * factor


def convert(minor: int, source: str, target: str) -> int:
    """Minor units of `source` as minor units of `target`, rounded half up. KeyError if unknown."""
    rates = _table()[1]
    amount = Decimal(minor) / _factor(source) / rates[source] * rates[target] * _factor(target)
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))
