"""Owns what may be asked and its one written form; never asks it.

`parse` reads the parameters of the HTTP contract, `canonical` writes them back in one order with
defaults left out: two addresses that mean the same search become the same address.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from search import notes
from search.coverage import Window
from search.index_settings import MAX_HITS, SHOWN_IN
from search.parameters import (
    MANY,
    PER_PAGE,
    READERS,
    TEXT_MAX,
    VALUES_MAX,
    WITHIN_KM,
    Bad,
    Message,
    Places,
    Point,
    Reader,
    Towns,
    _,
    coordinates,
)
from search.schema import Spoken

EURO: Final = "EUR"
"""The money of a bound that names none: an address means the same to everybody."""
WITH_PLACE: Final = _("Say near which place as well.")
WITH_SKILL: Final = _("Say for which skill as well.")


@dataclass(frozen=True, slots=True)
class Problem:
    """A parameter that could not be understood; `value` is what was sent."""

    parameter: str
    value: str
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """A search as understood. Rates in minor units of `money` per hour, answers in minutes."""

    q: str = ""
    skill: tuple[str, ...] = ()
    years: int | None = None
    tool: tuple[str, ...] = ()
    speaks: tuple[Spoken, ...] = ()
    country: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    city: tuple[str, ...] = ()
    near: str = ""
    near_point: Point | None = None
    near_towns: Towns = field(default=(), repr=False, compare=False)
    within_km: int = WITHIN_KM
    jurisdiction: tuple[str, ...] = ()
    legal_form: tuple[str, ...] = ()
    tax_status: tuple[str, ...] = ()
    charges_vat: bool | None = None
    can_contract_with: tuple[str, ...] = ()
    engagement: tuple[str, ...] = ()
    rate_min: int | None = None
    rate_max: int | None = None
    currency: str = ""
    covers: tuple[Window, ...] = ()
    available_hours: int | None = None
    available: bool = False
    answers_within: int | None = None
    verified: tuple[str, ...] = ()
    payable: bool = False
    sort: str = "relevance"
    page: int = 1
    per_page: int = PER_PAGE
    facets: bool = True
    towns: bool = False
    explain: bool = False
    said: tuple[str, ...] = ()
    locale: str = SHOWN_IN[0]
    """The language hits are shown in: of the answer, no parameter of the search."""
    home: str = EURO
    """The visitor's own money, in which rates are told where the search names none: likewise."""
    pairs: list[tuple[str, str]] = field(
        default_factory=list, init=False, repr=False, compare=False
    )
    """What `canonical` wrote, once it was asked."""

    def changed(self, **changes: object) -> SearchQuery:
        """The same search with changes, back on page 1 unless a page is given."""
        return replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]

    @property
    def money(self) -> str:
        """The currency of the bounds of a rate, in which every rate is told."""
        bounded = self.rate_min is not None or self.rate_max is not None
        return self.currency or (EURO if bounded else self.home)

    @property
    def wish(self) -> str:
        """The text without what no filter can say ("pas à Paris"): what is searched for."""
        return notes.wish(self.q, self.said) if self.said else self.q

    @property
    def filters(self) -> list[tuple[str, str]]:
        """The canonical pairs that narrow the result: what chips stand for."""
        kept = {
            "sort",
            "page",
            "per_page",
            "facets",
            "towns",
            "explain",
            "currency",
            "within_km",
            "said",
        }
        return [(name, value) for name, value in canonical(self) if name not in kept]


def parse(params: Iterable[tuple[str, str]], places: Places) -> tuple[SearchQuery, list[Problem]]:
    """The search that was asked for, and every parameter that had to be left out of it."""
    found, problems = read(params, READERS, places)
    query = _consistent(found, places, problems)
    return query, problems


def read(
    params: Iterable[tuple[str, str]], readers: Mapping[str, Reader], places: Places
) -> tuple[dict[str, Any], list[Problem]]:
    """The values of parameters, several of MANY, and whatever none of the readers can read."""
    gathered: dict[str, list[str]] = {}
    problems: list[Problem] = []
    for name, value in params:
        if name in readers:
            gathered.setdefault(name, []).append(value.strip())
        elif value.strip():
            problems.append(Problem(name, value[:80], _("This parameter does not exist.")))
    found: dict[str, Any] = {}
    for name, values in gathered.items():
        given = [value for value in dict.fromkeys(values) if value]
        good, bad = _read(name, given, readers[name], places)
        problems += bad
        if good:
            # Of two spellings, "FR" and "fr", one value is left.
            found[name] = tuple(sorted({*good}, key=str)) if name in MANY else good[-1]
    return found, problems


