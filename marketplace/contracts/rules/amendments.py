"""Owns what a change of a signed contract makes of its agreement, and when it is too late; pure.

Nothing is changed backwards: another price, rate or date counts for parts whose money is not held
yet. Which these are, work says; here are the limits that follow from the agreement alone.
"""

from __future__ import annotations

from datetime import date, timedelta

from pydantic import ValidationError

from marketplace.contracts.rules.dated import (
    after_the_start,
    overridden,
    overridden_price,
    overridden_size,
    steps,
)
from marketplace.contracts.rules.instalments import instalments, trial_end
from marketplace.contracts.rules.offers import Problems, held_too_long, misplaced
from marketplace.contracts.rules.parts import changed_parts, parts_of
from marketplace.contracts.rules.states import Rail
from marketplace.contracts.rules.terms import (
    Agreement,
    CapRaise,
    FlatFeeTerms,
    HourlyTerms,
    Milestone,
    PriceChange,
    ProjectTerms,
    RateChange,
    SizeChange,
)
from marketplace.contracts.rules.wishes import PERIODS_MAX, ChangeRefused, Wish
from marketplace.core.i18n import _

WEEK = timedelta(days=7)
PARTS_MAX = 1000  # ProjectTerms.last_part

HELD_LONG = _(
    "Funds are held for %(days)s days at most, the time in which units roll over included. These "
    "periods need a new contract."
)


def first_week(agreement: Agreement, today: date, *, begun: bool = True) -> date:
    """The first Monday from which another rate or cap can count: its week is not charged yet.

    A held week is charged `prefund_days` before its Monday. After the start-up phase. While no
    money was held for the contract at all (not `begun`), it is the very first week.
    """
    terms = agreement.terms
    assert isinstance(terms, HourlyTerms)
    if not begun:
        return terms.first_week
    ahead = agreement.clocks.prefund_days if agreement.rail is Rail.HELD else 0
    monday = max(today - timedelta(days=today.weekday()) + WEEK, terms.first_week)
    phase = trial_end(agreement)
    while monday - timedelta(days=ahead) <= today or (phase is not None and monday <= phase):
        monday += WEEK
    return monday


def amended(agreement: Agreement, wish: Wish, today: date, *, begun: bool = True) -> Agreement:
    """The agreement as the wish would have it. Raises ChangeRefused, by field.

    `begun`: money was held for it once, or it is paid directly; until then everything is free.
    """
    names = ("title", "scope", "starts_on", "ends_on", "notice_days", "notice_in", "kpis")
    plain = {name: getattr(wish, name) for name in names if getattr(wish, name) is not None}
    if begun and plain.get("starts_on", agreement.starts_on) != agreement.starts_on:
        raise ChangeRefused({"starts_on": _("The contract runs already: its start stays.")})
    if wish.open_ended:
        plain["ends_on"] = None
    terms = agreement.terms
    if isinstance(terms, HourlyTerms):
        plain["terms"] = _by_the_hour(agreement, terms, wish, today, begun=begun)
    elif isinstance(terms, FlatFeeTerms):
        plain["terms"] = _flat_fee(agreement, terms, wish, today, begun=begun)
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


def _by_the_hour(
    agreement: Agreement, terms: HourlyTerms, wish: Wish, today: date, *, begun: bool
) -> HourlyTerms:
    if wish.from_week is not None and wish.from_week.isoweekday() != 1:
        raise ChangeRefused({"from_week": _("Choose a Monday.")})
    least = first_week(agreement, today, begun=begun)
    monday = wish.from_week or least
    if not begun:
        moved = _moved(agreement, terms, wish)
        if monday in {least, moved.first_week} or monday < moved.first_week:
            return _from_the_start(terms, moved, wish)
        terms, least = moved, moved.first_week
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


def _moved(agreement: Agreement, terms: HourlyTerms, wish: Wish) -> HourlyTerms:
    """The terms with their first week moved by as many weeks as the start, if that moves."""
    start = wish.starts_on
    if start is None or start == agreement.starts_on:
        return terms
    mondays = [day - timedelta(days=day.weekday()) for day in (agreement.starts_on, start)]
    return _as_agreed_at_first(terms, terms.first_week + (mondays[1] - mondays[0]))


def _as_agreed_at_first(terms: HourlyTerms, first: date) -> HourlyTerms:
    """The same rates and caps from this first week on, without steps that count from the start."""
    return terms.model_copy(
        update={
            "first_week": first,
            "rate_minor": terms.rate_of(first),
            "weekly_cap_minutes": terms.lasting_cap_of(first),
            "rates": after_the_start(terms.rates, first),
            "raises": after_the_start(terms.raises, first),
        }
    )


