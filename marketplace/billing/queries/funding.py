"""Owns the reads of what a unit costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts.rules.states import Rail, Status
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.vigilance.queries import standing_in_the_way
from marketplace.work import queries as work
from marketplace.work.rules import UNPAID, latest_release
from payments import escrow
from payments.escrow import FundingStatus
from payments.money import Money
from payments.windows import expected_on

if TYPE_CHECKING:
    from marketplace.vigilance.queries import Paper
    from marketplace.web.sessions import Viewer
    from marketplace.work.models import Unit
    from payments.escrow import FundingView
    from payments.fees import Quote


@dataclass(frozen=True)
class Bill:
    """A unit, what is held for it already, and the lines of what is missing.

    `last_release`: the latest day on which this money leaves, after the security hold that is due
    today; `refused`: with any hold that day may be further away than money may be held.
    `payments`: what was tried before; `debit_on`: around when a direct debit started today would
    arrive. `waits_for`: the paper that has to come first. `open`: there is something to pay.
    """

    unit: Unit
    carried: Money
    quote: Quote
    last_release: date
    long_days: int | None
    refused: bool
    payments: tuple[FundingView, ...]
    debit_on: date
    waits_for: Paper | None
    open: bool

    @property
    def processing(self) -> bool:
        """Whether a direct debit is under way, so that nothing more can be paid."""
        return any(each.status is FundingStatus.PROCESSING for each in self.payments)


async def bill(viewer: Viewer, unit_id: UUID) -> Bill:
    """What funding a unit costs the business. Raises NotFound, also for the assistant."""
    unit = await work.unit(viewer, unit_id)
    if not viewer.acts_for(unit.contract.business_id):
        raise NotFound
    contract, agreement = await work.agreed(unit.contract_id)
    carried = (await work.balance(unit)).price
    missing = work.missing(unit, agreement, carried)
    _version, fees = await work.asked_under(unit, contract, carried)
    if unit.raised_minutes is not None:  # what is held pays for the cap before the raise
        carried = work.ahead(unit, carried)
    quote = await escrow.quote_funding(holding=str(unit.id), price=missing, terms=fees)
    today, limits = clock.today(contract.time_zone), escrow.limits()
    last = latest_release(unit.kind, unit.ends_on, today, contract.review_days, contract.rhythm)
    days = (last - today).days
    hold = await work.hold_days(contract)
    return Bill(
        unit=unit,
        carried=carried,
        quote=quote,
        last_release=last - timedelta(days=contract.rhythm.hold_days - hold),
        long_days=days if days > limits.warn_days else None,
        refused=days >= limits.refuse_days,
        payments=await work.payments(unit),
        debit_on=expected_on(clock.now()),
        waits_for=await standing_in_the_way(contract, work.asking_adds(unit)),
        open=await _open(unit),
    )


async def _open(unit: Unit) -> bool:
    """Whether its client may pay now: a part of a running contract, or hours of an ended one."""
    contract = unit.contract
    if contract.rail is Rail.RECORDED or contract.status not in {Status.SIGNED, Status.ACTIVE}:
        return await work.owes_raise(unit)
    return unit.status in UNPAID or unit.raised_minutes is not None
