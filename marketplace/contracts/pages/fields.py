"""Owns how amounts, hours and dates travel between forms and drafts; never validates an offer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

from starlette.datastructures import FormData

from marketplace.contracts.models import Contract
from marketplace.contracts.pages import schedules
from marketplace.contracts.rules import words
from marketplace.contracts.rules.states import Kind
from marketplace.contracts.rules.terms import CURRENCIES
from marketplace.contracts.rules.words import weekday
from marketplace.contracts.schemas import PRICE_STEPS
from marketplace.contracts.service import documents
from marketplace.core import clock
from marketplace.core.i18n import _, current_locale, gettext
from marketplace.core.settings import settings
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.places import queries as places
from marketplace.web.forms import Form, validate
from payments.money import EXPONENTS, Money
from search.coverage import time_zones

# What people write -> what drafts hold.
AMOUNTS = {"rate": "rate_minor", "price": "price_minor"}
HOURS = {"cap_hours": "weekly_cap_minutes"}
MILESTONE = re.compile(r"^milestones-(\d{1,3})-price$")
BAD_AMOUNT = _("Please write an amount such as 28.50.")
BAD_HOURS = _("Please write hours such as 10 or 7.5.")
MILESTONES_MAX = 20
PARTS = {"FR-57": _("Moselle"), "FR-6AE": _("Alsace"), "IT-BZ": _("South Tyrol")}
"""Parts with public holidays of their own that are neither regions nor taxed otherwise."""


def read_price(kind: Kind, data: FormData, currency: str) -> tuple[Any, Form]:
    """The terms of a kind from a form with `rate`, `price`, `cap_hours` as people write them."""
    converted, wrong = in_minor_units(data, currency)
    draft, form = validate(PRICE_STEPS[kind], converted)
    as_typed(form, data, wrong)
    return (None if form.errors else draft), form


def in_minor_units(data: FormData, currency: str) -> tuple[FormData, dict[str, str]]:
    """The form with amounts and hours as drafts hold them, and those that are none, by field."""
    if currency not in EXPONENTS:
        currency = "EUR"
    converted: list[tuple[str, Any]] = []
    wrong: dict[str, str] = {}
    for name, raw in data.multi_items():
        text = raw if isinstance(raw, str) else ""
        target, parse = _conversion(name, currency)
        if target is None or not text.strip():
            converted.append((name, raw))
            continue
        try:
            converted.append((target, str(parse(text))))
        except ValueError:
            wrong[name] = gettext(BAD_HOURS if name in HOURS else BAD_AMOUNT)
    return FormData(converted), wrong


def as_typed(form: Form, data: FormData, wrong: dict[str, str]) -> None:
    """Put what was typed back into a form, and each message beside the field people see."""
    errors = {shown(name): text for name, text in form.errors.items()}
    if any(name.startswith("milestones-") for name in errors):
        errors.pop("milestones", None)  # "add at least one" is noise beside what is wrong in it
    form.data, form.errors = data, errors | wrong


def _conversion(name: str, currency: str) -> tuple[str | None, Callable[[str], int]]:
    def amount(text: str) -> int:
        return Money.parse(text, currency).minor

    if name in AMOUNTS:
        return AMOUNTS[name], amount
    if MILESTONE.match(name):
        return f"{name}_minor", amount
    if name in HOURS:
        return HOURS[name], minutes_of
    return None, amount


def shown(name: str) -> str:
    """The field a person sees for a draft's field."""
    names = {target: name for name, target in (AMOUNTS | HOURS).items()}
    if name in names:
        return names[name]
    if name.startswith("milestones-"):
        parts = name.split("-")[:3]
        return "-".join(parts).removesuffix("_minor")
    return name


def minutes_of(text: str) -> int:
    """`10`, `7,5`, `7.5`, `7h30`, `7 h 30`, `7:30` as minutes. Raises ValueError."""
    plain = re.sub(r"\s", "", text.lower()).removesuffix("min")
    if match := re.fullmatch(r"(\d{1,3})[h:](\d{1,2})?", plain):
        return int(match[1]) * 60 + int(match[2] or 0)
    if match := re.fullmatch(r"(\d{1,3})(?:[.,](\d{1,2}))?", plain):
        hundredths = int((match[2] or "0").ljust(2, "0"))
        if hundredths * 60 % 100:
            raise ValueError(text)
        return int(match[1]) * 60 + hundredths * 60 // 100
    raise ValueError(text)


def amount_text(minor: int, currency: str, locale: str) -> str:
    """An amount as a person would type it: `28,50` or `28.50`."""
    text = f"{Money(minor, currency).decimal}"
    return text.replace(".", ",") if locale == "fr" else text


