"""Owns what the page of a contract's work shows: parts, money, start-up phase; never writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.instalments import trial_end
from marketplace.contracts.rules.states import TrialEnd
from marketplace.core import clock
from marketplace.work import rules
from marketplace.work.models import (
    Ending,
    Pause,
    Unit,
)
from marketplace.work.rules import SETTLED, Status, UnitKind
from payments import escrow
from payments.escrow import Balance, FundingStatus, FundingView
from payments.fees import Share, quote
from payments.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marketplace.contracts.models import Contract
    from marketplace.web.sessions import Viewer
from marketplace.work.queries.units import asked_under, pause, side_of

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
class Sums:
    """Where a contract's money is, each with the assistant's VAT and without our fees."""

    paid: Money
    review: Money
    held: Money
    frozen: Money
    to_fund: Money


async def sums(shown: Room, balances: dict[UUID, Balance]) -> Sums:
    """The sums over all parts of a contract."""
    currency = shown.contract.currency

    def total(amounts: Iterable[Money]) -> Money:
        return Money.sum(amounts, currency)

    review = [unit.id for unit in shown.units if unit.status is Status.SUBMITTED]
    unpaid = [unit for unit in shown.units if unit.status in rules.UNPAID]
    to_fund = Money.zero(currency)
    for unit in unpaid:
        held = balances[unit.id].price
        if price := Money(unit.price_minor - unit.paid_minor, currency) - held:
            _version, fees = await asked_under(unit, shown.contract, held)
            to_fund += Money(Share.of(quote(price, fees)).held, currency)
    return Sums(
        paid=total(each.released for each in balances.values()),
        review=total(balances[unit_id].held for unit_id in review),
        held=total(each.held for id_, each in balances.items() if id_ not in review),
        frozen=total(each.frozen for each in balances.values()),
        to_fund=to_fund,
    )


async def room(viewer: Viewer, contract_id: UUID) -> Room:
    """The contract's work, for one of its parties. Raises NotFound."""
    contract = await contracts.get(viewer, contract_id)
    units = await Unit.filter(contract_id=contract.id).order_by("position")
    ending = await Ending.get_or_none(contract_id=contract.id)
    return Room(contract, side_of(viewer, contract), units, ending, await pause(contract.id))


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
    return (await payments_by([unit]))[unit.id]


async def payments_by(units: Iterable[Unit]) -> dict[UUID, tuple[FundingView, ...]]:
    """The same of many units, in a few queries however many there are."""
    found = await escrow.fundings_by([str(unit.id) for unit in units])
    return {
        UUID(unit_id): tuple(each for each in rows if each.status in SHOWN or each.paid_at)
        for unit_id, rows in found.items()
    }


@dataclass(frozen=True)
class Paid:
    """One payment of the client, for `unit`; what was left of it went on to `carried_to`."""

    unit: Unit
    funding: FundingView
    carried_to: tuple[Unit, ...]


async def paid(units: Iterable[Unit]) -> list[Paid]:
    """The payments behind all units of a contract in their order, each where it was paid for."""
    found = dict[UUID, Paid]()
    units = list(units)
    behind = await payments_by(units)
    for unit in units:
        for each in behind[unit.id]:
            first = found.get(each.id)  # what rolled over stands behind a later week too
            later = (*first.carried_to, unit) if first else ()
            found[each.id] = Paid(first.unit if first else unit, each, later)
    return list(found.values())


async def hold_days(contract: Contract) -> int:
    """How many days the next release waits: the security hold of an assistant's first ones."""
    return await contracts.hold_days(contract.assistant_id, contract.rhythm)
