"""Owns the page that puts up to four profiles side by side; keeps nothing: the address is all."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from babel.lists import format_list

from marketplace.core.errors import NotFound
from marketplace.core.i18n import _, format_money, gettext
from marketplace.directory import queries
from marketplace.directory.pages.profile import price
from marketplace.directory.pages.zone import zone_of
from marketplace.directory.queries import world
from marketplace.directory.queries.wishes import DAYS
from marketplace.web.templates import render

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from marketplace.directory.queries import PublicProfile

MOST: Final = 4
LEAST: Final = 2


@dataclass(frozen=True, slots=True)
class Row:
    """One fact of everyone: `cells` are lists of (text, is it shared by all)."""

    title: str
    cells: list[list[tuple[str, bool]]]

    @property
    def differs(self) -> bool:
        """Whether people differ in it."""
        return any(not shared for cell in self.cells for _text, shared in cell)


async def compare(request: Request) -> Response:
    """Profiles side by side: `with` names them by slug, two to four."""
    locale = request.state.locale
    asked = [one for one in request.query_params.getlist("with") if one]
    slugs = list(dict.fromkeys(asked))
    found: list[PublicProfile] = []
    gone = 0
    for slug in slugs[:MOST]:
        try:
            found.append(await queries.by_slug(slug[:120], locale))
        except NotFound:
            gone += 1
    address = "&".join(f"with={one.view.slug}" for one in found)
    other = "en" if locale == "fr" else "fr"
    zone = zone_of(request)
    context: dict[str, Any] = {
        "people": [
            (
                one.view,
                f"/{locale}/assistants/compare?"
                + "&".join(f"with={each.view.slug}" for each in found if each is not one),
            )
            for one in found
        ],
        "zone": zone,
        "rows": rows(found, locale, zone) if len(found) >= LEAST else [],
        "gone": gone,
        "too_many": len(slugs) > MOST,
        "other_url": f"/{other}/assistants/compare?{address}",
        "noindex": True,
    }
    return render(request, "directory/compare.html", **context)


def rows(people: list[PublicProfile], locale: str, zone: str) -> list[Row]:
    """Every fact that is compared, in order; empty ones are left out."""
    facts: list[tuple[str, Callable[[PublicProfile], list[str]]]] = [
        (_("Hourly rate"), lambda one: _rate(one, locale)),
        (_("Kind of contract"), lambda one: _labels("engagement", one.view.engagement, locale)),
        (_("Packages"), lambda one: [package.name for package in one.view.packages]),
        (_("Skills"), lambda one: [skill.label for skill in one.view.skills]),
        (_("Tools"), lambda one: [tool.label for tool in one.view.tools]),
        (
            _("Working languages"),
            lambda one: [f"{spoken.label} {spoken.level}" for spoken in one.view.speaks],
        ),
        (_("Based in"), lambda one: [one.view.place]),
        (_("Hours a week"), lambda one: _hours(one.view.hours_week, locale)),
        (_("Usual week"), lambda one: _covered(one, zone, locale)),
        (_("Jurisdiction"), lambda one: [one.legal.jurisdiction]),
        (_("Legal form"), lambda one: [one.legal.legal_form]),
        (_("Tax status"), lambda one: [one.legal.tax_status]),
        (_("VAT"), lambda one: _vat(one.view.charges_vat, locale)),
        (_("Payable through held funds"), lambda one: [_yes(one.view.payable, locale)]),
    ]
    made = [_row(gettext(title, locale), [fact(one) for one in people]) for title, fact in facts]
    return [row for row in made if any(row.cells)]


def _row(title: str, cells: list[list[str]]) -> Row:
    told = [[text for text in cell if text] for cell in cells]
    shared = set(told[0]).intersection(*told[1:])
    return Row(
        title,
        [[(text, text in shared) for text in cell] or [("–", not any(told))] for cell in told],
    )


def _rate(one: PublicProfile, locale: str) -> list[str]:
    rate = one.view.rate
    amount = price(rate) if rate else None
    return [format_money(amount, locale)] if amount else []


def _hours(hours: int | None, locale: str) -> list[str]:
    return [gettext(_("%(h)s h a week"), locale, h=hours)] if hours else []


def _labels(name: str, values: list[str], locale: str) -> list[str]:
    return [world.label(name, value, locale) for value in values]


def _covered(one: PublicProfile, zone: str, locale: str) -> list[str]:
    """The hours of each day; days in a row that have the same hours are told together."""
    names = [gettext(day, locale) for day in DAYS]
    said = []
    for hours, days in groupby(enumerate(one.week_in(zone)), key=lambda day: day[1]):
        which = [names[day] for day, _hours in days]
        spans = [f"{_clock(start)}–{_clock(end)}" for start, end in hours]
        if spans:
            first_to_last = which[0] if len(which) == 1 else f"{which[0]}–{which[-1]}"
            said.append(f"{first_to_last} {format_list(spans, locale=locale)}")
    return said


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _vat(charged: bool | None, locale: str) -> list[str]:
    return [] if charged is None else [world.label("charges_vat", str(charged).lower(), locale)]


def _yes(value: bool, locale: str) -> str:
    return gettext(_("Yes") if value else _("No"), locale)