def hours_text(minutes: int, locale: str) -> str:
    """Minutes as hours to type: `10`, `7,5`, `7:20`."""
    whole, rest = divmod(minutes, 60)
    if rest % 15:
        return f"{whole}:{rest:02d}"
    text = str(whole) if not rest else f"{minutes / 60:g}"
    return text.replace(".", ",") if locale == "fr" else text


def price_values(contract: Contract, locale: str) -> dict[str, Any]:
    """The stored terms as initial values of the price form."""
    terms: Mapping[str, Any] = contract.terms
    values: dict[str, Any] = {"currency": contract.currency}
    for key, value in terms.items():
        if key in {"rate_minor", "price_minor"}:
            values[key.removesuffix("_minor")] = amount_text(value, contract.currency, locale)
        elif key == "weekly_cap_minutes":
            values["cap_hours"] = hours_text(value, locale)
        elif isinstance(value, bool):
            values[key] = "yes" if value else "no"
        elif key != "milestones":
            values[key] = value
    for index, milestone in enumerate(terms.get("milestones", ())):
        price = amount_text(milestone["price_minor"], contract.currency, locale)
        values |= {
            f"milestones-{index}-title": milestone["title"],
            f"milestones-{index}-price": price,
            f"milestones-{index}-due_on": milestone["due_on"],
            f"milestones-{index}-criteria": "\n".join(milestone["criteria"]),
        }
    return values


def agreed_values(contract: Contract, locale: str) -> dict[str, Any]:
    """All stored fields as initial values of a form."""
    names = (
        "title scope starts_on ends_on time_zone notice_days notice_in trial_days trial_then "
        "review_days language signing_order"
    ).split()
    plain = {name: getattr(contract, name) for name in names}
    plain = {n: v.isoformat() if isinstance(v, date) else v for n, v in plain.items()}
    if contract.trial_minutes:
        plain["trial_minutes"] = hours_text(contract.trial_minutes, locale)
    return (
        plain
        | price_values(contract, locale)
        | schedules.values(contract.personal_data, contract.kpis, locale)
        | {"handles_data": "no" if contract.data_answered and not contract.personal_data else "yes"}
    )


def lock_version(data: FormData) -> int | None:
    """Which state of the contract the form was made from; None when it does not say."""
    seen = str(data.get("lock_version", ""))
    return int(seen) if re.fullmatch("[0-9]{1,9}", seen) else None


def monday_after(day: date) -> date:
    """That day if it is a Monday, else the next one."""
    return day + timedelta(days=-day.weekday() % 7)


ZONES_FIRST = (
    "Europe/Paris", "Europe/Brussels", "Europe/Luxembourg", "Europe/Zurich", "Europe/London",
    "America/Toronto", "Africa/Casablanca", "Indian/Reunion", "America/Martinique",
)  # fmt: skip


@cache
def _zones() -> tuple[tuple[str, str], ...]:
    areas = (
        "Africa/",
        "America/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    )
    return tuple(_pair(zone) for zone in sorted(time_zones()) if zone.startswith(areas))


def _pair(zone: str) -> tuple[str, str]:
    return zone, zone.replace("_", " ")


def choices(contract: Contract) -> dict[str, Any]:
    """What the price and scope forms offer to choose from, and the Monday they propose."""
    today = clock.today(contract.time_zone)
    known = _pair(contract.time_zone)
    first = [_pair(zone) for zone in ZONES_FIRST]
    return {
        "pack_kinds": [(each.value, gettext(name)) for each, name in words.PACK_KINDS.items()],
        "currency_pairs": [(each, each) for each in CURRENCIES],
        "zone_groups": [
            (gettext("Often used"), first if known in first else [known, *first]),
            (gettext("All"), _zones()),
        ],
        "trial_days_max": settings().trial_days_max,
        "trial_hours_max": settings().trial_hours_max,
        "kpi_bounds": schedules.bounds(),
        "notice_place": place_name(documents.clocks_of(contract.assistant).country),
        "review_day": weekday(contract.rhythm.week_review_days, current_locale.get()),
        "monday": monday_after(max(contract.starts_on or today, today)),
    }


def place_name(code: str) -> str:
    """A jurisdiction or a part of one as people call it; its code where it is not known."""
    if code in PARTS:
        return gettext(PARTS[code])
    home = jurisdictions.find(code[:2])
    part = jurisdictions.territory(home, code, clock.today()) if home else None
    found = jurisdictions.find(code) or places.region(code) or part
    return found.name(current_locale.get()) if found else code


def with_row(form: Form) -> Form:
    """The same form with one more empty milestone and no complaints."""
    rows = form.rows("milestones")
    if len(rows) < MILESTONES_MAX:
        field = f"milestones-{max(rows) + 1}-title"
        form.data = FormData([*form.data.multi_items(), (field, "")])
    form.errors = {}
    return form
