"""Owns what the search page says of a search: chips, specialities, names; never finds any."""

from __future__ import annotations

from functools import cache
from typing import Final

from marketplace.core.i18n import _, gettext
from marketplace.directory.pages.addresses import address
from marketplace.directory.queries import wishes
from search import notes, taxonomy
from search.query import SearchQuery, dropped

SUGGESTIONS: Final = ("skill", "tool", "place", "person")
PILL_SKILLS: Final = (
    *("virtual-receptionist", "virtual-assistance", "email-triage", "calendar-management"),
    *("invoicing", "bookkeeping", "customer-support", "social-media", "medical-secretary"),
    *("real-estate-admin", "ecommerce-admin", "translation-fr-en", "automation"),
)
PARAMETERS: Final = {
    "q": _("What you look for"),
    "place": _("Town"),
    "rate_from": _("Hourly rate"),
    "rate_to": _("Hourly rate"),
    "available_hours": _("Hours a week, at least"),
    "covers": _("Hours covered"),
    "near": _("Distance"),
    "jurisdiction": _("Jurisdiction"),
    "legal_form": _("Legal form"),
    "tax_status": _("Tax status"),
    "charges_vat": _("VAT"),
    "can_contract_with": _("Can contract with"),
    "verified": _("Proofs"),
    "years": _("Years of practice"),
    "available": _("Availability"),
    "answers_within": _("Usual time to reply"),
    "payable": _("Payable through held funds"),
    "explain": _("Reasons of the rank"),
}


@cache
def pills(locale: str) -> tuple[tuple[str, str, str], ...]:
    """(code, label, icon) of the specialities offered first; they lead to landing pages."""
    icons = {group.code: group.icon for group in taxonomy.groups()}
    terms = [found for code in PILL_SKILLS if (found := taxonomy.term(code))]
    return tuple((term.code, term.label(locale), icons[term.group]) for term in terms)


def parameter_name(name: str, locale: str) -> str:
    """What a parameter is called in a sentence."""
    return gettext(PARAMETERS.get(name, name), locale)


def chips(query: SearchQuery, locale: str) -> list[tuple[str, str, str]]:
    """(label, address without it, words it came from) for each filter, as in the address."""
    rows = []
    for name, value in query.filters:
        if name == "rate_max" and query.rate_min is not None:
            continue
        changed = dropped(query, name, value)
        label = wishes.label(query, name, value, locale)
        if name == "rate_min":
            label, changed = wishes.price(query, locale), changed.changed(rate_max=None)
        rows.append((label, address(locale, changed), notes.words_of(query, name, value)))
    return rows
