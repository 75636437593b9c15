"""Owns the reads of work, seen by a viewer; never writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.instalments import trial_end
from marketplace.contracts.rules.states import Rail, TrialEnd
from marketplace.contracts.rules.terms import (
    Agreement,
    FlatFeeTerms,
    HourlyTerms,
    PackUnit,
    price_of_minutes,
)
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.work import rules
from marketplace.work.models import (
    Delivery,
    Ending,
    PackDraw,
    PackLot,
    PackUse,
    Pause,
    TimeEntry,
    Unit,
)
from marketplace.work.rules import HELD, SETTLED, EntryState, Status, UnitKind, packs
from payments import escrow
from payments.errors import UnknownHolding
from payments.escrow import Balance, FundingStatus, FundingView
from payments.money import Money

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract
    from marketplace.web.sessions import Viewer


# What a person is shown of a payment before it has arrived.
SHOWN = frozenset({FundingStatus.PROCESSING, FundingStatus.FAILED})


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
        """The first unit that is not settled: what happens next concerns it.

        Units of a pack that are only left to use, and further packs, ask nothing of anybody.
        """
        return next(
            (
                unit
                for unit in self.units
                if unit.status not in SETTLED | {Status.ROLLED} and unit.kind is not UnitKind.TOP_UP
            ),
            None,
        )

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
    if unit.cap_minutes is not None:
        return unit.cap_minutes
    if unit.trial:
        return agreement.trial_minutes
    return terms.cap_of(contracts.monday_of(unit.starts_on))


def missing(unit: Unit, agreement: Agreement, held: Money) -> Money:
    """What is still to be paid for a unit (before tax) of which `held` is there already.

    For a week that is paid it is the difference to the higher cap both sides signed (F19).
    """
    if unit.status in rules.UNPAID:
        return Money(unit.price_minor, unit.currency) - held
    if unit.raised_minutes is None:
        return Money.zero(unit.currency)
    return raised_price(unit, agreement) - Money(unit.price_minor, unit.currency)


def raised_price(unit: Unit, agreement: Agreement) -> Money:
    """The price of a week's signed higher cap, before tax."""
    terms = agreement.terms
    assert isinstance(terms, HourlyTerms)
    assert unit.raised_minutes is not None
    return Money(price_of_minutes(terms.rate_minor, unit.raised_minutes), unit.currency)


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


@dataclass(frozen=True)
class Pack:
    """A pack's lots and uses, and what of them covers what as things stand (F24).

    `lots` carry their units; `uses` are those that count, `drawn` what was covered and paid.
    """

    unit: PackUnit
    terms: FlatFeeTerms
    lots: list[PackLot]
    uses: list[PackUse]
    drawn: list[PackDraw]
    today: date

    def lot(self, lot: PackLot) -> packs.Lot:
        """A lot as the rules see it, after what was drawn from it."""
        days = {use.id: use.used_on for use in self.uses}
        late = sum(
            draw.quantity
            for draw in self.drawn
            if draw.lot_id == lot.unit_id and days[draw.use_id] > lot.unit.ends_on
        )
        return packs.Lot(
            key=lot.unit_id,
            size=lot.size,
            gone=lot.gone,
            covers_from=lot.covers_from,
            ends_on=lot.unit.ends_on,
            usable_until=lot.usable_until,
            rolls=max(lot.rollover - late, 0),
        )

    def draws(self, uses: list[PackUse]) -> list[packs.Draw]:
        """What open lots would cover of these uses now."""
        done: dict[UUID, int] = {}
        for draw in self.drawn:
            done[draw.use_id] = done.get(draw.use_id, 0) + draw.quantity
        wanted = [packs.Use(u.id, u.used_on, u.quantity - done.get(u.id, 0)) for u in uses]
        return packs.draws([self.lot(lot) for lot in self.open], wanted)

    @property
    def open(self) -> list[PackLot]:
        """The lots whose money is held."""
        return [lot for lot in self.lots if lot.unit.status in HELD]

    @cached_property
    def pending(self) -> list[packs.Draw]:
        """What is covered but not approved yet."""
        return self.draws(self.uses)

    def left(self, lot: PackLot) -> int:
        """What of an open lot no recorded use needs."""
        return self.lot(lot).left - sum(d.quantity for d in self.pending if d.lot == lot.unit_id)

    def used(self, lot: PackLot) -> int:
        """What of a lot recorded uses took, approved or not."""
        return lot.used + sum(d.quantity for d in self.pending if d.lot == lot.unit_id)

    def lapses(self, lot: PackLot) -> list[tuple[date, int]]:
        """After which days how much of an open lot lapses, if it is not used."""
        seen = self.lot(lot)
        late = {use.id for use in self.uses if use.used_on > seen.ends_on}
        taken = sum(d.quantity for d in self.pending if d.lot == seen.key and d.use in late)
        return packs.lapses(seen, self.left(lot), max(seen.rolls - taken, 0))

    @property
    def available(self) -> int:
        """What can be used today."""
        return sum(
            quantity
            for lot in self.open
            if lot.covers_from <= self.today
            for day, quantity in self.lapses(lot)
            if day >= self.today
        )

    def covered(self, use: PackUse) -> int:
        """What of a use is covered by a paid pack."""
        paid = sum(draw.quantity for draw in self.drawn if draw.use_id == use.id)
        return paid + sum(draw.quantity for draw in self.pending if draw.use == use.id)

    def price_of(self, unit_id: UUID) -> int:
        """What approving a period's uses pays, before tax, in minor units."""
        mine = {use.id for use in self.uses if use.unit_id == unit_id}
        return sum(
            packs.worth(
                lot.unit.price_minor,
                lot.size,
                lot.gone,
                sum(d.quantity for d in self.pending if d.lot == lot.unit_id and d.use in mine),
            )
            for lot in self.open
        )

    def covered_in(self, unit_id: UUID) -> int:
        """What of a period's uses is covered."""
        return sum(self.covered(use) for use in self.uses if use.unit_id == unit_id)

    @property
    def recorded(self) -> int:
        """What was used in all, covered or not."""
        return sum(use.quantity for use in self.uses)

    @property
    def current(self) -> PackLot | None:
        """The newest period under way whose money is held and whose uses are not settled."""
        running = HELD - {Status.ROLLED}
        periods = [
            lot
            for lot in self.open
            if lot.unit.kind is UnitKind.PERIOD
            and lot.unit.status in running
            and lot.unit.starts_on <= self.today
        ]
        return periods[-1] if periods else None

    @property
    def may_order(self) -> bool:
        """Whether a further pack can be bought: one needs a period to belong to."""
        return self.current is not None

    @property
    def uncovered(self) -> int:
        """What was used beyond all packs: payable only from a further one."""
        return sum(use.quantity - self.covered(use) for use in self.uses)


