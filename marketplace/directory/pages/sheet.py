"""Owns what the search page shows of a search: form values, sections, chips; never finds any."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final

from marketplace.core.i18n import _, format_number, gettext
from marketplace.directory.pages import bars, cards, zone
from marketplace.directory.pages.form import DAY_RANGES
from marketplace.directory.queries import views, wishes, world
from marketplace.directory.queries.finding import Found
from marketplace.jurisdictions import queries as jurisdictions
from payments.money import EXPONENTS
from search import notes, rates, taxonomy
from search.query import UNION, Problem, SearchQuery, canonical, dropped
from search.schema import LEVELS, YEARS

if TYPE_CHECKING:
    from marketplace.web.pieces import Pieces

SUGGESTIONS: Final = ("skill", "tool", "place", "person")
SHOWN: Final = {"skill": 8, "tool": 6, "speaks": 5, "country": 5, "region": 6, "jurisdiction": 5}
ROWS_MAX: Final = 60
PILL_SKILLS: Final = (
    *("virtual-receptionist", "virtual-assistance", "email-triage", "calendar-management"),
    *("invoicing", "bookkeeping", "customer-support", "social-media", "medical-secretary"),
    *("real-estate-admin", "ecommerce-admin", "translation-fr-en", "automation"),
)
DAY_NAMES: Final = {
    "mon-fri": _("Monday to Friday"),
    "mon-sat": _("Monday to Saturday"),
    "mon-sun": _("Every day"),
    "sat-sun": _("Weekends"),
}
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
    "payable": _("Payable through held funds"),
    "explain": _("Reasons of the rank"),
}
KEPT: Final = ("city", "per_page", "explain", "said")
"""Parameters the form has no field for: carried along as hidden ones."""


@dataclass(frozen=True, slots=True)
class Section:
    """A list of boxes to tick. `rows` beyond `shown` stand behind "more"."""

    name: str
    title: str
    rows: list[views.Row]
    shown: int
    hint: str = ""

    @property
    def first(self) -> list[views.Row]:
        """The rows in sight: the most frequent, and every chosen one."""
        return self.rows[: max(self.shown, self._chosen)]

    @property
    def rest(self) -> list[views.Row]:
        """The rows behind "more"; rarer ones are found by typing."""
        return self.rows[max(self.shown, self._chosen) : max(ROWS_MAX, self._chosen)]

    @property
    def _chosen(self) -> int:
        return sum(1 for _row in takewhile(lambda row: row[2], self.rows))  # they stand first


def pills(locale: str) -> list[tuple[str, str, str]]:
    """(code, label, icon) of the specialities offered first; they lead to landing pages."""
    icons = {group.code: group.icon for group in taxonomy.groups()}
    terms = [found for code in PILL_SKILLS if (found := taxonomy.term(code))]
    return [(term.code, term.label(locale), icons[term.group]) for term in terms]


def parameter_name(name: str, locale: str) -> str:
    """What a parameter is called in a sentence."""
    return gettext(PARAMETERS.get(name, name), locale)


def form(
    found: Found, locale: str, visitor_zone: str, pieces: Pieces, problems: Sequence[Problem] = ()
) -> dict[str, Any]:
    """Everything the filter form shows; a town nobody knows stays in its field, with the reason."""
    bad = {one.parameter: one for one in problems}.get("place")
    query = found.query
    window = query.covers[0] if query.covers else None
    days = str(window).partition("@")[0] if window else ""
    simple = not window or (len(query.covers) == 1 and days in DAY_RANGES)
    return {
        "sections": _sections(found, locale),
        "level": views.level_of(query),
        "levels": LEVELS,
        "rate": bars.shown(found),
        "rates_as_of": rates.as_of(),
        "rates_confirmed": rates.confirmed(),
        "currencies": tuple(code for code in rates.currencies() if code in EXPONENTS),
        "place": bad.value if bad else _town(query, locale),
        "place_error": gettext(bad.message, locale) if bad else "",
        "distances": (5, 10, 25, 50, 100, 200),
        "cover_days": [(key, gettext(text, locale)) for key, text in DAY_NAMES.items()],
        "cover": (days, _clock(str(window), 0), _clock(str(window), 1)) if window else ("", "", ""),
        "cover_simple": simple,
        "cover_zone": window.zone if window else visitor_zone,
        "zones": zone.zones(window.zone if window else visitor_zone),
        "client": query.can_contract_with[0] if len(query.can_contract_with) == 1 else "",
        "client_simple": len(query.can_contract_with) <= 1,
        "clients": partial(_clients, query, locale),
        "hidden": _hidden(query, covers=not simple),
        "years": YEARS,
        "switches": _switches(found, locale),
        "count": lambda n: counts(locale)[n].decode(),
        "piece": partial(cards.piece, locale=locale, pieces=pieces),
        "rows": partial(cards.rows, counts=counts(locale), locale=locale, pieces=pieces),
        "label": lambda name, value: world.label(name, value, locale),
    }


def _town(query: SearchQuery, locale: str) -> str:
    named = query.near and "," not in query.near
    return world.city_name(query.near, locale) if named else ""


@cache
def counts(locale: str) -> world.Once[int, bytes]:
    """Counts with the locale's separators: hundreds stand on a page, most of them small."""
    return world.Once(lambda n: format_number(n, locale).encode())


