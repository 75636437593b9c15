"""Owns how the value of each parameter of a search is read; never what they mean together."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

from babel import Locale

from search import coverage, notes, rates, taxonomy
from search.coverage import Window
from search.schema import ANSWERS_WITHIN, ENGAGEMENTS, LEVELS, PROOFS, YEARS, Spoken

SORTS: Final = ("relevance", "rate", "-rate", "rating", "response", "distance", "newest")
PER_PAGE: Final = 20
PER_PAGE_MAX: Final = 50
WITHIN_KM: Final = 50
WITHIN_KM_MAX: Final = 500
TEXT_MAX: Final = 1000
VALUES_MAX: Final = 20
RATE_MAX: Final = 100_000_000
HOURS_MAX: Final = 168
_DIGITS: Final = r"[0-9]{1,12}"
LANGUAGE_LETTERS: Final = 3
NO_LANGUAGE: Final = frozenset({"mul", "und", "zxx"})
"""Codes that stand for several languages, an unknown one and none."""
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


Message = str | tuple[str, dict[str, object]]
"""A msgid, with its parameters if it has any."""


class Bad(ValueError):
    """Carries the msgid of a problem, with its parameters."""

    def __init__(self, msgid: str, **params: object) -> None:
        super().__init__(msgid)
        self.message: Message = (msgid, params) if params else msgid


Reader = Callable[[str, Places], object]
"""Reads a value as sent. Raises Bad."""


def text(value: str, _places: Places) -> str:
    """What was typed, in one line."""
    if len(value) > TEXT_MAX:
        raise Bad(_("Please use at most 1,000 characters."))
    return " ".join(value.split())


def _skill(value: str, _places: Places) -> str:
    if not taxonomy.is_skill(value):
        raise Bad(_("We do not know this skill."))
    return value


def _tool(value: str, _places: Places) -> str:
    if not taxonomy.is_tool(value):
        raise Bad(_("We do not know this tool."))
    return value


@cache
def _languages() -> frozenset[str]:
    """The codes ISO 639 gives to languages, as far as Unicode CLDR has a name for them."""
    codes = map(str, Locale("en").languages)
    return frozenset(code for code in codes if len(code) <= LANGUAGE_LETTERS) - NO_LANGUAGE


def _spoken(value: str, _places: Places) -> Spoken:
    code, _colon, level = value.partition(":")
    level = level.upper() or LEVELS[0]
    if level not in LEVELS:
        raise Bad(_("Write a language and a level from A1 to C2, for example fr:C1."))
    if code not in _languages():
        raise Bad(_("We do not know this language."))
    return Spoken(code, level)


def _place(lookup: str, message: str, *, upper: bool = False) -> Callable[[str, Places], str]:
    def read(value: str, places: Places) -> str:
        code = value.upper() if upper else value.lower()
        if len(code) > 80 or not getattr(places, lookup)(code):
            raise Bad(message)
        return code

    return read


def _near(value: str, places: Places) -> str:
    point = coordinates(value)
    if point and abs(point[0]) <= 90 and abs(point[1]) <= 180:
        return value
    if len(value) <= 80 and places.point(value.lower()):
        return value.lower()
    raise Bad(_("We do not know this place."))


def coordinates(text: str) -> Point | None:
    """A "lat,lon" pair in degrees, or None when the text is not one."""
    pair = re.fullmatch(r"(-?\d{1,2}(?:\.\d{1,6})?),(-?\d{1,3}(?:\.\d{1,6})?)", text)
    return (float(pair[1]), float(pair[2])) if pair else None


def flag(value: str, _places: Places) -> bool:
    """0 or 1."""
    if value not in {"0", "1"}:
        raise Bad(_("Write 0 or 1."))
    return value == "1"


def time_zone(value: str, _places: Places) -> str:
    """A name of the tz database."""
    if value not in coverage.time_zones():
        raise Bad(_("We do not know this time zone; write for example Europe/Paris."))
    return value


def one_of(allowed: tuple[str, ...]) -> Callable[[str, Places], str]:
    """The reader of one of a few values."""

    def read(value: str, _places: Places) -> str:
        if value not in allowed:
            raise Bad(_("Write one of these: %(values)s."), values=", ".join(allowed))
        return value

    return read


def _step(allowed: tuple[int, ...]) -> Callable[[str, Places], int]:
    read = one_of(tuple(map(str, allowed)))
    return lambda value, places: int(read(value, places))


def _between(low: int, high: int) -> Callable[[str, Places], int]:
    def read(value: str, _places: Places) -> int:
        if not re.fullmatch(_DIGITS, value) or not low <= int(value) <= high:
            raise Bad(_("Write a whole number from %(low)s to %(high)s."), low=low, high=high)
        return int(value)

    return read


def _rate(value: str, _places: Places) -> int:
    if not re.fullmatch(_DIGITS, value) or int(value) > RATE_MAX:
        unit = _("Write whole minor units up to %(high)s: 2850 stands for 28.50 in euros.")
        raise Bad(unit, high=RATE_MAX)
    return int(value)


def _page(value: str, _places: Places) -> int:
    if not re.fullmatch(_DIGITS, value) or not int(value):
        raise Bad(_("Write a whole number from 1 on."))
    return int(value)


def _client(value: str, places: Places) -> str:
    country, _colon, kind = value.partition(":")
    known = country.upper() == UNION or places.country(country.upper())
    if kind not in {"business", "consumer"} or not known:
        raise Bad(_("Write a country and a kind of client, for example FR:business."))
    return f"{country.upper()}:{kind}"


def _currency(value: str, _places: Places) -> str:
    if not rates.known(value.upper()):
        raise Bad(_("We cannot convert this currency."))
    return value.upper()


def _window(value: str, _places: Places) -> Window:
    found = coverage.parse_window(value)
    if not found:
        raise Bad(_("Write days, hours and a time zone: mon-fri@08:00-18:00@Europe/Paris."))
    return found


def _said(value: str, _places: Places) -> str:
    name, _value, words = notes.parts(value)
    if (
        (name not in notes.IN_TEXT and name not in READERS)
        or not words
        or len(value) > 2 * TEXT_MAX
    ):
        raise Bad(_("Write a parameter, its value and the words it came from."))
    return value


READERS: Final[dict[str, Reader]] = {
    "q": text,
    "skill": _skill,
    "years": _step(YEARS),
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
    "charges_vat": flag,
    "can_contract_with": _client,
    "engagement": one_of(ENGAGEMENTS),
    "rate_min": _rate,
    "rate_max": _rate,
    "currency": _currency,
    "covers": _window,
    "available_hours": _between(1, HOURS_MAX),
    "available": flag,
    "answers_within": _step(ANSWERS_WITHIN),
    "verified": one_of(PROOFS),
    "payable": flag,
    "sort": one_of(SORTS),
    "page": _page,
    "per_page": _between(1, PER_PAGE_MAX),
    "facets": flag,
    "towns": flag,
    "explain": flag,
    "said": _said,
}
MANY: Final = frozenset(
    "skill tool speaks country region city jurisdiction legal_form tax_status can_contract_with"
    " engagement covers verified said".split()
)
PARAMETERS: Final = tuple(READERS)
