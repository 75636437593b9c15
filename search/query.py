"""Owns what may be asked and its one written form; never asks it.

`parse` reads the parameters of the HTTP contract, `canonical` writes them back in one order with
defaults left out: two addresses that mean the same search become the same address.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from search import coverage, notes, rates, taxonomy
from search.coverage import Window
from search.index_settings import MAX_HITS, SHOWN_IN
from search.schema import ENGAGEMENTS, LEVELS, PROOFS, YEARS, Spoken

SORTS: Final = ("relevance", "rate", "-rate", "rating", "response", "distance", "newest")
PER_PAGE: Final = 20
PER_PAGE_MAX: Final = 50
WITHIN_KM: Final = 50
WITHIN_KM_MAX: Final = 500
TEXT_MAX: Final = 200
VALUES_MAX: Final = 20
RATE_MAX: Final = 100_000_000
HOURS_MAX: Final = 168
PAGE_MAX: Final = 1000
UNION: Final = "EU"
"""Stands for every country of the European Union where a client may live."""

Point = tuple[float, float]
Towns = tuple[tuple[str, float], ...]
"""Slugs of towns with how far away they are in kilometres, the nearest first."""


def _(msgid: str) -> str:  # marks a msgid for the catalogue
    return msgid


@dataclass(frozen=True, slots=True)
class Places:
    """What the caller knows of the world: lookups that say whether a code exists."""

    point: Callable[[str], Point | None]
    around: Callable[[Point, int], Towns]
    country: Callable[[str], bool]
    region: Callable[[str], bool]
    jurisdiction: Callable[[str], bool]
    legal_form: Callable[[str], bool]
    tax_status: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Problem:
    """A parameter that could not be understood. `message` is a msgid; `value` what was sent."""

    parameter: str
    value: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """A search as understood. Rates in minor units of `currency` per hour."""

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
    currency: str = "EUR"
    covers: tuple[Window, ...] = ()
    available_hours: int | None = None
    available: bool = False
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
    pairs: list[tuple[str, str]] = field(
        default_factory=list, init=False, repr=False, compare=False
    )
    """What `canonical` wrote, once it was asked."""

    def changed(self, **changes: object) -> SearchQuery:
        """The same search with changes, back on page 1 unless a page is given."""
        return replace(self, **{"page": 1, **changes})  # type: ignore[arg-type]

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


class _Bad(ValueError):
    """Carries the msgid of a problem."""


def parse(params: Iterable[tuple[str, str]], places: Places) -> tuple[SearchQuery, list[Problem]]:
    """The search that was asked for, and every parameter that had to be left out of it."""
    gathered: dict[str, list[str]] = {}
    problems: list[Problem] = []
    for name, value in params:
        if name in _PARAMETERS:
            gathered.setdefault(name, []).append(value.strip())
        elif value.strip():
            problems.append(Problem(name, value[:80], _("This parameter does not exist.")))
    found: dict[str, object] = {}
    for name, values in gathered.items():
        given = [value for value in dict.fromkeys(values) if value]
        good, bad = _read(name, given, places)
        problems += bad
        if good:
            found[name] = tuple(sorted(good, key=str)) if name in MANY else good[-1]
    query = _consistent(found, places, problems)
    return query, problems


def _read(name: str, values: list[str], places: Places) -> tuple[list[object], list[Problem]]:
    reader = _PARAMETERS[name]
    good: list[object] = []
    problems: list[Problem] = []
    for value in values[:VALUES_MAX]:
        try:
            good.append(reader(value, places))
        except _Bad as bad:
            problems.append(Problem(name, value[:80], str(bad)))
    if name not in MANY and len(values) > 1:
        problems.append(Problem(name, values[0][:80], _("Give this parameter once.")))
    if len(values) > VALUES_MAX:
        problems.append(Problem(name, values[VALUES_MAX][:80], _("Too many values.")))
    return good, problems


def _consistent(found: dict[str, object], places: Places, problems: list[Problem]) -> SearchQuery:
    if near := found.get("near"):
        point = found["near_point"] = coordinates(str(near)) or places.point(str(near))
        if point:
            within_km = int(str(found.get("within_km", WITHIN_KM)))
            found["near_towns"] = places.around(point, within_km)
    query = SearchQuery(**found)  # type: ignore[arg-type]
    low, high = query.rate_min, query.rate_max
    if low is not None and high is not None and low > high:
        query = replace(query, rate_min=high, rate_max=low)
    if "within_km" in found and not query.near:
        problems.append(
            Problem("within_km", str(query.within_km), _("Say near which place as well."))
        )
        query = replace(query, within_km=WITHIN_KM)
    if query.years and not query.skill:
        problems.append(Problem("years", str(query.years), _("Say for which skill as well.")))
        query = replace(query, years=None)
    query = _noted(query)
    if (query.page - 1) * query.per_page >= MAX_HITS:
        narrow = _("Only the first 1,000 can be shown: please narrow the search.")
        problems.append(Problem("page", str(query.page), narrow))
        query = replace(query, page=1)
    if query.sort == "distance" and not query.near:
        problems.append(Problem("sort", "distance", _("Say near which place as well.")))
        query = replace(query, sort="relevance")
    return query


def _text(value: str, _places: Places) -> str:
    if len(value) > TEXT_MAX:
        raise _Bad(_("Please use at most 200 characters."))
    return " ".join(value.split())


def _skill(value: str, _places: Places) -> str:
    if not taxonomy.is_skill(value):
        raise _Bad(_("We do not know this skill."))
    return value


def _years(value: str, _places: Places) -> int:
    if value not in map(str, YEARS):
        raise _Bad(_("This value is not one of the possible ones."))
    return int(value)


def _tool(value: str, _places: Places) -> str:
    if not taxonomy.is_tool(value):
        raise _Bad(_("We do not know this tool."))
    return value


def _spoken(value: str, _places: Places) -> Spoken:
    code, _colon, level = value.partition(":")
    level = level.upper() or LEVELS[0]
    if not re.fullmatch(r"[a-z]{2,3}", code) or level not in LEVELS:
        raise _Bad(_("Write a language and a level from A1 to C2, for example fr:C1."))
    return Spoken(code, level)


def _place(lookup: str, message: str, *, upper: bool = False) -> Callable[[str, Places], str]:
    def read(value: str, places: Places) -> str:
        code = value.upper() if upper else value.lower()
        if len(code) > 80 or not getattr(places, lookup)(code):
            raise _Bad(message)
        return code

    return read


def _near(value: str, places: Places) -> str:
    point = coordinates(value)
    if point and abs(point[0]) <= 90 and abs(point[1]) <= 180:
        return value
    if len(value) <= 80 and places.point(value.lower()):
        return value.lower()
    raise _Bad(_("We do not know this place."))


def coordinates(text: str) -> Point | None:
    """A "lat,lon" pair in degrees, or None when the text is not one."""
    pair = re.fullmatch(r"(-?\d{1,2}(?:\.\d{1,6})?),(-?\d{1,3}(?:\.\d{1,6})?)", text)
    return (float(pair[1]), float(pair[2])) if pair else None


def _flag(value: str, _places: Places) -> bool:
    if value not in {"0", "1"}:
        raise _Bad(_("Write 0 or 1."))
    return value == "1"


def _one_of(allowed: tuple[str, ...]) -> Callable[[str, Places], str]:
    def read(value: str, _places: Places) -> str:
        if value not in allowed:
            raise _Bad(_("This value is not one of the possible ones."))
        return value

    return read


def _between(low: int, high: int) -> Callable[[str, Places], int]:
    def read(value: str, _places: Places) -> int:
        if not re.fullmatch(r"\d{1,9}", value) or not low <= int(value) <= high:
            raise _Bad(_("This number is out of range."))
        return int(value)

    return read


def _client(value: str, places: Places) -> str:
    country, _colon, kind = value.partition(":")
    known = country.upper() == UNION or places.country(country.upper())
    if kind not in {"business", "consumer"} or not known:
        raise _Bad(_("Write a country and a kind of client, for example FR:business."))
    return f"{country.upper()}:{kind}"


def _currency(value: str, _places: Places) -> str:
    if not rates.known(value.upper()):
        raise _Bad(_("We cannot convert this currency."))
    return value.upper()


def _window(value: str, _places: Places) -> Window:
    found = coverage.parse_window(value)
    if not found:
        raise _Bad(_("Write days, hours and a time zone: mon-fri@08:00-18:00@Europe/Paris."))
    return found


def _said(value: str, _places: Places) -> str:
    name, _value, words = notes.parts(value)
    if (
        (name != notes.AS_TEXT and name not in _PARAMETERS)
        or not words
        or len(value) > 2 * TEXT_MAX
    ):
        raise _Bad(_("Write a parameter, its value and the words it came from."))
    return value


_PARAMETERS: Final[dict[str, Callable[[str, Places], object]]] = {
    "q": _text,
    "skill": _skill,
    "years": _years,
    "tool": _tool,
    "speaks": _spoken,
    "country": _place("country", _("We do not know this country."), upper=True),
    "region": _place("region", _("We do not know this region."), upper=True),
    "city": _place("point", _("We do not know this town.")),
    "near": _near,
    "within_km": _between(1, WITHIN_KM_MAX),
    "jurisdiction": _place("jurisdiction", _("We do not know this jurisdiction."), upper=True),
    "legal_form": _place("legal_form", _("We do not know this legal form.")),
    "tax_status": _place("tax_status", _("We do not know this tax status.")),
    "charges_vat": _flag,
    "can_contract_with": _client,
    "engagement": _one_of(ENGAGEMENTS),
    "rate_min": _between(0, RATE_MAX),
    "rate_max": _between(0, RATE_MAX),
    "currency": _currency,
    "covers": _window,
    "available_hours": _between(1, HOURS_MAX),
    "available": _flag,
    "verified": _one_of(PROOFS),
    "payable": _flag,
    "sort": _one_of(SORTS),
    "page": _between(1, PAGE_MAX),
    "per_page": _between(1, PER_PAGE_MAX),
    "facets": _flag,
    "towns": _flag,
    "explain": _flag,
    "said": _said,
}
MANY: Final = frozenset(
    "skill tool speaks country region city jurisdiction legal_form tax_status can_contract_with"
    " engagement covers verified said".split()
)
PARAMETERS: Final = tuple(_PARAMETERS)
_DEFAULT: Final = SearchQuery()
_DEFAULTS: Final = [(name, getattr(_DEFAULT, name)) for name in _PARAMETERS]


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
    """The same search without one of its filters: words it came from are text again.

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
