"""Owns the filter form: every part of it drawn once and kept, put together anew; finds nobody.

The parts are the macros of `directory/_filters.html`. Of a row only the count changes from search
to search, of a section its rows.
"""

from __future__ import annotations

from functools import cache, lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final

from marketplace.core.i18n import _, format_number, gettext
from marketplace.core.settings import settings
from marketplace.directory.pages import bars, zone
from marketplace.directory.pages.form import BEFORE, DAY_RANGES, LEFT
from marketplace.directory.queries import views, wishes, world
from marketplace.directory.schemas import FacetValue
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.web import kept
from marketplace.web.errors import text_of
from marketplace.web.pieces import filled, hole, text
from marketplace.web.templates import environment
from payments.money import EXPONENTS
from search import notes, rates
from search.parameters import UNION
from search.query import Problem, SearchQuery, canonical
from search.schema import LEVELS, YEARS

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence
    from datetime import date

    from marketplace.directory.queries import Found

TEMPLATE: Final = "directory/_filters.html"
WORK: Final = {"skill": _("Skills"), "speak": _("Working languages"), "tool": _("Tools")}
LAW: Final = {
    "engagement": _("Kind of contract"),
    "country": _("Based in"),
    "region": _("Region"),
    "jurisdiction": _("Law and tax of"),
    "legal_form": _("Legal form"),
    "tax_status": _("Tax status"),
    "charges_vat": _("VAT"),
    "verified": _("Proofs"),
}
ANSWERS: Final = _("Usual time to reply")
HINTS: Final = {
    "skill": _("All the skills you tick"),
    "speak": _("All the languages you tick"),
    "tool": _("All the tools you tick"),
    "answers_within": _("Measured on answers to offers made here; not yet known of everyone"),
}
NAMED: Final = {"speak": "speaks", "answers_within": "answers_in"}
"""What the rows of a section are called by, where their parameter or its words are others."""
SHOWN: Final = {"skill": 8, "speak": 5, "country": 5, "jurisdiction": 5}
"""How many rows of a section are in sight, 6 unless said here; the others stand behind "more"."""
ROWS_MAX: Final = 60
"""Rarer values are found by typing."""
DAY_NAMES: Final = {
    "mon-fri": _("Monday to Friday"),
    "mon-sat": _("Monday to Saturday"),
    "mon-sun": _("Every day"),
    "sat-sun": _("Weekends"),
}
ORDERS: Final = {
    "relevance": _("Best match"),
    "rate": _("Lowest rate"),
    "-rate": _("Highest rate"),
    "newest": _("Newest"),
    "rating": _("Best rated"),
    "response": _("Fastest reply"),
    "distance": _("Nearest"),
}
DISTANCES: Final = (5, 10, 25, 50, 100, 200)
KEPT: Final = ("city", "near", "per_page", "explain", "said")
"""Parameters the form has no field for: carried along as hidden ones (`near` beside its name)."""


def form(
    found: Found,
    locale: str,
    visitor_zone: str,
    local: tuple[str, str] | None,
    problems: Sequence[Problem],
) -> bytes:
    """The whole form; `local` is a town near the visitor with the address of who is near."""
    query = found.query
    window = query.covers[0] if query.covers else None
    days = str(window).partition("@")[0] if window else ""
    simple = not window or (len(query.covers) == 1 and days in DAY_RANGES)
    zone_ = window.zone if window else visitor_zone
    clock = str(window).split("@")[1].replace("24:00", "00:00").split("-") if window else ("", "")
    parts = {
        "hidden": _hidden(query, locale, covers=not simple),
        "switches": _switches(found, locale),
        "price": _price(found, locale, visitor_zone),
        "work": b"".join(_section(found, locale, *one) for one in WORK.items()),
        "hours": filled(
            _drawn(
                locale,
                "hours",
                *((days, *clock), simple, zone_, zone.zones(zone_), _days(locale)),
                query.available_hours,
            ),
            {"zone": text(visitor_zone)},
        ),
        "answers": _section(found, locale, "answers_within", ANSWERS),
        "distance": _distance(query, locale, local, problems),
        "client": _client(query, locale),
        "law": b"".join(_section(found, locale, *one) for one in LAW.items()),
    }
    return filled(_drawn(locale, "filters"), parts)


def orders(query: SearchQuery, locale: str, *, rated: bool) -> bytes:
    """The orders offered: by distance only from somewhere, by rating once somebody has one."""
    there = {"distance": bool(query.near), "rating": rated or query.sort == "rating"}
    offered = tuple((k, text) for k, text in ORDERS.items() if there.get(k, True))
    return _drawn(locale, "orders", query.sort, offered)


def _drawn(locale: str, macro: str, *facts: Hashable) -> bytes:
    return kept.drawn(locale, TEMPLATE, macro, *facts)


def _hidden(query: SearchQuery, locale: str, *, covers: bool) -> bytes:
    several = len(query.can_contract_with) > 1  # an address may name more than the form's one
    names = {*KEPT, *({"covers"} if covers else ()), *({"can_contract_with"} if several else ())}
    pairs = [pair for pair in canonical(query) if pair[0] in names]
    pairs += [(BEFORE, notes.sentence(query)), (LEFT, query.q)]
    return b"".join(_drawn(locale, "hidden", *pair) for pair in pairs)


def _switches(found: Found, locale: str) -> bytes:
    rows = {value: n for value, n, _on in views.tally(found, "payable")}
    payable = found.query.payable if rows or not found.plain else None
    drawn = _drawn(locale, "switches", payable, found.query.available)
    return filled(drawn, {"payable": format_number(rows.get("1", 0), locale).encode()})