def _from_the_start(terms: HourlyTerms, moved: HourlyTerms, wish: Wish) -> HourlyTerms:
    """Nothing was ever held by the hour: another rate or cap is as if agreed at first."""
    first = moved.first_week
    rate = wish.rate_minor or moved.rate_of(first)
    cap = wish.weekly_cap_minutes or moved.lasting_cap_of(first)
    if (moved, rate, cap) == (terms, terms.rate_of(first), terms.lasting_cap_of(first)):
        return terms
    new = {"rate_minor": rate, "weekly_cap_minutes": cap}
    return _as_agreed_at_first(moved, first).model_copy(update=new)


def first_period(agreement: Agreement, today: date, *, begun: bool = True) -> int:
    """The number of the first period that has not begun; one more than there are when all have.

    While no money was held for the contract at all (not `begun`), it is the very first one.
    """
    if not begun:
        return 1
    parts = instalments(agreement)
    ahead = [part.position for part in parts if part.starts_on > today]
    return min(ahead, default=min(len(parts) + 1, PERIODS_MAX))


def _flat_fee(
    agreement: Agreement, terms: FlatFeeTerms, wish: Wish, today: date, *, begun: bool
) -> FlatFeeTerms:
    new: dict[str, object] = {}
    if wish.includes is not None:
        new["includes"] = wish.includes
    if wish.periods is not None:
        new["periods"] = wish.periods
    first = wish.from_period or first_period(agreement, today, begun=begun)
    if wish.price_minor is not None and wish.price_minor != terms.price_of(first):
        if undone := overridden_price(terms, first, wish.price_minor):
            raise ChangeRefused({"price_minor": undone})
        change = PriceChange(from_period=first, price_minor=wish.price_minor)
        new["prices"] = (*terms.prices, change)
    size = wish.pack_size
    if size is not None and terms.pack is not None and size != terms.size_of(first):
        if undone := overridden_size(terms, first, size):
            raise ChangeRefused({"pack_size": undone})
        new["sizes"] = (*terms.sizes, SizeChange(from_period=first, pack_size=size))
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
    if after.starts_on != before.starts_on and after.starts_on < today:
        found["starts_on"] = _("Choose a start that is not in the past.")
    changed = changed_parts(before, after)
    if any(part.due_on < today for part in _due(after, changed)):
        found["milestones"] = _("Choose dates that are not in the past.")
    terms = after.terms
    if isinstance(terms, HourlyTerms) and after.ends_on and after.ends_on < terms.first_week:
        found["ends_on"] = _("The first week lies after the end of the contract.")
    if isinstance(terms, FlatFeeTerms) and isinstance(before.terms, FlatFeeTerms):
        more = terms.periods > before.terms.periods
        left = len(instalments(after))
        if any(each.from_period > left for each in terms.prices[len(before.terms.prices) :]):
            found["price_minor"] = _("No period is left to which this price could apply.")
        if any(each.from_period > left for each in terms.sizes[len(before.terms.sizes) :]):
            found["pack_size"] = _("No period is left to which this number could apply.")
        if more and left < terms.periods:
            found["ends_on"] = _("The end cuts off these periods: move it as well.")
    return found


def _due(agreement: Agreement, positions: frozenset[int]) -> list[Milestone]:
    terms = agreement.terms
    if not isinstance(terms, ProjectTerms):
        return []
    return [each for number, each in terms.numbered.items() if number in positions]


def too_long(before: Agreement, after: Agreement, days_max: int) -> Problems:
    """Parts that would be held for too long, unless that was so before."""
    same = parts_of(before) == parts_of(after)
    if same or isinstance(after.terms, HourlyTerms):
        return {}
    found = held_too_long(after, days_max)
    if isinstance(after.terms, FlatFeeTerms) and found:
        return {"periods": (HELD_LONG, {"days": days_max})}
    return found


def begins_late(before: Agreement, after: Agreement, today: date, *, begun: bool = True) -> bool:
    """Whether something of a signed change was to count from a day that has come already.

    A higher cap may count from the present week: its difference is held (rules.changes). A lower
    one may not: hours may have been worked for it. Before the contract has begun nobody works; a
    start that moves is of then alone.
    """
    if begun and after.starts_on != before.starts_on:
        return True
    if after.ends_on != before.ends_on and after.ends_on is not None and after.ends_on < today:
        return True
    old, new = before.terms, after.terms
    if not begun or not isinstance(old, HourlyTerms) or not isinstance(new, HourlyTerms):
        return False
    rates, caps = steps(before, after)
    lower = {m for m in (cap.from_week for cap in caps) if new.cap_of(m) < old.cap_of(m)}
    return any(monday <= today for monday in {rate.from_week for rate in rates} | lower)
