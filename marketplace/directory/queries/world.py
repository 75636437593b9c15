"""Owns the look-ups and names a search needs of the world; never the world's data."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Final, TypeVar

from babel import Locale

from marketplace.core.i18n import _, gettext
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.places import queries as places
from search import taxonomy
from search.geo import box, distance_km
from search.parameters import Places, Point, Towns

ZONE: Final = "Europe/Paris"
"""Where hours are meant that nobody says the zone of."""
ONCE_MAX: Final = 50_000

K = TypeVar("K")
V = TypeVar("V")

ENGAGEMENT_LABELS: Final = {
    "hourly": _("By the hour"),
    "flat_fee": _("Flat fee"),
    "project": _("By project"),
}
FORM_LABELS: Final = {
    "sole_trader": _("Sole trader (micro-business included)"),
    "company": _("Company"),
    "partnership": _("Partnership"),
    "umbrella": _("Umbrella company (portage salarial)"),
    "association": _("Association"),
}
ANSWERS_LABELS: Final = {
    "60": _("Usually answers within an hour"),
    "240": _("Usually answers within 4 hours"),
    "1440": _("Usually answers within a day"),
    "4320": _("Usually answers within 3 days"),
}
ANSWERS_IN_LABELS: Final = {
    "60": _("Within an hour"),
    "240": _("Within 4 hours"),
    "1440": _("Within a day"),
    "4320": _("Within 3 days"),
}
"""The same below the words "usual time to reply"."""
STATUS_LABELS: Final = {
    "unregistered": _("Not registered for VAT"),
    "registered": _("Registered for GST"),
    "auto_entrepreneur": _("Auto-entrepreneur (Morocco, Tunisia)"),
}
"""Tax statuses that each country words by its own limits; the others are one country's."""
PROOF_LABELS: Final = {
    "identity": _("Verified identity"),
    "business": _("Verified business"),
    "vat": _("Verified VAT number"),
    "insurance": _("Verified insurance"),
    "references": _("Confirmed references"),
}


def _point(slug: str) -> tuple[float, float] | None:
    found = places.city(slug)
    return (found.lat, found.lng) if found else None


@lru_cache(maxsize=256)
def _around(point: Point, within_km: int) -> Towns:
    south, north, ranges = box(point, within_km)
    away = (
        (town.slug, distance_km(point, (town.lat, town.lng)))
        for town in places.cities_between(south, north)
        if any(west <= town.lng <= east for west, east in ranges)
    )
    return tuple(sorted((one for one in away if one[1] <= within_km), key=lambda one: one[1]))


@cache
def _countries() -> frozenset[str]:
    return frozenset(country.code for country in places.countries())


@cache
def _tax_statuses() -> dict[str, jurisdictions.TaxStatus]:
    return {
        status.code: status
        for jurisdiction in reversed(jurisdictions.all())
        for status in jurisdiction.tax_statuses
    }


PLACES: Final = Places(
    point=_point,
    around=_around,
    country=lambda code: code in _countries(),
    region=lambda code: places.region(code) is not None,
    jurisdiction=lambda code: jurisdictions.find(code) is not None,
    legal_form=lambda code: code in FORM_LABELS,
    tax_status=lambda code: code in _tax_statuses(),
)


@cache
def language_name(code: str, locale: str) -> str:
    """A language's name, from Unicode CLDR, with a capital as in a list."""
    name = str(Locale(locale).languages.get(code, code))
    return name[:1].upper() + name[1:]


def city_name(slug: str, locale: str) -> str:
    """A town's name; the slug itself when it is unknown."""
    found = places.city(slug)
    return found.name(locale) if found else slug


def town_title(slug: str, locale: str) -> str:
    """A town's name with what tells it from others of that name; the slug itself when unknown."""
    found = places.city(slug)
    return places.title(found, locale) if found else slug


def region_name(code: str, locale: str) -> str:
    """A region's name; the code itself when it is unknown."""
    found = places.region(code)
    return found.name(locale) if found else code


def jurisdiction_name(code: str, locale: str) -> str:
    """A jurisdiction's name; the code itself when it is unknown."""
    found = jurisdictions.find(code)
    return found.name(locale) if found else code


def tax_status_name(code: str, locale: str, jurisdiction: str = "") -> str:
    """A tax status's name, as its own jurisdiction calls it where that is known."""
    place = jurisdictions.find(jurisdiction) if jurisdiction else None
    own = place.tax_status(code) if place else None
    if own is None and code in STATUS_LABELS:
        return gettext(STATUS_LABELS[code], locale)
    found = own or _tax_statuses().get(code)
    return found.label(locale) if found else code


def _spoken(token: str, locale: str) -> str:
    code, _colon, level = token.partition(":")
    return f"{language_name(code, locale)} {level}".strip()


def _vat(value: str, locale: str) -> str:
    charged = value in {"true", "1"}
    return gettext(_("Charges VAT") if charged else _("Charges no VAT"), locale)


_NAMES: Final[dict[str, Callable[[str, str], str]]] = {
    "skill": taxonomy.label,
    "tool": taxonomy.label,
    "speaks": _spoken,
    "country": places.country_name,
    "region": region_name,
    "city": town_title,
    "jurisdiction": jurisdiction_name,
    "legal_form": lambda value, locale: gettext(FORM_LABELS.get(value, value), locale),
    "tax_status": tax_status_name,
    "engagement": lambda value, locale: gettext(ENGAGEMENT_LABELS.get(value, value), locale),
    "verified": lambda value, locale: gettext(PROOF_LABELS.get(value, value), locale),
    "charges_vat": _vat,
    "answers_within": lambda value, locale: gettext(ANSWERS_LABELS.get(value, value), locale),
    "answers_in": lambda value, locale: gettext(ANSWERS_IN_LABELS.get(value, value), locale),
    "payable": lambda _value, locale: gettext(_("Payable through held funds"), locale),
}


def label(facet: str, value: str, locale: str) -> str:
    """What a person reads for a value of a facet or parameter; the value itself when unknown."""
    return labels(facet, locale)[value]


class Once(dict[K, V]):
    """What is made of a value, made once: an answer holds hundreds of them."""

    def __init__(self, make: Callable[[K], V]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, value: K) -> V:
        made = self._make(value)
        if len(self) < ONCE_MAX:  # addresses can hold any value
            self[value] = made
        return made


@cache
def labels(facet: str, locale: str) -> Once[str, str]:
    """Value -> what a person reads for it, of a facet or parameter in a language."""
    name = _NAMES.get(facet)
    return Once(lambda value: name(value, locale) if name else value)