def _price(found: Found, locale: str, visitor_zone: str) -> bytes:
    currency, day = found.query.money, rates.as_of()
    slider = bars.slider(found.query)
    told = None if rates.indicative(currency) else day
    drawn = _drawn(locale, "price", slider, currency, currencies(day), told)
    made = [_drawn(locale, "bar", *one) for one in bars.shown(found, slider)]
    return filled(drawn, {"bars": b"".join(made), "zone": text(visitor_zone)})


def _distance(
    query: SearchQuery, locale: str, local: tuple[str, str] | None, problems: Sequence[Problem]
) -> bytes:
    """Near which town; one nobody knows stays in its field, with the reason."""
    bad = next((one for one in problems if one.parameter in ("place", "near")), None)
    named = query.near and "," not in query.near
    town = bad.value if bad else world.town_title(query.near, locale) if named else ""
    why = text_of(bad.message, locale) if bad else ""
    drawn = _drawn(locale, "distance", query.within_km, DISTANCES, local, why, not query.near)
    return filled(drawn, {"place": text(town)})


@lru_cache(maxsize=8)
def currencies(day: date) -> tuple[str, ...]:
    """Those of a day's table that money can be of."""
    del day
    return tuple(code for code in rates.currencies() if code in EXPONENTS)


@cache
def _days(locale: str) -> tuple[tuple[str, str], ...]:
    return tuple((key, gettext(text, locale)) for key, text in DAY_NAMES.items())


def _client(query: SearchQuery, locale: str) -> bytes:
    asked = query.can_contract_with
    if len(asked) > 1:
        return b""
    beside = frozenset(one.partition(":")[0] for one in asked)
    return _drawn(locale, "client", asked[0] if asked else "", _clients(beside, locale))


@lru_cache(maxsize=512)
def _clients(beside: frozenset[str], locale: str) -> tuple[Hashable, ...]:
    """Kinds of client with (token, country) each: whom the visitor contracts as."""
    known = beside.union(jurisdictions.countries()) - {UNION}
    named = sorted((wishes.client_country(code, locale), code) for code in known)
    named.insert(0, (wishes.client_country(UNION, locale), UNION))
    kinds = ((_("A business in"), "business"), (_("A private person in"), "consumer"))
    return tuple(
        (gettext(title, locale), tuple((f"{code}:{kind}", name) for name, code in named))
        for title, kind in kinds
    )


def _section(found: Found, locale: str, name: str, title: str) -> bytes:
    """A list of boxes to tick: in sight the most frequent and every chosen one, chosen first."""
    level = views.level_of(found.query)
    if name == "speak":
        values = views.languages(found, level)
    else:
        values = views.tally(found, name, most=ROWS_MAX)
    if not values:
        return b""
    ticked = sum(1 for _row in takewhile(lambda row: row[2], values))
    first = max(SHOWN.get(name, 6), ticked)
    rest = values[first : max(ROWS_MAX, ticked)]
    facts = (*_texts(name, title, locale), len(rest), *_above(found.query, name, level))
    rows = {"rows": _rows(name, values[:first], locale), "more": _rows(name, rest, locale)}
    return filled(_drawn(locale, "section", name, *facts), rows)


def _above(query: SearchQuery, name: str, level: str) -> tuple[Hashable, ...]:
    """What is chosen above the rows of a section, what of, and whether it has to wait for a row."""
    above = {
        "speak": (level, LEVELS, not query.speaks),
        "skill": (query.years, YEARS, not query.skill),
        "charges_vat": (query.charges_vat is None, (), False),
        "answers_within": (query.answers_within is None, (), False),
    }
    return above.get(name, (None, (), False))


@cache
def _texts(name: str, title: str, locale: str) -> tuple[str, str]:
    return gettext(title, locale), gettext(HINTS[name], locale) if name in HINTS else ""


def _rows(name: str, values: Iterable[views.Row], locale: str) -> bytes:
    """Boxes to tick for the values of a filter, with their counts."""
    if settings().env == "development":  # templates are being edited
        _begun.cache_clear()
    ticked = _begun(name, locale, selected=True, count=1)
    plain, none = (_begun(name, locale, selected=False, count=n) for n in (1, 0))
    ended = _ended(locale)
    made: list[bytes] = []
    for value, n, on in values:
        made += ((ticked if on else plain if n else none)[value], ended[n])
    return b"".join(made)


@cache
def _begun(name: str, locale: str, *, selected: bool, count: int) -> world.Once[str, bytes]:
    """What stands before the count in the row of a value."""
    labels = world.labels(NAMED.get(name, name), locale)

    def draw(value: str) -> bytes:
        row = FacetValue(value=value, label=labels[value], count=count, selected=selected)
        return _row(name, row, locale)[0]

    return world.Once(draw)


@cache
def _ended(locale: str) -> world.Once[int, bytes]:
    """A count with the locale's separators and what stands behind it."""
    row = FacetValue(value="", label="", count=0, selected=False)
    end = _row("", row, locale)[1]
    return world.Once(lambda n: format_number(n, locale).encode() + end)


def _row(name: str, row: FacetValue, locale: str) -> list[bytes]:
    module: Any = environment(locale).get_template("directory/_row.html").module
    count = hole("count")
    begun, _here, end = str(module.row(name, row, count)).partition(count)
    return [begun.encode(), end.encode()]
