"""Owns how an agreement falls into parts that are each held, reviewed and paid; never quotes fees.

One instalment becomes one unit of work. Rhythm: milestones and periods are
reviewed for the contract's review window and then paid; an hourly week runs Monday to Sunday, is
reviewed until the next Thursday and paid that Friday.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from marketplace.contracts.rules.calendar import last_business_day
from marketplace.contracts.rules.states import TrialEnd
from marketplace.contracts.rules.terms import (
    Agreement,
    FlatFeeTerms,
    HourlyTerms,
    Period,
    ProjectTerms,
    price_of_minutes,
)
from payments.money import half_up

WEEK = timedelta(days=7)
WAIT_FOR_RECORD = timedelta(days=1)
SILENCE = timedelta(days=1)  # silence approves at the end of the last review day
ONE_OFF_DAYS_DEFAULT = 30  # a one-off price without an end date is due after this
WEEKS_SHOWN_MAX = 52


@dataclass(frozen=True)
class Instalment:
    """One part of a contract. All dates are days in the contract's time zone.

    `price_minor` is before tax; for a week it is the price of the full weekly cap.
    `paid_on` is the latest day, before the security hold of an assistant's first payments
    (queries.planned): an earlier approval pays earlier. `phase`: it is the whole start-up
    phase of a contract by the hour, whatever weeks that touches. Periods carry
    their days, and with a pack the units they pay for (minutes for hours) and the last day these
    can be used.
    """

    kind: Literal["milestone", "period", "week"]
    position: int
    title: str
    starts_on: date
    ends_on: date
    price_minor: int
    charged_on: date
    review_until: date
    paid_on: date
    phase: bool = False
    days: int = 0
    whole_days: int = 0
    pack_units: int = 0
    usable_until: date | None = None

    @property
    def partial(self) -> bool:
        """Whether the price is a share of a period's, by `days` of its `whole_days`."""
        return self.days < self.whole_days


def instalments(
    agreement: Agreement, *, weeks: int = 4, since: date | None = None
) -> tuple[Instalment, ...]:
    """All parts in order; of an hourly contract without an end, the first `weeks` weeks.

    By the hour, weeks that are over before `since` are left out.
    """
    terms = agreement.terms
    if isinstance(terms, ProjectTerms):
        return _milestones(agreement, terms)
    if isinstance(terms, FlatFeeTerms):
        return _periods(agreement, terms)
    return _weeks(agreement, weeks, since)


def begins_on(agreement: Agreement) -> date:
    """The first day of work: as written, or the Monday of the first week when that is later."""
    terms = agreement.terms
    first = terms.first_week if isinstance(terms, HourlyTerms) else agreement.starts_on
    return max(agreement.starts_on, first)


def trial_end(agreement: Agreement, begun: date | None = None) -> date | None:
    """The last day of the start-up phase that began on `begun` (as planned, if not given)."""
    if not agreement.trial_days:
        return None
    first = max(begins_on(agreement), begun or begins_on(agreement))
    return last_business_day(first, agreement.trial_days, agreement.clocks.country)


def position_of(agreement: Agreement, day: date) -> int:
    """The number of the week in which a day lies: from 1, or from 2 after a phase of hours."""
    terms = agreement.terms
    assert isinstance(terms, HourlyTerms)
    first = _first_position(agreement)
    return max((day - terms.first_week).days // 7 + first, first)


def _first_position(agreement: Agreement) -> int:
    return 2 if agreement.trial_days and agreement.trial_minutes else 1


def week(agreement: Agreement, position: int, until: date | None = None) -> Instalment | None:
    """The week number `position` (from 1) of an hourly contract; None when it is after the end.

    Part 1 is the whole start-up phase where that is counted in hours. `until` is the last day of
    the phase, once it is known otherwise than planned.
    """
    terms = agreement.terms
    if not isinstance(terms, HourlyTerms):
        return None
    phase = until or trial_end(agreement)
    last = agreement.ends_on
    if phase and agreement.trial_then is TrialEnd.END:
        last = min(last or phase, phase)
    if agreement.trial_minutes and phase:
        if position == 1:
            return _phase(agreement, terms, phase)
        if last is not None and last <= phase:
            return None
    monday = terms.first_week + WEEK * (position - _first_position(agreement))
    if last is not None and monday > last:
        return None
    sunday = monday + timedelta(days=6)
    return Instalment(
        kind="week",
        position=position,
        title="",
        starts_on=monday,
        ends_on=min(sunday, last) if last else sunday,
        price_minor=terms.price_of(monday),
        charged_on=monday,
        review_until=sunday + timedelta(days=agreement.clocks.week_review_days),
        paid_on=sunday + timedelta(days=agreement.clocks.week_review_days + 1),
    )


def _phase(agreement: Agreement, terms: HourlyTerms, phase: date) -> Instalment:
    starts_on = begins_on(agreement)
    ends_on = min(phase, agreement.ends_on) if agreement.ends_on else phase
    sunday = ends_on + timedelta(days=7 - ends_on.isoweekday())
    return Instalment(
        kind="week",
        position=1,
        title="",
        starts_on=min(starts_on, ends_on),
        ends_on=ends_on,
        price_minor=price_of_minutes(terms.rate_of(terms.first_week), agreement.trial_minutes),
        charged_on=starts_on,
        review_until=sunday + timedelta(days=agreement.clocks.week_review_days),
        paid_on=sunday + timedelta(days=agreement.clocks.week_review_days + 1),
        phase=True,
    )


def last_day(agreement: Agreement) -> date | None:
    """The day the contract ends: as written, else the last flat-fee period's; None when open."""
    if agreement.ends_on is None and isinstance(agreement.terms, FlatFeeTerms):
        return _period(agreement, agreement.terms, agreement.terms.periods)[1]
    return agreement.ends_on


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    last_day = (first_of_next - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last_day))


