"""Owns how a change of a signed contract is told: each line with before and after; pure."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.contracts.rules.change_words import change
from marketplace.contracts.rules.dated import mondays, steps
from marketplace.contracts.rules.offers import Change, differences
from marketplace.contracts.rules.terms import (
    Agreement,
    CapRaise,
    FlatFeeTerms,
    HourlyTerms,
)
from marketplace.contracts.rules.words import hours, pack
from marketplace.core.i18n import _, format_date, format_money, gettext
from payments.money import Money

AT_FIRST = frozenset({"rate_minor", "weekly_cap_minutes"})
# Each entry is told as a step of its own.
SERIES = frozenset({"raises", "rates", "prices", "sizes"})


@dataclass(frozen=True)
class Line:
    """One line of a change, as people read it; "" where there was or will be nothing."""

    label: str
    before: str
    after: str


def lines(before: Agreement, after: Agreement, language: str) -> tuple[Line, ...]:
    """Every difference, with what counts now beside what will, and from when on."""
    found = differences(before, after)
    dated = [*_weeks(before, after, language), *_periods(before, after, language)]
    dropped, rest = _dropped(found, language)
    hourly = isinstance(after.terms, HourlyTerms)
    apart = SERIES | AT_FIRST if hourly else SERIES
    told = [change(each, after.currency, language) for each in rest if each.field not in apart]
    return (*dated, *(Line(*each) for each in told), *dropped)


def _dropped(found: tuple[Change, ...], language: str) -> tuple[list[Line], list[Change]]:
    """Milestones that are taken out, in one line each, and the other differences."""
    gone = {
        each.field.split(".")[1]: str(each.before)
        for each in found
        if each.field.startswith("milestones.") and each.field.endswith(".title")
        if each.after is None
    }
    rest = [
        each
        for each in found
        if not (each.field.startswith("milestones.") and each.field.split(".")[1] in gone)
    ]
    label = _("Milestone %(position)s")
    taken_out = gettext(_("dropped: neither due nor payable"), language)
    return [Line(gettext(label, language, position=n), gone[n], taken_out) for n in gone], rest


def _weeks(before: Agreement, after: Agreement, language: str) -> list[Line]:
    old, new = before.terms, after.terms
    if not isinstance(old, HourlyTerms) or not isinstance(new, HourlyTerms):
        return []
    currency = after.currency
    found = _at_first(old, new, currency, language)
    rates, caps = steps(before, after)
    for rate in rates:
        label = gettext(_("Hourly rate before tax, from the week of %(day)s on"), language,
                        day=format_date(rate.from_week, language))  # fmt: skip
        prices = (old.rate_of(rate.from_week), rate.rate_minor)
        found.append(Line(label, *(format_money(Money(m, currency), language) for m in prices)))
    for cap in caps:
        minutes = (old.cap_of(cap.from_week), cap.minutes)
        found.append(Line(_cap_label(cap, language), *(hours(m, language) for m in minutes)))
    begin = mondays(before, after)
    if begin:
        weeks = [Money(each.price_of(max(begin)), currency) for each in (old, new)]
        label = gettext(_("Price of a full week before tax"), language)
        found.append(Line(label, *(format_money(each, language) for each in weeks)))
    return found


def _at_first(old: HourlyTerms, new: HourlyTerms, currency: str, language: str) -> list[Line]:
    """The rate and the cap of the first week, where they change before the contract has begun."""
    first = new.first_week
    pairs = {
        "rate_minor": (old.rate_of(first), new.rate_of(first)),
        "weekly_cap_minutes": (old.lasting_cap_of(first), new.lasting_cap_of(first)),
    }
    return [
        Line(*change(Change(name, *pair), currency, language))
        for name, pair in pairs.items()
        if getattr(old, name) != getattr(new, name) and pair[0] != pair[1]
    ]


def _cap_label(cap: CapRaise, language: str) -> str:
    msgid = (
        _("Weekly cap, only in the week of %(day)s")
        if cap.only
        else _("Weekly cap, from the week of %(day)s on")
    )
    return gettext(msgid, language, day=format_date(cap.from_week, language))


def _periods(before: Agreement, after: Agreement, language: str) -> list[Line]:
    old, new = before.terms, after.terms
    if not isinstance(old, FlatFeeTerms) or not isinstance(new, FlatFeeTerms):
        return []
    found = []
    for each in new.prices[len(old.prices) :]:
        label = gettext(_("Price before tax, from period %(n)s on"), language, n=each.from_period)
        prices = (old.price_of(each.from_period), each.price_minor)
        found.append(
            Line(label, *(format_money(Money(m, after.currency), language) for m in prices))
        )
    for step in new.sizes[len(old.sizes) :] if new.pack else ():
        label = gettext(_("Units in a pack, from period %(n)s on"), language, n=step.from_period)
        units = (pack(old, language, step.from_period), pack(new, language, step.from_period))
        found.append(Line(label, *units))
    return found
