"""Owns a search's filters as the index's filter expression, a part for each; never the query.

What may be one of several values is an OR, what says ALL an AND (search.query).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from search import coverage, rates

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from search.query import SearchQuery

Parts = dict[str, str]
"""Facet or parameter -> its part of the filter; parts are joined by AND."""

FIELDS: Final = {  # facet -> indexed field, in the order they are shown
    "skill": "skills",
    "tool": "tools",
    "speaks": "lang_min",
    "country": "country",
    "region": "region",
    "city": "city",
    "jurisdiction": "jurisdiction",
    "legal_form": "legal_form",
    "tax_status": "tax_status",
    "charges_vat": "charges_vat",
    "engagement": "engagement",
    "answers_within": "answers_within",
    "verified": "verified",
    "payable": "payable",
    "rate": "rate_bin",
}
OR_FACETS: Final = (
    "country",
    "region",
    "city",
    "jurisdiction",
    "legal_form",
    "tax_status",
    "charges_vat",
    "engagement",
    "answers_within",
    "rate",
)
_ONE: Final = frozenset({"charges_vat", "answers_within", "rate"})
PLAIN: Final = tuple(name for name in OR_FACETS if name not in _ONE)
"""Facets of which any chosen value will do, written in the filter as they are."""
SOON_DAYS: Final = 7
"""Available means: free to begin within so many days."""


def quoted(value: str) -> str:
    """A value inside a filter."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def within(name: str, values: Sequence[str]) -> str:
    """One of some values, of a field."""
    return f"{name} IN [{', '.join(quoted(value) for value in values)}]"


def _skilled(code: str, years: int | None) -> str:
    return f"skill_years = {quoted(f'{code}:{years}')}" if years else f"skills = {quoted(code)}"


def filters(query: SearchQuery, today: date) -> Parts:
    """What the query's parameters ask of everybody found."""
    parts: Parts = {
        "skill": " AND ".join(_skilled(code, query.years) for code in query.skill),
        "tool": " AND ".join(f"tools = {quoted(code)}" for code in query.tool),
        "speaks": " AND ".join(f"lang_min = {quoted(f'{s.code}:{s.level}')}" for s in query.speaks),
        "verified": " AND ".join(f"verified = {quoted(proof)}" for proof in query.verified),
    }
    for name in PLAIN:
        if values := getattr(query, name):
            parts[name] = within(FIELDS[name], values)
    if query.can_contract_with:
        parts["can_contract_with"] = within("can_contract_with", query.can_contract_with)
    if query.charges_vat is not None:
        parts["charges_vat"] = f"charges_vat = {str(query.charges_vat).lower()}"
    if query.payable:
        parts["payable"] = "payable = true"
    if query.available:
        parts["available"] = f"available_on <= {today.toordinal() + SOON_DAYS}"
    if query.answers_within:
        parts["answers_within"] = f"answers_within = {query.answers_within}"
    if query.available_hours:
        parts["available_hours"] = f"hours_week >= {query.available_hours}"
    parts["rate"] = _rate(query)
    parts["covers"] = _covers(query, today)
    if query.near_point:
        parts["near"] = within("city", [town for town, _km in query.near_towns])
    return {name: part for name, part in parts.items() if part}


def _rate(query: SearchQuery) -> str:
    bounds = []
    if query.rate_min is not None:
        low = rates.convert(query.rate_min, query.money, "EUR")
        bounds.append(f"rate_eur_minor >= {low}")
    if query.rate_max is not None:
        high = rates.convert(query.rate_max, query.money, "EUR")
        bounds.append(f"rate_eur_minor <= {high}")
    return " AND ".join(bounds)


def _covers(query: SearchQuery, today: date) -> str:
    if not query.covers:
        return ""
    clashing = coverage.clashing(query.covers, coverage.reference_week(today))
    return f"busy NOT IN [{', '.join(map(str, clashing))}]"


def joined(parts: dict[str, str], *, without: str = "", extra: str = "") -> str:
    """One filter expression from its parts."""
    chosen = [f"({part})" for name, part in parts.items() if name != without]
    return " AND ".join([*chosen, *([extra] if extra else [])])


def only(ids: Sequence[str]) -> str:
    """A filter for these documents."""
    return within("id", ids) if ids else 'id = ""'