def _milestones(agreement: Agreement, terms: ProjectTerms) -> tuple[Instalment, ...]:
    parts: list[Instalment] = []
    starts_on = agreement.starts_on
    for position, milestone in terms.numbered.items():
        review_until = milestone.due_on + timedelta(days=agreement.review_days)
        parts.append(
            Instalment(
                kind="milestone",
                position=position,
                title=milestone.title,
                starts_on=starts_on,
                ends_on=milestone.due_on,
                price_minor=milestone.price_minor,
                charged_on=starts_on,
                review_until=review_until,
                paid_on=review_until + SILENCE,
            )
        )
        starts_on = max(starts_on, milestone.due_on)
    return tuple(parts)


def _periods(agreement: Agreement, terms: FlatFeeTerms) -> tuple[Instalment, ...]:
    spans = [_period(agreement, terms, position) for position in range(1, terms.periods + 1)]
    last = agreement.ends_on if terms.period is not Period.ONE_OFF else None
    cut = [
        (max(first, agreement.starts_on), min(end, last) if last else end, (end - first).days + 1)
        for first, end in spans
        if last is None or first <= last
    ]
    return tuple(
        _part_of_period(agreement, terms, position, cut) for position in range(1, len(cut) + 1)
    )


def _part_of_period(
    agreement: Agreement, terms: FlatFeeTerms, position: int, cut: list[tuple[date, date, int]]
) -> Instalment:
    starts_on, ends_on, whole = cut[position - 1]
    days = (ends_on - starts_on).days + 1
    review = timedelta(days=agreement.review_days)
    units, usable_until = 0, None
    if terms.pack is not None:
        units = max(in_proportion(terms.size_of(position) * terms.pack.grain, days, whole), 1)
        usable_until = cut[min(position + terms.rollover_periods, len(cut)) - 1][1]
    return Instalment(
        kind="period",
        position=position,
        title="",
        starts_on=starts_on,
        ends_on=ends_on,
        price_minor=max(in_proportion(terms.price_of(position), days, whole), 1),
        charged_on=starts_on,
        review_until=ends_on + review,
        # The record of a pack closes on the day after (noon): its review begins that much later.
        paid_on=(usable_until + WAIT_FOR_RECORD if usable_until else ends_on) + review + SILENCE,
        days=days,
        whole_days=whole,
        pack_units=units,
        usable_until=usable_until,
    )


def in_proportion(whole: int, days: int, of_days: int) -> int:
    """What `days` of a period's `of_days` are worth; half a unit rounds up."""
    return half_up(whole * days, of_days)


def _period(agreement: Agreement, terms: FlatFeeTerms, position: int) -> tuple[date, date]:
    """The whole period number `position`, before the contract's start and end cut it."""
    first = agreement.starts_on
    if terms.period is Period.MONTH:
        if terms.calendar:
            first = first.replace(day=1)
        # Counted from the first day, so that the 31st does not slide to the 28th for good.
        return (
            add_months(first, position - 1),
            add_months(first, position) - timedelta(days=1),
        )
    if terms.period is Period.WEEK:
        if terms.calendar:
            first -= timedelta(days=first.weekday())
        return first + WEEK * (position - 1), first + WEEK * position - timedelta(days=1)
    return first, agreement.ends_on or first + timedelta(days=ONE_OFF_DAYS_DEFAULT)


def _weeks(agreement: Agreement, weeks: int, since: date | None) -> tuple[Instalment, ...]:
    first = 1
    found: list[Instalment | None] = []
    phase = trial_end(agreement)
    if agreement.trial_minutes and phase:
        found.append(week(agreement, 1))
        first = position_of(agreement, phase + timedelta(days=1))
    if since is not None:
        first = max(first, position_of(agreement, since))
    if agreement.ends_on is not None:
        weeks = min(position_of(agreement, agreement.ends_on) - first + 1, WEEKS_SHOWN_MAX)
    found += [week(agreement, first + number) for number in range(max(weeks, 0 if found else 1))]
    parts = [part for part in found if part is not None]
    for number, part in enumerate(parts[1:], start=1):  # the first week after a phase is cut
        after = parts[number - 1].ends_on + timedelta(days=1)
        if part.starts_on < after:
            parts[number] = replace(part, starts_on=after, charged_on=after)
    return tuple(part for part in parts if since is None or part.ends_on >= since)
