"""Owns what the search page says of a search: chips, specialities, names; never finds any."""

from __future__ import annotations

from functools import cache
from typing import Final

from marketplace.core.i18n import _, gettext
from marketplace.directory.pages import filters
from marketplace.directory.pages.addresses import address
from marketplace.directory.queries import wishes
from search import notes, taxonomy
from search.query import SearchQuery, dropped

PILL_SKILLS: Final = (
    *("virtual-receptionist", "virtual-assistance", "email-triage", "calendar-management"),
    *("invoicing", "bookkeeping", "customer-support", "social-media", "medical-secretary"),
    *("real-estate-admin", "ecommerce-admin", "translation-fr-en", "automation"),
)
PARAMETERS: Final = {
    **filters.WORK,
    **filters.LAW,
    "q": _("What you look for"),
    "speaks": filters.WORK["speak"],
    "years": _("Years of practice"),
    **dict.fromkeys(("place", "near", "city"), _("Town")),
    "within_km": _("Distance"),
    **dict.fromkeys(("rate_from", "rate_to", "rate_min", "rate_max"), _("Hourly rate")),
    "currency": _("Currency"),
    "covers": _("Hours covered"),
    "available_hours": _("Hours a week, at least"),
    "available": _("Availability"),
    "answers_within": filters.ANSWERS,
    "can_contract_with": _("Can contract with"),
    "payable": _("Payable through held funds"),
    "sort": _("Sort by"),
    "page": _("Page"),
    "per_page": _("Profiles a page"),
    "facets": _("Number of profiles"),
    "towns": _("Number of profiles"),
    "explain": _("Reasons of the rank"),
    "said": _("Words understood"),
}
"""What each parameter and field is called, as in the form."""


@cache
def pills(locale: str) -> tuple[tuple[str, str, str], ...]:
    """(code, label, icon) of the specialities offered first; they lead to landing pages."""
    icons = {group.code: group.icon for group in taxonomy.groups()}
    terms = [found for code in PILL_SKILLS if (found := taxonomy.term(code))]
    return tuple((term.code, term.label(locale), icons[term.group]) for term in terms)


def parameter_name(name: str, locale: str) -> str:
    """What a parameter is called in a sentence."""
    return gettext(PARAMETERS.get(name, name), locale)


def named(name: str, value: str, locale: str) -> tuple[str, str]:
    """What a parameter and its value are called; a value nobody knows stays as it was sent."""
    orders = filters.ORDERS if name == "sort" else {}
    return parameter_name(name, locale), gettext(orders.get(value, value), locale)


def chips(query: SearchQuery, locale: str) -> list[tuple[str, str, str]]:
    """(label, address without it, words it came from) for each filter, as in the address."""
    rows = []
    for name, value, label in wishes.told(query, locale):
        changed = dropped(query, name, value)
        if name == "rate_min":
            changed = changed.changed(rate_max=None)
        rows.append((label, address(locale, changed), notes.words_of(query, name, value)))
    return rows