def _clock(window: str, which: int) -> str:
    return window.split("@")[1].split("-")[which] if "@" in window else ""


def _hidden(query: SearchQuery, *, covers: bool) -> list[tuple[str, str]]:
    several = len(query.can_contract_with) > 1  # an address may name more than the form's one
    kept = {*KEPT, *({"covers"} if covers else ()), *({"can_contract_with"} if several else ())}
    own_point = {"near"} if query.near and "," in query.near else set()
    return [pair for pair in canonical(query) if pair[0] in kept | own_point]


def _clients(query: SearchQuery, locale: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Kinds of client with (token, country) each: whom the visitor contracts as."""
    known = {
        *jurisdictions.countries(),
        *(one.partition(":")[0] for one in query.can_contract_with),
    }
    named = sorted((wishes.client_country(code, locale), code) for code in known - {UNION})
    named.insert(0, (wishes.client_country(UNION, locale), UNION))
    kinds = ((_("A business in"), "business"), (_("A private person in"), "consumer"))
    return [
        (gettext(title, locale), [(f"{code}:{kind}", name) for name, code in named])
        for title, kind in kinds
    ]


def _sections(found: Found, locale: str) -> list[Section]:
    def section(name: str, title: str, hint: str = "") -> Section:
        rows = views.tally(found, name, most=ROWS_MAX)
        return Section(name, gettext(title, locale), rows, SHOWN.get(name, 6), hint)

    level = views.level_of(found.query)
    speaks = views.languages(found, level)
    every = gettext(_("All the languages you tick"), locale)
    sections = [
        section("skill", _("Skills"), gettext(_("All the skills you tick"), locale)),
        Section("speak", gettext(_("Working languages"), locale), speaks, SHOWN["speaks"], every),
        section("tool", _("Tools"), gettext(_("All the tools you tick"), locale)),
        section("engagement", _("Kind of contract")),
        section("country", _("Based in")),
        section("region", _("Region")),
        section("jurisdiction", _("Law and tax of")),
        section("legal_form", _("Legal form")),
        section("tax_status", _("Tax status")),
        section("charges_vat", _("VAT")),
        section("verified", _("Proofs")),
    ]
    return [one for one in sections if one.rows]


def _switches(found: Found, locale: str) -> list[tuple[str, bool, str, int | None]]:
    soon = gettext(_("Available within a week"), locale)
    switches: list[tuple[str, bool, str, int | None]] = [
        ("available", found.query.available, soon, None)
    ]
    rows = {value: n for value, n, _on in views.tally(found, "payable")}
    label = gettext(_("Payable through held funds"), locale)
    payable = [("payable", found.query.payable, label, rows.get("1", 0))] if rows else []
    return [*payable, *switches]


def chips(
    query: SearchQuery, locale: str, href: Callable[[SearchQuery], str]
) -> list[tuple[str, str, str]]:
    """(label, address without it, words it came from) for each filter, as in the address."""
    rows = []
    for name, value in query.filters:
        if name == "rate_max" and query.rate_min is not None:
            continue
        changed = dropped(query, name, value)
        label = wishes.label(query, name, value, locale)
        if name == "rate_min":
            label, changed = wishes.price(query, locale), changed.changed(rate_max=None)
        rows.append((label, href(changed), notes.words_of(query, name, value)))
    return rows
