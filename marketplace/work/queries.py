"""Owns the reads of work, seen by a viewer; never writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.terms import Agreement
from marketplace.core.errors import NotFound
from marketplace.work.models import Delivery, Ending, TimeEntry, Unit
from marketplace.work.rules import HELD, SETTLED, Status
from payments import escrow
from payments.errors import UnknownHolding
from payments.escrow import Balance
from payments.money import Money

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract
    from marketplace.web.sessions import Viewer


@dataclass(frozen=True)
class Room:
    """Everything the work page of a contract shows."""

    contract: Contract
    side: str
    units: list[Unit]
    ending: Ending | None

    @property
    def current(self) -> Unit | None:
        """The first unit that is not settled: what happens next concerns it."""
        return next((unit for unit in self.units if unit.status not in SETTLED), None)

    @property
    def to_fund(self) -> Unit | None:
        """The next unit whose money is not held yet."""
        waiting = (Status.PLANNED, Status.FUNDING)
        return next((unit for unit in self.units if unit.status in waiting), None)


def side_of(viewer: Viewer, contract: Contract) -> str:
    """`business` or `assistant`, as this viewer stands to the contract. Raises NotFound."""
    if viewer.acts_for(contract.business_id):
        return "business"
    if viewer.acts_for(contract.assistant_id):
        return "assistant"
    raise NotFound


async def room(viewer: Viewer, contract_id: UUID) -> Room:
    """The contract's work, for one of its parties. Raises NotFound."""
    contract = await contracts.get(viewer, contract_id)
    units = await Unit.filter(contract_id=contract.id).order_by("position")
    ending = await Ending.get_or_none(contract_id=contract.id)
    return Room(contract, side_of(viewer, contract), units, ending)


async def unit(viewer: Viewer, unit_id: UUID) -> Unit:
    """One unit with its contract and both parties, for one of them. Raises NotFound."""
    found = await Unit.get_or_none(pk=unit_id).prefetch_related(
        "contract", "contract__business", "contract__assistant"
    )
    if found is None:
        raise NotFound
    viewer.require(found.contract.business_id, found.contract.assistant_id)
    return found


async def entry(viewer: Viewer, entry_id: UUID) -> tuple[Unit, TimeEntry]:
    """Hours on one day with their week, for one of the parties. Raises NotFound."""
    found = await TimeEntry.get_or_none(pk=entry_id)
    if found is None:
        raise NotFound
    return await unit(viewer, found.unit_id), found


async def deliveries(unit_id: UUID) -> list[Delivery]:
    """A unit's deliveries, newest first. Guard the unit before."""
    return await Delivery.filter(unit_id=unit_id).order_by("-number")


async def entries(unit_id: UUID) -> list[TimeEntry]:
    """A week's hours in the order of days. Guard the unit before."""
    return await TimeEntry.filter(unit_id=unit_id).order_by("worked_on", "created_at", "id")


async def minutes(unit_id: UUID) -> int:
    """The sum of a week's minutes."""
    return sum([entry.minutes for entry in await TimeEntry.filter(unit_id=unit_id)])


async def balance(unit: Unit) -> Balance:
    """What the ledger says about a unit's money; all zero before its first funding."""
    try:
        return await escrow.balance(str(unit.id))
    except UnknownHolding:
        nothing = Money.zero(unit.currency)
        return Balance(*[nothing] * 7)


async def unsettled(contract_id: UUID) -> list[Unit]:
    """The units of a contract that are neither approved nor cancelled."""
    settled = [each.value for each in SETTLED]
    return await Unit.filter(contract_id=contract_id).exclude(status__in=settled)


async def holding(contract_id: UUID) -> list[Unit]:
    """The units whose money is held."""
    return await Unit.filter(contract_id=contract_id, status__in=[each.value for each in HELD])


async def agreed(contract_id: UUID) -> tuple[Contract, Agreement]:
    """A contract and what it says, for commands and jobs that have checked access already."""
    contract = await contracts.by_id(contract_id)
    return contract, contracts.agreement(contract)
