"""Owns the reads of what a unit costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.core.errors import NotFound
from marketplace.work import queries as work
from payments.fees import Quote, quote
from payments.money import Money

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer
    from marketplace.work.models import Unit


@dataclass(frozen=True)
class Bill:
    """A unit, what is held for it already, and the lines of what is missing."""

    unit: Unit
    carried: Money
    quote: Quote


async def bill(viewer: Viewer, unit_id: UUID) -> Bill:
    """What funding a unit costs the business. Raises NotFound, also for the assistant."""
    unit = await work.unit(viewer, unit_id)
    if not viewer.acts_for(unit.contract.business_id):
        raise NotFound
    _contract, agreement = await work.agreed(unit.contract_id)
    carried = (await work.balance(unit)).price
    missing = Money(unit.price_minor, unit.currency) - carried
    return Bill(unit, carried, quote(missing, agreement.fees))
