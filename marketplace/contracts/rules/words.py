"""Owns how terms are said in French and English: durations, shares, kinds; pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from marketplace.contracts.rules.instalments import instalments, last_day
from marketplace.contracts.rules.schedule_words import kpis
from marketplace.contracts.rules.states import Kind, NoticeIn, Rail, SigningOrder, TrialEnd
from marketplace.contracts.rules.terms import (
    Agreement,
    CapRaise,
    FlatFeeTerms,
    PackUnit,
    Period,
    PriceChange,
    RateChange,
    Remainder,
    SizeChange,
    Unused,
)
from marketplace.core.i18n import _, format_date, format_money, format_number, gettext, ngettext
from payments.money import Money

PERIODS = {
    Period.ONE_OFF: _("once"),
    Period.WEEK: _("each week"),
    Period.MONTH: _("each month"),
}


__all__ = [
    "KIND_NAMES",
    "LANGUAGES",
    "ORDERS",
    "PACK_KINDS",
    "REMAINDERS",
    "TRIAL_ENDS",
    "UNUSED",
    "business_days",
    "cap_raise",
    "days",
    "hours",
    "kpis",
    "last_day",
    "monday_hour",
    "notice",
    "pack",
    "pack_units",
    "percent",
    "period",
    "periods",
    "price_change",
    "rate_change",
    "rollover",
    "size_change",
    "trial",
    "weekday",
]


def days(count: int, language: str) -> str:
    """`14 days`."""
    return ngettext("%(num)s day", "%(num)s days", count, language)


def business_days(count: int, language: str) -> str:
    """`10 business days`."""
    return ngettext("%(num)s business day", "%(num)s business days", count, language)


def notice(count: int, counted: NoticeIn, language: str) -> str:
    """`14 days` or `10 business days`."""
    said = days if counted is NoticeIn.DAYS else business_days
    return said(count, language)


def trial(agreed: Agreement, language: str) -> str:
    """`10 business days, 20 h at most`, or that there is no start-up phase."""
    if not agreed.trial_days:
        return gettext("no start-up phase", language)
    length = business_days(agreed.trial_days, language)
    if not agreed.trial_minutes:
        return length
    limit = gettext("%(hours)s at most", language, hours=hours(agreed.trial_minutes, language))
    return f"{length}, {limit}"


def cap_raise(found: CapRaise, language: str) -> str:
    """`15 h from the week of 30 November 2026 on`."""
    values = {
        "hours": hours(found.minutes, language),
        "day": format_date(found.from_week, language),
    }
    if found.only:
        return gettext("%(hours)s in the week of %(day)s only", language, **values)
    return gettext("%(hours)s from the week of %(day)s on", language, **values)


def rate_change(found: RateChange, currency: str, language: str) -> str:
    """`32,00 € from the week of 30 November 2026 on`."""
    values = {
        "rate": format_money(Money(found.rate_minor, currency), language),
        "day": format_date(found.from_week, language),
    }
    return gettext("%(rate)s from the week of %(day)s on", language, **values)


def price_change(found: PriceChange, currency: str, language: str) -> str:
    """`450,00 € from period 4 on`."""
    price = format_money(Money(found.price_minor, currency), language)
    return gettext("%(price)s from period %(n)s on", language, price=price, n=found.from_period)


def weekday(number: int, language: str) -> str:
    """The day `number` of a week, Monday is 1: `Thursday`."""
    return format_date(date(2024, 1, number), language, "weekday")  # 1 January 2024: a Monday


def monday_hour(hour: int, language: str) -> str:
    """`Monday at 12:00`."""
    at = f"{hour:02d}:00" if language == "en" else f"{hour}\u00a0h"
    return gettext("%(day)s at %(hour)s", language, day=weekday(1, language), hour=at)


def hours(minutes: int, language: str) -> str:
    """`10 h` or `7 h 30`."""
    whole, rest = divmod(minutes, 60)
    nbsp = "\u00a0"
    return f"{format_number(whole, language)}{nbsp}h" + (f"{nbsp}{rest:02d}" if rest else "")


def percent(bps: int, language: str) -> str:
    """Basis points as `5 %` or `2.5%`."""
    decimals = 0 if bps % 100 == 0 else 1 if bps % 10 == 0 else 2
    number = format_number(bps / 100, language, decimals)
    return f"{number}\u00a0%" if language == "fr" else f"{number}%"


def tax_rate(ppm: int, language: str) -> str:
    """Parts per million as `20 %` or `9.975%`."""
    text = f"{ppm / 10_000:.4f}".rstrip("0").rstrip(".")
    return f"{text.replace('.', ',')}\u00a0%" if language == "fr" else f"{text}%"


def tax_rates(rates: Iterable[int], language: str) -> str:
    """Every tax on one amount: `5 % + 9,975 %`; `0 %` where there is none."""
    return " + ".join(tax_rate(each, language) for each in rates) or tax_rate(0, language)


def period(value: Period, language: str) -> str:
    """`once`, `each week`, `each month`."""
    return gettext(PERIODS[value], language)


def periods(agreed: Agreement, language: str) -> str:
    """`6 months`, `3 weeks`; `3 payments` when one of them is cut short."""
    terms, parts = agreed.terms, instalments(agreed)
    whole = isinstance(terms, FlatFeeTerms) and not any(part.partial for part in parts)
    if whole and terms.period is Period.MONTH:  # type: ignore[union-attr]
        return ngettext("%(num)s month", "%(num)s months", len(parts), language)
    if whole and terms.period is Period.WEEK:  # type: ignore[union-attr]
        return ngettext("%(num)s week", "%(num)s weeks", len(parts), language)
    return ngettext("%(num)s payment", "%(num)s payments", len(parts), language)


def pack_units(unit: PackUnit, amount: int, language: str) -> str:
    """What a meter counts: `7 h 30` of minutes, `10 calls`, `3 tasks`."""
    if unit is PackUnit.HOURS:
        return hours(amount, language)
    if unit is PackUnit.CALLS:
        return ngettext("%(num)s call", "%(num)s calls", amount, language)
    return ngettext("%(num)s task", "%(num)s tasks", amount, language)


def pack(terms: FlatFeeTerms, language: str, position: int = 0) -> str:
    """The units that the whole period of this number pays for; as first agreed, without one."""
    assert terms.pack is not None
    return pack_units(terms.pack, terms.size_of(position) * terms.pack.grain, language)


def size_change(found: SizeChange, unit: PackUnit, language: str) -> str:
    """`40 calls from period 3 on`."""
    return new_size(found, language, pack_units(unit, found.pack_size * unit.grain, language))


def new_size(found: SizeChange, language: str, units: str = "") -> str:
    """The same, or the bare number where what it counts stands elsewhere."""
    units = units or format_number(found.pack_size, language)
    return gettext("%(price)s from period %(n)s on", language, price=units, n=found.from_period)


def rollover(terms: FlatFeeTerms, language: str) -> str:
    """How much of a pack rolls over and for how long."""
    if not terms.rollover_periods or terms.pack is None:
        return gettext(NO_ROLLOVER, language)
    units = pack_units(terms.pack, terms.rollover_units * terms.pack.grain, language)
    if terms.period is Period.WEEK:
        span = ngettext("%(num)s week", "%(num)s weeks", terms.rollover_periods, language)
    else:
        span = ngettext("%(num)s month", "%(num)s months", terms.rollover_periods, language)
    return gettext("up to %(units)s, for %(span)s more", language, units=units, span=span)


KIND_NAMES = {
    Kind.HOURLY: _("By the hour"),
    Kind.FLAT_FEE: _("Flat fee"),
    Kind.PROJECT: _("Project with milestones"),
}


REMAINDERS = {
    Remainder.ROLL: _("What is left of a week is kept for the next one."),
    Remainder.RETURN: _("What is left of a week goes back to the Business."),
}


TRIAL_ENDS = {
    TrialEnd.CONTINUE: _("After it the contract goes on as agreed."),
    TrialEnd.END: _("After it the contract ends by itself."),
}


NO_ROLLOVER = _("nothing rolls over")


PACK_KINDS = {
    PackUnit.HOURS: _("Hours"),
    PackUnit.TASKS: _("Tasks"),
    PackUnit.CALLS: _("Calls"),
}


UNUSED = {
    Unused.RETURN: _("They go back to the business in proportion, with their fees and tax."),
    Unused.EXPIRE: _("They expire, only after two notices; without both, they go back."),
}


ORDERS = {
    SigningOrder.ANY: _("Either side may sign first"),
    SigningOrder.BUSINESS_FIRST: _("The business signs first"),
    SigningOrder.ASSISTANT_FIRST: _("The assistant signs first"),
}


NOTICES = {
    NoticeIn.DAYS: _("calendar days"),
    NoticeIn.BUSINESS_DAYS: _("business days at the assistant’s place"),
}


RAILS = {
    Rail.HELD: _("held funds, released on approval"),
    Rail.RECORDED: _("paid directly, each payment recorded and confirmed by both sides"),
}


LANGUAGES = {"fr": _("French"), "en": _("English")}
