"""Owns what a contract comes to so far, as the amounts from which a law asks are counted."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.work.queries.sheets import missing
from marketplace.work.queries.units import agreed, of_contract
from marketplace.work.rules import SETTLED, UNPAID, Status, UnitKind
from payments.money import Money

if TYPE_CHECKING:
    from marketplace.work.models import Unit


async def committed(contract_id: UUID) -> int:
    """What a contract comes to before tax, in minor units of its currency.

    Of a fixed price all of it, whatever is paid yet; of hours, which have no total, what was paid,
    is held or is being asked for, as several payment pages may be open at once, and what a signed
    higher cap adds to a week. Ended parts count what was paid of them.
    """
    parts = await of_contract(contract_id)
    total = sum(_counted(unit) for unit in parts)
    raised = [unit for unit in parts if unit.raised_minutes is not None and _stands(unit)]
    if raised:
        _contract, agreement = await agreed(contract_id)
        total += sum(missing(u, agreement, Money.zero(u.currency)).minor for u in raised)
    return total


def _stands(unit: Unit) -> bool:
    return unit.status not in UNPAID and unit.status is not Status.CANCELLED


def _counted(unit: Unit) -> int:
    unasked = unit.kind is UnitKind.WEEK and unit.status is Status.PLANNED
    return unit.paid_minor if unasked or unit.status in SETTLED else unit.price_minor


def asking_adds(unit: Unit) -> int:
    """What a part adds to that once it is asked for."""
    return unit.price_minor - _counted(unit) if unit.status is Status.PLANNED else 0


async def dearest(contract_id: UUID) -> int:
    """The most that one part of a contract adds once it is asked for."""
    return max((asking_adds(unit) for unit in await of_contract(contract_id)), default=0)
