"""Owns the arithmetic of packs: which lot covers which use, what lapses when, what it is worth.

A lot is what one period, or one further pack, pays for. Quantities are what the meter counts:
minutes of an hours pack, else whole tasks or calls. Never reads or writes a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from payments.money import half_up

FURTHER = 1000  # further packs are numbered from here, so that periods can be added later
NOTICE_DAYS = (14, 3)  # before units expire, the business reads of it from these days on
NOTICES_APART = timedelta(days=1)
RECORD_UNTIL = time(12, 0)  # of the day after the period


@dataclass(frozen=True)
class Lot:
    """Paid units. `gone` of `size` are used, returned or expired.

    `rolls` of what is left at `ends_on` may still be used until `usable_until`. A further pack
    covers earlier uses that nothing covered: `covers_from` lies before its period.
    """

    key: object
    size: int
    gone: int
    covers_from: date
    ends_on: date
    usable_until: date
    rolls: int

    @property
    def left(self) -> int:
        """What has not gone."""
        return self.size - self.gone


@dataclass(frozen=True)
class Use:
    """A recorded use of which `wanted` is not covered yet."""

    key: object
    used_on: date
    wanted: int


@dataclass(frozen=True)
class Draw:
    """What of a use a lot covers."""

    use: object
    lot: object
    quantity: int


def draws(lots: Sequence[Lot], uses: Sequence[Use]) -> list[Draw]:
    """Cover uses in the order of days, each from the lot that lapses first.

    What no lot covers is left out: it is kept, shown and payable only from a further pack.
    """
    found: list[Draw] = []
    left = {lot.key: lot.left for lot in lots}
    rolls = {lot.key: lot.rolls for lot in lots}
    by_end = sorted(lots, key=lambda lot: (lot.usable_until, lot.ends_on))
    for use in sorted(uses, key=lambda use: use.used_on):
        wanted = use.wanted
        for lot in by_end:
            if not lot.covers_from <= use.used_on <= lot.usable_until:
                continue
            late = use.used_on > lot.ends_on
            part = min(wanted, left[lot.key], rolls[lot.key] if late else wanted)
            if part <= 0:
                continue
            found.append(Draw(use.key, lot.key, part))
            left[lot.key] -= part
            wanted -= part
            if late:
                rolls[lot.key] -= part
    return found


def lapses(lot: Lot, left: int, rolls: int) -> list[tuple[date, int]]:
    """The days after which units of a lot can no longer be used, and how many, if none is used."""
    kept = min(left, rolls) if lot.usable_until > lot.ends_on else 0
    found = [(lot.ends_on, left - kept), (lot.usable_until, kept)]
    return [(day, quantity) for day, quantity in found if quantity > 0]


def worth(price_minor: int, size: int, gone: int, quantity: int) -> int:
    """What the next `quantity` units of a lot cost, after `gone` of them, in minor units.

    Differences of one rounded scale, so that the parts of a lot sum to its price exactly.
    """
    return half_up(price_minor * (gone + quantity), size) - half_up(price_minor * gone, size)


def notice_due(today: date, lapses_on: date, sent_on: Sequence[date]) -> int | None:
    """The number (1, 2) of the notice that is due today, after those of `sent_on`; None if none."""
    number = len(sent_on)
    if number >= len(NOTICE_DAYS) or today > lapses_on:
        return None
    if today < lapses_on - timedelta(days=NOTICE_DAYS[number]):
        return None
    return number + 1 if not sent_on or today - sent_on[-1] >= NOTICES_APART else None


def record_until(ends_on: date, zone: str) -> datetime:
    """When the record of a period's uses closes: noon of the day after it."""
    return datetime.combine(ends_on + timedelta(days=1), RECORD_UNTIL, ZoneInfo(zone))


def last_moment(day: date, zone: str) -> datetime:
    """The end of a day in the contract's zone."""
    return datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(zone))
