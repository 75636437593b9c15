"""Owns what is compared of profiles, in words, row by row; never reads a profile."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from babel.lists import format_list

from marketplace.core import clock
from marketplace.core.i18n import _, format_amount, format_date, format_number, gettext, ngettext
from marketplace.directory.queries import views, world
from marketplace.directory.queries.wishes import DAYS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from marketplace.directory.queries import PublicProfile
    from marketplace.directory.schemas import PackageView, ProofView, RateView, SkillView

NONE: Final = "–"
LEVELS: Final = {1: _("novice"), 2: _("confirmed"), 3: _("expert")}
NAMED: Final = 3
"""So few countries are named rather than counted."""


@dataclass(frozen=True, slots=True)
class Row:
    """One fact of everyone: `cells` are lists of (text, is it shared by all)."""

    title: str
    cells: list[list[tuple[str, bool]]]

    @property
    def differs(self) -> bool:
        """Whether people differ in it."""
        return any(not shared for cell in self.cells for _text, shared in cell)


def rows(people: list[PublicProfile], locale: str, zone: str, currency: str) -> list[Row]:
    """Every fact that is compared, in order; empty ones are left out.

    Hours are those of `zone`; rates are told in `currency` beside their own.
    """
    facts: list[tuple[str, Callable[[PublicProfile], list[str]]]] = [
        (_("Hourly rate"), lambda one: [rate(one.view.rate, currency, locale)]),
        (_("Kind of contract"), lambda one: _labels("engagement", one.view.engagement, locale)),
        (_("Projects, at least"), lambda one: [rate(one.view.project_minimum, currency, locale)]),
        (
            _("Packages"),
            lambda one: [_package(each, currency, locale) for each in one.view.packages],
        ),
        (_("Skills"), lambda one: [_skill(each, locale) for each in one.view.skills]),
        (_("Tools"), lambda one: [tool.label for tool in one.view.tools]),
        (
            _("Working languages"),
            lambda one: [f"{spoken.label} {spoken.level}" for spoken in one.view.speaks],
        ),
        (_("Place"), lambda one: [one.view.place]),
        (_("Availability"), lambda one: [_begins(one, locale)]),
        (_("Hours a week"), lambda one: _hours(one.view.hours_week, locale)),
        (_("Usual week"), lambda one: _covered(one, zone, locale)),
        (_("Usual time to reply"), lambda one: _replies(one.view.response_minutes, locale)),
        (_("Rating"), lambda one: _rating(one, locale)),
        (_("References of former clients"), lambda one: _references(one, locale)),
        (_("Proofs"), lambda one: _proofs(one.view.verified, locale)),
        (_("Jurisdiction"), lambda one: [one.legal.jurisdiction]),
        (_("Legal form"), lambda one: [one.legal.legal_form]),
        (_("Tax status"), lambda one: [one.legal.tax_status]),
        (_("VAT"), lambda one: _vat(one.view.charges_vat, locale)),
        (_("Businesses that can contract"), lambda one: _clients(one, "business", locale)),
        (_("Private persons who can contract"), lambda one: _clients(one, "consumer", locale)),
        (_("Payable through held funds"), lambda one: [_yes(one.view.payable, locale)]),
    ]
    made = [_row(gettext(title, locale), [fact(one) for one in people]) for title, fact in facts]
    return [row for row in made if any(text != NONE for cell in row.cells for text, _same in cell)]


def _row(title: str, cells: list[list[str]]) -> Row:
    told = [[text for text in cell if text] for cell in cells]
    shared = set(told[0]).intersection(*told[1:])
    return Row(
        title,
        [[(text, text in shared) for text in cell] or [(NONE, not any(told))] for cell in told],
    )


def rate(own: RateView | None, currency: str, locale: str) -> str:
    """A price as it is asked, and about how much that is in `currency`; "" for none."""
    if own is None:
        return ""
    told = format_amount(own.minor, own.currency, locale)
    other = views.in_currency(own.minor, own.currency, currency)
    return told if other is None else f"{told} (≈ {format_amount(other, currency, locale)})"


def _package(package: PackageView, currency: str, locale: str) -> str:
    colon = "\u00a0: " if locale == "fr" else ": "
    return f"{package.name}{colon}{rate(package.price, currency, locale)}"


def _skill(skill: SkillView, locale: str) -> str:
    """A skill with its level and years: "Facturation (maîtrise, 5 ans)"."""
    known = [gettext(LEVELS[skill.level], locale)]
    known += [ngettext("%(num)s year", "%(num)s years", skill.years, locale)] if skill.years else []
    return f"{skill.label} ({', '.join(known)})"


def _begins(one: PublicProfile, locale: str) -> str:
    if one.available_from is None:
        return gettext(_("Available from now on"), locale)
    return from_day(one.available_from, locale)


def from_day(day: date, locale: str) -> str:
    """The first free day, "À partir du lundi 4 janvier"; with its year where that is another."""
    style = "EEEE d MMMM" if day.year == clock.today().year else "EEEE d MMMM y"
    return gettext(_("From %(day)s"), locale, day=format_date(day, locale, style))


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


def _replies(minutes: int | None, locale: str) -> list[str]:
    if minutes is None:
        return [gettext(_("not known yet"), locale)]
    within = (text for most, text in world.ANSWERS_LABELS.items() if minutes <= int(most))
    return [gettext(next(within, _("Usually takes more than 3 days to answer")), locale)]


def _rating(one: PublicProfile, locale: str) -> list[str]:
    if one.view.rating is None:
        return []
    marks = format_number(one.view.rating, locale, 2)
    count = ngettext("%(num)s review", "%(num)s reviews", one.view.reviews, locale)
    return [f"{marks} ({count})"]


def _references(one: PublicProfile, locale: str) -> list[str]:
    count = len(one.view.references)
    return [format_number(count, locale)] if count else []


def _proofs(proven: list[ProofView], locale: str) -> list[str]:
    return [_proof(one, locale) for one in proven] or [gettext(_("none yet"), locale)]


def _proof(proof: ProofView, locale: str) -> str:
    told = format_date(proof.on, locale, "medium")
    if proof.until:
        until = format_date(proof.until, locale, "medium")
        told += ", " + gettext(_("valid until %(day)s"), locale, day=until)
    return f"{world.label('verified', proof.proof, locale)} ({told})"


def _vat(charged: bool | None, locale: str) -> list[str]:
    return [] if charged is None else [world.label("charges_vat", str(charged).lower(), locale)]


def _clients(one: PublicProfile, kind: str, locale: str) -> list[str]:
    """The countries whose clients can contract, counted where many, and those left out."""
    groups = [group for group in one.reach if group.kind == kind]
    able = [country for group in groups if group.allowed for country in group.countries]
    left_out = [country for group in groups if not group.allowed for country in group.countries]
    if not able:
        return [_yes(value=False, locale=locale)] if groups else []
    if len(able) <= NAMED:
        return able
    count = ngettext("%(num)s country", "%(num)s countries", len(able), locale)
    if not left_out:
        return [count]
    names = ", ".join(left_out)
    return [count, gettext(_("not (yet) in: %(countries)s"), locale, countries=names)]


def _yes(value: bool, locale: str) -> str:
    return gettext(_("Yes") if value else _("No"), locale)
