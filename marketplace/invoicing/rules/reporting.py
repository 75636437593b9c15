"""Owns the yearly figures of a seller by quarter, and which report they belong to.

Amounts are those of the ledger, in minor units, and of payments outside that both sides confirmed
here: "consideration" is what was paid or credited to the seller and is known to the platform, net
of our fees and their VAT (directive (EU) 2021/514, annex V, section I, A.10); VAT that the seller
charges is part of it. What came back counts against the quarter in which it did.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from payments.explorer import Earning
from payments.money import Money

DATA: Final = Path(__file__).parents[1] / "data" / "regimes.toml"
QUARTERS: Final = (1, 2, 3, 4)


class Regime(BaseModel):
    """A report to a tax office. `message`: an XML message of the OECD's form, or a table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Annotated[str, Field(pattern=r"^[a-z0-9]{2,8}$")]
    name_fr: str
    name_en: str
    countries: tuple[Annotated[str, Field(pattern=r"^[A-Z]{2}$")], ...]
    deadline: Annotated[str, Field(pattern=r"^\d{2}-\d{2}$")]
    message: Literal["DPI", "table"]
    source: str
    verified: bool

    def name(self, locale: str) -> str:
        """In French or English."""
        return self.name_fr if locale == "fr" else self.name_en

    def due_on(self, year: int) -> date:
        """By when the figures of a year are sent."""
        month, day = map(int, self.deadline.split("-"))
        return date(year + 1, month, day)


@cache
def regimes() -> tuple[Regime, ...]:
    """Every report we know. Raises ValidationError on a malformed one."""
    raw = tomllib.loads(DATA.read_text("utf-8"))
    return tuple(Regime.model_validate(each) for each in raw["regime"])


@dataclass(frozen=True, slots=True)
class Outside:
    """A payment that went past the platform and both sides confirmed, in minor units."""

    payee: str
    part: str
    paid_on: date
    currency: str
    price_minor: int
    vat_minor: int


@dataclass
class Quarter:
    """What happened in three months. `by_part` is the price left of each part of the work.

    `outside_minor` is what of the consideration was paid outside.
    """

    price_minor: int = 0
    vat_minor: int = 0
    fees_minor: int = 0
    outside_minor: int = 0
    by_part: Counter[str] = field(default_factory=Counter)

    @property
    def activities(self) -> int:
        """The parts that were paid, without those of which everything was taken back."""
        return sum(price > 0 for price in self.by_part.values())

    @property
    def consideration_minor(self) -> int:
        """What was credited to the seller."""
        return self.price_minor + self.vat_minor - self.fees_minor

    def add(self, earning: Earning) -> None:
        """Count one earning, or take one back."""
        sign = -1 if earning.back else 1
        self.price_minor += sign * earning.share.price
        self.vat_minor += sign * earning.share.price_vat
        self.fees_minor += sign * earning.share.commission
        self.by_part[earning.holding] += sign * earning.share.price

    def add_outside(self, paid: Outside) -> None:
        """Count one payment that went past us: no fee was taken of it."""
        self.price_minor += paid.price_minor
        self.vat_minor += paid.vat_minor
        self.outside_minor += paid.price_minor + paid.vat_minor
        self.by_part[paid.part] += paid.price_minor


@dataclass
class SellerYear:
    """The figures of one seller in one currency."""

    payee: str
    currency: str
    quarters: dict[int, Quarter] = field(
        default_factory=lambda: {number: Quarter() for number in QUARTERS}
    )

    @property
    def whole(self) -> Quarter:
        """The year."""
        total = Quarter()
        for each in self.quarters.values():
            total.price_minor += each.price_minor
            total.vat_minor += each.vat_minor
            total.fees_minor += each.fees_minor
            total.outside_minor += each.outside_minor
            total.by_part.update(each.by_part)
        return total

    def money(self, minor: int) -> Money:
        """An amount in this currency."""
        return Money(minor, self.currency)


def tally(
    earnings: Iterable[Earning], zone: str, outside: Iterable[Outside] = ()
) -> list[SellerYear]:
    """The figures by seller and currency of what was earned in one year, in order of the seller.

    A client fee that went back is no matter of the seller's.
    """
    found: dict[tuple[str, str], SellerYear] = {}

    def quarter(payee: str, currency: str, month: int) -> Quarter:
        seller = found.setdefault((payee, currency), SellerYear(payee, currency))
        return seller.quarters[(month + 2) // 3]

    for earning in earnings:
        share = earning.share
        if not share.held:
            continue
        month = earning.at.astimezone(ZoneInfo(zone)).month
        quarter(earning.payee, share.currency, month).add(earning)
    for paid in outside:
        quarter(paid.payee, paid.currency, paid.paid_on.month).add_outside(paid)
    return [found[key] for key in sorted(found)]