def _read(
    name: str, values: list[str], reader: Reader, places: Places
) -> tuple[list[object], list[Problem]]:
    good: list[object] = []
    problems: list[Problem] = []
    for value in values[:VALUES_MAX]:
        try:
            good.append(reader(value, places))
        except Bad as bad:
            problems.append(Problem(name, value[:80], bad.message))
    if name not in MANY and len(values) > 1:
        problems.append(Problem(name, values[0][:80], _("Give this parameter once.")))
    if len(values) > VALUES_MAX:
        problems.append(Problem(name, values[VALUES_MAX][:80], _("Too many values.")))
    return good, problems


def _consistent(found: dict[str, Any], places: Places, problems: list[Problem]) -> SearchQuery:
    if near := found.get("near"):
        point = found["near_point"] = coordinates(near) or places.point(near)
        if point:
            found["near_towns"] = places.around(point, found.get("within_km", WITHIN_KM))
    query = SearchQuery(**found)
    low, high = query.rate_min, query.rate_max
    if low is not None and high is not None and low > high:
        query = replace(query, rate_min=high, rate_max=low)
    if query.currency == EURO:
        query = replace(query, currency="")
    if "within_km" in found and not query.near:
        problems.append(Problem("within_km", str(query.within_km), WITH_PLACE))
        query = replace(query, within_km=WITHIN_KM)
    if query.years and not query.skill:
        problems.append(Problem("years", str(query.years), WITH_SKILL))
        query = replace(query, years=None)
    query = _noted(query)
    if (query.page - 1) * query.per_page >= MAX_HITS:
        narrow = _("Only the first 1,000 can be shown: please narrow the search.")
        problems.append(Problem("page", str(query.page), narrow))
        query = replace(query, page=1)
    if query.sort == "distance" and not query.near:
        problems.append(Problem("sort", "distance", WITH_PLACE))
        query = replace(query, sort="relevance")
    return query


_DEFAULT: Final = SearchQuery()
_DEFAULTS: Final = [(name, getattr(_DEFAULT, name)) for name in READERS]


def canonical(query: SearchQuery) -> list[tuple[str, str]]:
    """The parameters of a search in their one order, defaults left out; not to be changed."""
    if not query.pairs:
        query.pairs.extend(_pairs(query))
    return query.pairs


def _pairs(query: SearchQuery) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for name, default in _DEFAULTS:
        value = getattr(query, name)
        if value is default or value == default:
            continue
        values = sorted(value, key=str) if isinstance(value, tuple) else [value]
        pairs += [(name, _written(one)) for one in values]
    return pairs


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, Spoken):
        return f"{value.code}:{value.level}"
    return str(value)


def dropped(query: SearchQuery, name: str, value: str) -> SearchQuery:
    """The same search without one of its filters: words it came from are text again (notes).

    A place takes its distance along, a price bound the other one said in the same words.
    """
    words = notes.words_of(query, name, value)
    changed = _without(query, name, value)
    other = {"rate_min": "rate_max", "rate_max": "rate_min"}.get(name)
    if words and other and notes.words_of(query, other, "") == words:
        changed = _without(changed, other, "")
    return _noted(changed)


def _noted(query: SearchQuery) -> SearchQuery:
    if not query.said:
        return query
    bounded = query.rate_min is not None or query.rate_max is not None
    if query.currency and not bounded and notes.words_of(query, "currency", query.currency):
        query = replace(query, currency="")  # it was said of a bound and goes with the last one
    given = frozenset(pair for pair in canonical(query) if pair[0] != "said")
    return notes.settled(query, given, TEXT_MAX)


def _without(query: SearchQuery, name: str, value: str) -> SearchQuery:
    if name == "near":
        sort = "relevance" if query.sort == "distance" else query.sort
        nowhere = {"near": "", "near_point": None, "near_towns": ()}
        return query.changed(**nowhere, within_km=WITHIN_KM, sort=sort)
    if name == "skill" and query.skill == (value,):
        return query.changed(skill=(), years=None)
    if name in MANY:
        kept = tuple(one for one in getattr(query, name) if _written(one) != value)
        return query.changed(**{name: kept})
    return query.changed(**{name: getattr(_DEFAULT, name)})
