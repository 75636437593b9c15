"""Owns what the lines of a week come to; never writes."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.terms import (
    Agreement,
    HourlyTerms,
    price_of_minutes,
)
from marketplace.core.errors import NotFound
from marketplace.work import rules
from marketplace.work.models import (
    TimeEntry,
    Unit,
)
from marketplace.work.queries.units import agreed, entries
from marketplace.work.rules import EntryState, Status
from payments.money import Money


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
        """The minutes that the held cap does not pay for."""
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


def rate_minor(unit: Unit, terms: HourlyTerms) -> int:
    """The hourly rate of a week, which a later change of the contract leaves as it was."""
    return terms.rate_of(contracts.monday_of(unit.starts_on))


def missing(unit: Unit, agreement: Agreement, held: Money) -> Money:
    """What is still to be paid for a unit (before tax) of which `held` is there already.

    For a week that is paid it is the difference to the higher cap both sides signed, less what of
    it is held already. What was paid out of a part before its held money went back is not asked
    for again.
    """
    if unit.status in rules.UNPAID:
        return Money(unit.price_minor - unit.paid_minor, unit.currency) - held
    if unit.raised_minutes is None:
        return Money.zero(unit.currency)
    covered = Money(unit.price_minor, unit.currency) + ahead(unit, held)
    return raised_price(unit, agreement) - covered


def ahead(unit: Unit, held: Money) -> Money:
    """What of `held` is beyond the price of a paid week: a part of a raise that is not all paid."""
    beyond = held.minor - (unit.price_minor - unit.paid_minor)
    return Money(max(beyond, 0), unit.currency)


def raised_price(unit: Unit, agreement: Agreement) -> Money:
    """The price of a week's signed higher cap, before tax."""
    terms = agreement.terms
    assert isinstance(terms, HourlyTerms)
    assert unit.raised_minutes is not None
    return Money(price_of_minutes(rate_minor(unit, terms), unit.raised_minutes), unit.currency)


def weigh(unit: Unit, agreement: Agreement, lines: list[TimeEntry]) -> Sheet:
    """What a week's lines cost, in the order of days. Rounded once, on sums.

    While the week's money is not there nothing is covered; of a cancelled week what was paid is.
    """
    terms = agreement.terms
    assert isinstance(terms, HourlyTerms)
    rate = rate_minor(unit, terms)
    cap = 0 if unit.status in rules.UNPAID else cap_minutes(unit, agreement)
    ended = unit.status is Status.CANCELLED
    if ended:
        cap = unit.paid_minor * 60 // rate
    parts = rules.coverage([line.counting for line in lines], cap)
    covered = dict(zip([line.id for line in lines], parts, strict=True))
    contested = [line for line in lines if line.state is EntryState.CONTESTED]
    open_minutes = sum(covered[line.id] for line in contested)
    whole = price_of_minutes(rate, sum(parts))
    payable = price_of_minutes(rate, sum(parts) - open_minutes)
    if ended:  # shared out to the cent, which may be no whole minute
        whole = payable = unit.paid_minor
    return Sheet(
        minutes=sum(line.counting for line in lines),
        covered=covered,
        payable=Money(payable, agreement.currency),
        contested=Money(whole - payable, agreement.currency),
        contested_count=len(contested),
    )


async def sheet(unit_id: UUID) -> tuple[list[TimeEntry], Sheet]:
    """A week's lines and what they cost. Guard the unit before. Raises NotFound for no week."""
    unit = await Unit.get(pk=unit_id)
    _contract, agreement = await agreed(unit.contract_id)
    if not isinstance(agreement.terms, HourlyTerms):
        raise NotFound
    lines = await entries(unit_id)
    return lines, weigh(unit, agreement, lines)


async def owes_raise(unit: Unit) -> bool:
    """Whether hours of a paid week wait for the difference of a higher cap that both signed.

    They are to be paid even once their contract is over.
    """
    if unit.raised_minutes is None or unit.status in rules.UNPAID | {Status.CANCELLED}:
        return False
    return (await sheet(unit.id))[1].uncovered > 0
