"""Owns the reads of work, seen by a viewer; never writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.instalments import trial_end
from marketplace.contracts.rules.states import Rail, TrialEnd
from marketplace.contracts.rules.terms import Agreement, HourlyTerms, price_of_minutes
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.work import rules
from marketplace.work.models import Delivery, Ending, Pause, TimeEntry, Unit
from marketplace.work.rules import HELD, SETTLED, EntryState, Status
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
    pause: Pause | None

    @property
    def current(self) -> Unit | None:
        """The first unit that is not settled: what happens next concerns it."""
        return next((unit for unit in self.units if unit.status not in SETTLED), None)

    @property
    def to_fund(self) -> Unit | None:
        """The next unit whose money is not held yet."""
        waiting = (Status.PLANNED, Status.FUNDING)
        return next((unit for unit in self.units if unit.status in waiting), None)


@dataclass(frozen=True)
class Sheet:
    """A week in numbers: `covered` minutes by line, what is payable and what is held for contests.

    `payable` grows as contested lines are settled and never shrinks. Prices are before tax.
    """

    minutes: int
    covered: dict[UUID, int]
    payable: Money
    contested: Money
    contested_count: int

    @property
    def uncovered(self) -> int:
        """The minutes that the held cap does not pay for (F19)."""
        return self.minutes - sum(self.covered.values())


def cap_minutes(unit: Unit, agreement: Agreement) -> int:
    """The minutes that a week's money pays for once it is held."""
    terms = agreement.terms
    assert isinstance(terms, HourlyTerms)
    return agreement.trial_minutes if unit.trial else terms.weekly_cap_minutes


def weigh(unit: Unit, agreement: Agreement, lines: list[TimeEntry]) -> Sheet:
    """What a week's lines cost, in the order of days. Rounded once, on sums.

    While the week's money is not there nothing is covered.
    """
    terms = agreement.terms
    assert isinstance(terms, HourlyTerms)
    cap = 0 if unit.status in rules.UNPAID else cap_minutes(unit, agreement)
    parts = rules.coverage([line.counting for line in lines], cap)
    covered = dict(zip([line.id for line in lines], parts, strict=True))
    contested = [line for line in lines if line.state is EntryState.CONTESTED]
    open_minutes = sum(covered[line.id] for line in contested)
    whole = price_of_minutes(terms.rate_minor, sum(parts))
    payable = price_of_minutes(terms.rate_minor, sum(parts) - open_minutes)
    return Sheet(
        minutes=sum(line.counting for line in lines),
        covered=covered,
        payable=Money(payable, agreement.currency),
        contested=Money(whole - payable, agreement.currency),
        contested_count=len(contested),
    )


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
    return Room(contract, side_of(viewer, contract), units, ending, await pause(contract.id))


async def pause(contract_id: UUID) -> Pause | None:
    """The pause a contract rests in now."""
    return await Pause.get_or_none(contract_id=contract_id, ended_at=None)


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


async def sheet(unit_id: UUID) -> tuple[list[TimeEntry], Sheet]:
    """A week's lines and what they cost. Guard the unit before. Raises NotFound for no week."""
    unit = await Unit.get(pk=unit_id)
    _contract, agreement = await agreed(unit.contract_id)
    if not isinstance(agreement.terms, HourlyTerms):
        raise NotFound
    lines = await entries(unit_id)
    return lines, weigh(unit, agreement, lines)


async def minutes(unit_id: UUID) -> int:
    """The sum of a week's minutes."""
    return sum([entry.minutes for entry in await TimeEntry.filter(unit_id=unit_id)])


async def balance(unit: Unit) -> Balance:
    """What the ledger says about a unit's money; all zero before its first funding."""
    try:
        return await escrow.balance(str(unit.id))
    except UnknownHolding:
        nothing = Money.zero(unit.currency)
        return Balance(nothing, nothing, nothing, nothing, nothing, nothing, nothing)


@dataclass(frozen=True)
class Phase:
    """A start-up phase: its last day, as planned before the first money is held, and what follows.

    `minutes` (0: no limit) are held for it in one part.
    """

    until: date
    planned: bool
    over: bool
    minutes: int
    then: TrialEnd


def phase(contract: Contract) -> Phase | None:
    """The start-up phase of a signed contract, or None."""
    planned = trial_end(contracts.agreement(contract), clock.today(contract.time_zone))
    until = contract.trial_until or planned
    if until is None:
        return None
    over = not rules.in_trial(clock.today(contract.time_zone), until)
    return Phase(
        until, contract.trial_until is None, over, contract.trial_minutes, contract.trial_then
    )


async def hold_days(contract: Contract) -> int:
    """How many days the next release waits: the security hold of an assistant's first ones."""
    clocks = contract.rhythm
    if not clocks.hold_days or not clocks.hold_releases:
        return 0
    earlier = await escrow.releases_of(str(contract.assistant_id), clocks.hold_releases)
    return clocks.hold_days if earlier < clocks.hold_releases else 0


async def unsettled(contract_id: UUID) -> list[Unit]:
    """The units of a contract that are neither approved nor cancelled."""
    settled = [each.value for each in SETTLED]
    return await Unit.filter(contract_id=contract_id).exclude(status__in=settled)


async def unpaid_outside(limit: int) -> list[Unit]:
    """Approved units whose payments are only recorded and not complete yet, the oldest first."""
    settled = [each.value for each in SETTLED]
    return (
        await Unit.filter(
            contract__rail=Rail.RECORDED, paid_at=None, paid_minor__gt=0, status__in=settled
        )
        .order_by("decided_at")
        .limit(limit)
    )


async def holding(contract_id: UUID) -> list[Unit]:
    """The units whose money is held."""
    return await Unit.filter(contract_id=contract_id, status__in=[each.value for each in HELD])


async def agreed(contract_id: UUID) -> tuple[Contract, Agreement]:
    """A contract and what it says, for commands and jobs that have checked access already."""
    contract = await contracts.by_id(contract_id)
    return contract, contracts.agreement(contract)
