"""Owns what the life of a contract comes to: hours by day, changes, this client's share of income.

The share is of what was paid here, in one currency; it never leaves for another party's eyes.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from marketplace.contracts import queries as contracts
from marketplace.core import clock
from marketplace.vigilance.rules import Life, later
from marketplace.vigilance.rules.life import WEEKS_LOOKED_AT, WINDOWS
from marketplace.work.models import TimeEntry
from payments import explorer
from search import rates

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract

FIRST_DAYS: Final = 31
"""Income is looked at over months of which the first has some: newcomers have one client first."""


async def life(contract: Contract) -> Life:
    """What a running contract shows today, in its time zone."""
    today, zone = clock.today(contract.time_zone), ZoneInfo(contract.time_zone)
    version = await contracts.current_version(contract)
    begun = contract.active_at or contract.updated_at
    return Life(
        today=today,
        since=begun.astimezone(zone).date(),
        changed_on=(version.created_at if version else begun).astimezone(zone).date(),
        weeks=await _weeks(contract, today),
        income=await _income(contract, today, zone),
    )


async def _weeks(contract: Contract, today: date) -> tuple[tuple[int, ...], ...]:
    """Minutes of each day of the finished weeks, the oldest first."""
    end = contracts.monday_of(today)
    first = end - timedelta(weeks=WEEKS_LOOKED_AT)
    weeks = [[0] * 7 for _week in range(WEEKS_LOOKED_AT)]
    for entry in await TimeEntry.filter(
        unit__contract_id=contract.id, worked_on__gte=first, worked_on__lt=end
    ):
        days = (entry.worked_on - first).days
        weeks[days // 7][days % 7] += entry.counting
    return tuple(tuple(week) for week in weeks)


async def _income(contract: Contract, today: date, zone: ZoneInfo) -> dict[int, tuple[int, int]]:
    starts = {months: later(today, -months) for months in WINDOWS}
    since = datetime.combine(min(starts.values()), time(), zone)
    sums = dict.fromkeys(WINDOWS, (0, 0))
    oldest = today
    async for earning in explorer.earnings(payee=str(contract.assistant_id), since=since):
        day = earning.at.astimezone(zone).date()
        oldest = min(oldest, day)
        minor = _euros(earning.share.price, earning.share.currency) * (-1 if earning.back else 1)
        mine = minor if earning.payer == str(contract.business_id) else 0
        for months, start in starts.items():
            if day >= start:
                sums[months] = (sums[months][0] + mine, sums[months][1] + minor)
    filled = timedelta(days=FIRST_DAYS)
    return {months: sums[months] for months in WINDOWS if oldest <= starts[months] + filled}


def _euros(minor: int, currency: str) -> int:
    return rates.convert(minor, currency, "EUR") if rates.known(currency) else minor
