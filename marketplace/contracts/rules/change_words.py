"""Owns how a difference between two versions is said: its label, before and after; pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from marketplace.contracts.rules.offers import Change
from marketplace.contracts.rules.schedule_words import kpis, listed, processing
from marketplace.contracts.rules.schedules import DataProcessing, Kpi
from marketplace.contracts.rules.terms import CapRaise, PriceChange, RateChange, SizeChange
from marketplace.contracts.rules.words import (
    LANGUAGES,
    NOTICES,
    ORDERS,
    PACK_KINDS,
    PERIODS,
    RAILS,
    REMAINDERS,
    TRIAL_ENDS,
    UNUSED,
    business_days,
    cap_raise,
    days,
    hours,
    new_size,
    percent,
    price_change,
    rate_change,
    tax_rates,
)
from marketplace.core.i18n import _, format_date, format_money, format_number, gettext
from payments.money import Money

FIELDS = {
    "title": _("Title"),
    "scope": _("Scope"),
    "currency": _("Currency"),
    "language": _("Language of the contract"),
    "starts_on": _("Start"),
    "ends_on": _("End"),
    "notice_days": _("Notice"),
    "notice_in": _("Notice counted in"),
    "trial_days": _("Start-up phase"),
    "trial_minutes": _("Hours of the start-up phase"),
    "trial_then": _("After the start-up phase"),
    "review_days": _("Time to approve"),
    "time_zone": _("Time zone"),
    "signing_order": _("Order of signatures"),
    "rail": _("Payment"),
    "personal_data": _("Personal data"),
    "kpis": _("Service targets"),
    "rate_minor": _("Hourly rate"),
    "weekly_cap_minutes": _("Weekly cap"),
    "raises": _("Weekly cap"),
    "rates": _("Hourly rate"),
    "prices": _("Price"),
    "sizes": _("Units in a pack"),
    "first_week": _("First week"),
    "remainder": _("Hours left over"),
    "price_minor": _("Price"),
    "part": _("Part"),
    "period": _("Rhythm"),
    "periods": _("Number of payments"),
    "calendar": _("Periods of the calendar"),
    "includes": _("What it includes"),
    "pack": _("Pack"),
    "pack_size": _("Units in a pack"),
    "rollover_units": _("Units that roll over"),
    "rollover_periods": _("Periods they roll over for"),
    "unused": _("Unused units"),
    "due_on": _("Due date"),
    "criteria": _("Criteria"),
    "client_bps": _("Fee of the business"),
    "assistant_bps": _("Fee of the assistant"),
    "client_fee_vat_ppm": _("VAT on the fee of the business"),
    "assistant_fee_vat_ppm": _("VAT on the fee of the assistant"),
    "supplier_vat_ppm": _("VAT on the price"),
    "country": _("Business days of"),
    "edit_hour": _("Hour on Monday until which hours can be changed"),
    "week_review_days": _("Days to review a week"),
    "look_days": _("Days to look at a late hand-in"),
    "prefund_days": _("Days before a week on which its cap is charged"),
    "grace_days": _("Days of a week in which it can still be paid"),
    "idle_days": _("Days without hours before a pause"),
    "answer_days": _("Business days to answer about a contested entry"),
    "hold_days": _("Security hold"),
    "hold_releases": _("Payments under the security hold"),
}


def change(found: Change, currency: str, language: str) -> tuple[str, str, str]:
    """A difference between versions as label, before, after; "" where there was nothing."""
    _group, _dot, name = found.field.rpartition(".")
    label = gettext(FIELDS.get(name, name), language)
    if found.field.startswith("milestones."):
        position = found.field.split(".")[1]
        label = gettext("Milestone %(position)s", language, position=position) + f" – {label}"
    return (
        label,
        _value(name, found.before, currency, language),
        _value(name, found.after, currency, language),
    )


def _value(name: str, value: object, currency: str, language: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return gettext(_("yes") if value else _("no"), language)
    if isinstance(value, int):
        return _number(name, value, currency, language)
    if isinstance(value, dict | list):
        return _listed(name, value, currency, language)
    text = str(value)
    if name.endswith("_on") or name == "first_week":
        return format_date(date.fromisoformat(text), language)
    known: dict[str, dict[str, str]] = {
        "period": {each.value: word for each, word in PERIODS.items()},
        "trial_then": {each.value: word for each, word in TRIAL_ENDS.items()},
        "notice_in": {each.value: word for each, word in NOTICES.items()},
        "remainder": {each.value: word for each, word in REMAINDERS.items()},
        "signing_order": {each.value: word for each, word in ORDERS.items()},
        "language": LANGUAGES,
        "rail": {each.value: word for each, word in RAILS.items()},
        "pack": {each.value: word for each, word in PACK_KINDS.items()},
        "unused": {each.value: word for each, word in UNUSED.items()},
    }
    return gettext(known[name][text], language) if name in known else text


def _listed(
    name: str, value: dict[str, object] | list[object], currency: str, language: str
) -> str:
    if isinstance(value, dict):
        rows = processing(DataProcessing.model_validate(value), language)
        return listed((": ".join(row) for row in rows), language)
    if name.endswith("_ppm"):
        return tax_rates((int(str(rate)) for rate in value), language)
    if name == "kpis":
        return kpis(tuple(Kpi.model_validate(each) for each in value), language)
    said: dict[str, Callable[[object], str]] = {
        "raises": lambda each: cap_raise(CapRaise.model_validate(each), language),
        "rates": lambda each: rate_change(RateChange.model_validate(each), currency, language),
        "prices": lambda each: price_change(PriceChange.model_validate(each), currency, language),
        "sizes": lambda each: new_size(SizeChange.model_validate(each), language),
    }
    say = said.get(name, str)
    return listed((say(each) for each in value), language)


def _number(name: str, value: int, currency: str, language: str) -> str:
    if name.endswith("_minor"):
        return format_money(Money(value, currency), language)
    if name.endswith("_minutes"):
        return hours(value, language)
    if name.endswith("_bps"):
        return percent(value, language)
    if name in {"trial_days", "answer_days"}:
        return business_days(value, language)
    return days(value, language) if name.endswith("_days") else format_number(value, language)
