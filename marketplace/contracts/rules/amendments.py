"""Owns what a change of a running contract makes of its agreement, and when it is too late; pure.

Nothing is changed backwards: another price, rate or date counts for parts whose money is not held
yet (F28). Which these are, work says; here are the limits that follow from the agreement alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from marketplace.contracts.rules.dated import overridden, overridden_price, steps
from marketplace.contracts.rules.instalments import Instalment, instalments, trial_end
from marketplace.contracts.rules.offers import Problems, held_too_long, misplaced
from marketplace.contracts.rules.schedules import Kpis
from marketplace.contracts.rules.states import NOTICE_DAYS_MAX, Rail
from marketplace.contracts.rules.terms import (
    WEEK_MINUTES_MAX,
    Agreement,
    CapRaise,
    Day,
    FlatFeeTerms,
    Frozen,
    HourlyTerms,
    Line,
    Milestone,
    PriceChange,
    PriceMinor,
    ProjectTerms,
    RateChange,
    Text,
)
from marketplace.core.errors import Invalid
from marketplace.core.fields import Clean
from marketplace.core.i18n import _

WEEK = timedelta(days=7)
PERIODS_MAX = 60
PARTS_MAX = 1000  # ProjectTerms.last_part


class ChangeRefused(Invalid):
    """The change cannot be proposed; `errors` says why, by field."""

    message = _("This change cannot be proposed yet.")


class Wish(Frozen):
    """What one side wants to change of a running contract; what is left out stays.

    By the hour `rate_minor` and `weekly_cap_minutes` count from `from_week` (a Monday; the first
    possible one when left out). Of a flat fee `price_minor` counts from period `from_period` on
    (the first that has not begun).
    `milestones` is the whole new list: known ones by their `part`, new ones without. `open_ended`
    takes the end away.
    """

    title: Line | None = None
    scope: Text | None = None
    ends_on: Day | None = None
    open_ended: bool = False
    notice_days: Annotated[int, Field(ge=0, le=NOTICE_DAYS_MAX)] | None = None
    kpis: Kpis | None = None
    from_week: Day | None = None
    rate_minor: PriceMinor | None = None
    weekly_cap_minutes: Annotated[int, Field(ge=30, le=WEEK_MINUTES_MAX)] | None = None
    from_period: Annotated[int, Field(ge=1, le=PERIODS_MAX)] | None = None
    price_minor: PriceMinor | None = None
    periods: Annotated[int, Field(ge=1, le=PERIODS_MAX)] | None = None
    includes: (
        Annotated[
            str, Clean, StringConstraints(strip_whitespace=True, min_length=3, max_length=2000)
        ]
        | None
    ) = None
    milestones: Annotated[tuple[Milestone, ...], Field(min_length=1, max_length=20)] | None = None


def first_week(agreement: Agreement, today: date) -> date:
    """The first Monday from which another rate or cap can count: its week is not charged yet.

    A held week is charged `prefund_days` before its Monday. After the start-up phase.
    """
    terms = agreement.terms
    assert isinstance(terms, HourlyTerms)
    ahead = agreement.clocks.prefund_days if agreement.rail is Rail.HELD else 0
    monday = max(today - timedelta(days=today.weekday()) + WEEK, terms.first_week)
    phase = trial_end(agreement)
    while monday - timedelta(days=ahead) <= today or (phase is not None and monday <= phase):
        monday += WEEK
    return monday


def amended(agreement: Agreement, wish: Wish, today: date) -> Agreement:
    """The agreement as the wish would have it. Raises ChangeRefused, by field."""
    plain = {
        name: getattr(wish, name)
        for name in ("title", "scope", "ends_on", "notice_days", "kpis")
        if getattr(wish, name) is not None
    }
    if wish.open_ended:
        plain["ends_on"] = None
    terms = agreement.terms
    if isinstance(terms, HourlyTerms):
        plain["terms"] = _by_the_hour(agreement, terms, wish, today)
    elif isinstance(terms, FlatFeeTerms):
        plain["terms"] = _flat_fee(agreement, terms, wish, today)
    else:
        plain["terms"] = _project(terms, wish)
    try:
        found = Agreement.model_validate(agreement.model_dump() | plain)
    except ValidationError as error:
        raise ChangeRefused({"ends_on": _said(error)}) from None
    wrong = _problems(agreement, found, today)
    if wrong:
        raise ChangeRefused(wrong)
    return found


def _said(error: ValidationError) -> str:
    return str(error.errors()[0].get("ctx", {}).get("error", error.errors()[0]["msg"]))


def _by_the_hour(agreement: Agreement, terms: HourlyTerms, wish: Wish, today: date) -> HourlyTerms:
    least = first_week(agreement, today)
    monday = wish.from_week or least
    if monday.isoweekday() != 1:
        raise ChangeRefused({"from_week": _("Choose a Monday.")})
    new: dict[str, object] = {}
    rate, cap = wish.rate_minor, wish.weekly_cap_minutes
    if rate is not None and rate != terms.rate_of(monday):
        new["rates"] = (*terms.rates, RateChange(from_week=monday, rate_minor=rate))
    if cap is not None and cap != terms.lasting_cap_of(monday):
        new["raises"] = (*terms.raises, CapRaise(from_week=monday, minutes=cap))
    if new and monday < least:
        message = _("The earliest week is that of %(day)s: the ones before are held already.")
        raise ChangeRefused({"from_week": (message, {"day": least.isoformat()})})
    found = terms.model_copy(update=new)
    if undone := overridden(terms, found):
        raise ChangeRefused({"from_week": undone})
    return found


def first_period(agreement: Agreement, today: date) -> int:
    """The number of the first period that has not begun; one more than there are when all have."""
    parts = instalments(agreement)
    ahead = [part.position for part in parts if part.starts_on > today]
    return min(ahead, default=min(len(parts) + 1, PERIODS_MAX))


def _flat_fee(agreement: Agreement, terms: FlatFeeTerms, wish: Wish, today: date) -> FlatFeeTerms:
    new: dict[str, object] = {}
    if wish.includes is not None:
        new["includes"] = wish.includes
    if wish.periods is not None:
        new["periods"] = wish.periods
    first = wish.from_period or first_period(agreement, today)
    if wish.price_minor is not None and wish.price_minor != terms.price_of(first):
        if undone := overridden_price(terms, first, wish.price_minor):
            raise ChangeRefused({"price_minor": undone})
        change = PriceChange(from_period=first, price_minor=wish.price_minor)
        new["prices"] = (*terms.prices, change)
    if terms.pack is not None and new.keys() & {"prices", "periods"}:
        field = "price_minor" if "prices" in new else "periods"
        if "prices" in new or new["periods"] != terms.periods:
            raise ChangeRefused({field: _("Another price or number of packs is a new contract.")})
    try:
        return FlatFeeTerms.model_validate(terms.model_dump() | new)
    except ValidationError as error:
        raise ChangeRefused({"periods": _said(error)}) from None


def _project(terms: ProjectTerms, wish: Wish) -> ProjectTerms:
    if wish.milestones is None:
        return terms
    known = terms.numbered
    highest = max(terms.last_part, *known)
    found: list[Milestone] = []
    for each in sorted(wish.milestones, key=lambda milestone: milestone.due_on):
        if each.part is None:
            highest += 1
        elif each.part not in known or each.part in {one.part for one in found}:
            raise ChangeRefused({"milestones": _("Reload the page: a milestone is not known.")})
        found.append(each.model_copy(update={"part": each.part or highest}))
    if highest > PARTS_MAX:
        raise ChangeRefused({"milestones": _("More milestones need a new contract.")})
    same = [each.model_copy(update={"part": n}) for n, each in known.items()] == found
    return terms if same else ProjectTerms(milestones=tuple(found), last_part=highest)


def _problems(before: Agreement, after: Agreement, today: date) -> Problems:
    found = misplaced(after)
    if after.ends_on != before.ends_on and after.ends_on is not None and after.ends_on < today:
        found["ends_on"] = _("Choose an end that is not in the past.")
    changed = changed_parts(before, after)
    if any(part.due_on < today for part in _due(after, changed)):
        found["milestones"] = _("Choose dates that are not in the past.")
    terms = after.terms
    if isinstance(terms, FlatFeeTerms) and isinstance(before.terms, FlatFeeTerms):
        more = terms.periods > before.terms.periods
        if terms.pack is not None and changed:
            found["ends_on"] = _("Another end of packs is a new contract.")
        added = terms.prices[len(before.terms.prices) :]
        if added and added[-1].from_period > len(instalments(after)):
            found["price_minor"] = _("No period is left to which this price could apply.")
        if more and len(instalments(after)) < terms.periods:
            found["ends_on"] = _("The end cuts off these periods: move it as well.")
    return found


def _due(agreement: Agreement, positions: frozenset[int]) -> list[Milestone]:
    terms = agreement.terms
    if not isinstance(terms, ProjectTerms):
        return []
    return [each for number, each in terms.numbered.items() if number in positions]


@dataclass(frozen=True)
class PartTerms:
    """What is agreed of one part. Milestones begin when the work does: only periods have a start.

    `price_minor` is before tax.
    """

    title: str
    price_minor: int
    starts_on: date | None
    ends_on: date
    criteria: tuple[str, ...]

    def moved_only(self, other: PartTerms) -> bool:
        """Whether nothing but the due date differs."""
        return self.price_minor == other.price_minor and (self.title, self.criteria) == (
            other.title,
            other.criteria,
        )


def part_terms(agreement: Agreement, part: Instalment) -> PartTerms:
    """What is agreed of this part of a project or flat fee."""
    terms = agreement.terms
    project = isinstance(terms, ProjectTerms)
    return PartTerms(
        part.title,
        part.price_minor,
        None if project else part.starts_on,
        part.ends_on,
        terms.numbered[part.position].criteria if isinstance(terms, ProjectTerms) else (),
    )


def parts_of(agreement: Agreement) -> dict[int, Instalment]:
    """The parts of a project or flat fee by number; none by the hour, where weeks just follow."""
    if isinstance(agreement.terms, HourlyTerms):
        return {}
    return {part.position: part for part in instalments(agreement)}


def changed_parts(before: Agreement, after: Agreement) -> frozenset[int]:
    """The numbers of the parts that are other, new or gone."""
    old = {n: part_terms(before, part) for n, part in parts_of(before).items()}
    new = {n: part_terms(after, part) for n, part in parts_of(after).items()}
    return frozenset(n for n in old.keys() | new.keys() if old.get(n) != new.get(n))


def too_long(before: Agreement, after: Agreement, days_max: int) -> Problems:
    """Parts that would be held for too long, unless that was so before."""
    same = parts_of(before) == parts_of(after)
    return {} if same or isinstance(after.terms, HourlyTerms) else held_too_long(after, days_max)


def begins_late(before: Agreement, after: Agreement, today: date) -> bool:
    """Whether something of a signed change was to count from a day that has come already.

    A higher cap may count from the present week: its difference is held (rules.changes). A lower
    one may not: hours may have been worked for it.
    """
    if after.ends_on != before.ends_on and after.ends_on is not None and after.ends_on < today:
        return True
    old, new = before.terms, after.terms
    if not isinstance(old, HourlyTerms) or not isinstance(new, HourlyTerms):
        return False
    rates, caps = steps(before, after)
    lower = {m for m in (cap.from_week for cap in caps) if new.cap_of(m) < old.cap_of(m)}
    return any(monday <= today for monday in {rate.from_week for rate in rates} | lower)