async def pack(contract_id: UUID) -> Pack | None:
    """How a contract's pack stands; None when it is none. Guard the contract before."""
    contract, agreement = await agreed(contract_id)
    terms = agreement.terms
    if not isinstance(terms, FlatFeeTerms) or terms.pack is None:
        return None
    lots = await PackLot.filter(unit__contract_id=contract_id).prefetch_related("unit__contract")
    lots.sort(key=lambda lot: (lot.unit.starts_on, lot.unit.position))
    gone = {
        lot.unit_id
        for lot in lots
        if lot.reviewed_at is None and lot.unit.status is Status.CANCELLED
    }
    uses = await PackUse.filter(unit__contract_id=contract_id).order_by("used_on", "created_at")
    drawn = await PackDraw.filter(lot_id__in=[lot.unit_id for lot in lots])
    return Pack(
        unit=terms.pack,
        terms=terms,
        lots=lots,
        uses=[use for use in uses if use.unit_id not in gone],
        drawn=drawn,
        today=clock.today(contract.time_zone),
    )


async def pack_use(viewer: Viewer, use_id: UUID) -> tuple[Unit, PackUse]:
    """A use with its period, for one of the parties. Raises NotFound."""
    found = await PackUse.get_or_none(pk=use_id)
    if found is None:
        raise NotFound
    return await unit(viewer, found.unit_id), found


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


async def of_contract(contract_id: UUID) -> list[Unit]:
    """A contract's units in order, whoever asks."""
    return await Unit.filter(contract_id=contract_id).order_by("position")


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


@dataclass(frozen=True)
class Ageing:
    """Money that is held for long: since when, and until when it may stay. See service.holds."""

    since: datetime
    until: datetime
    must_end: bool


def ageing(balance: Balance) -> Ageing | None:
    """Whether both sides are to be warned of a unit's held money, or it has to end now."""
    since, limits = balance.held_since, escrow.limits()
    if since is None or clock.now() < since + timedelta(days=limits.warn_days):
        return None
    until = since + timedelta(days=limits.stop_days)
    return Ageing(since, until, clock.now() >= until)


async def payments(unit: Unit) -> tuple[FundingView, ...]:
    """The client's payments behind a unit, oldest first; requests nobody paid are left out."""
    found = await escrow.fundings_of(str(unit.id))
    return tuple(each for each in found if each.status in SHOWN or each.paid_at)


async def hold_days(contract: Contract) -> int:
    """How many days the next release waits: the security hold of an assistant's first ones."""
    clocks = contract.rhythm
    if not clocks.hold_days or not clocks.hold_releases:
        return 0
    earlier = await escrow.releases_of(str(contract.assistant_id), clocks.hold_releases)
    return clocks.hold_days if earlier < clocks.hold_releases else 0


async def paid_anything(contract_id: UUID) -> bool:
    """Whether something of this contract was approved and released."""
    return await Unit.exists(contract_id=contract_id, paid_minor__gt=0)


async def unsettled(contract_id: UUID) -> list[Unit]:
    """The units of a contract that are neither approved nor cancelled."""
    settled = [each.value for each in SETTLED]
    return await Unit.filter(contract_id=contract_id).exclude(status__in=settled)


async def in_review(assistant_id: UUID) -> list[Unit]:
    """Units of an assistant that wait for approval and whose money is held, the next first."""
    return (
        await Unit.filter(
            contract__assistant_id=assistant_id,
            contract__rail=Rail.HELD,
            status=Status.SUBMITTED,
        )
        .order_by("review_until")
        .prefetch_related("contract")
    )


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
