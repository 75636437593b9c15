"""Owns the pages of what we know about each jurisdiction, with its sources; never advises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.core.i18n import format_number
from marketplace.jurisdictions import queries
from marketplace.web.guards import public
from marketplace.web.routing import Pages
from marketplace.web.templates import render

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from marketplace.jurisdictions.schemas import Jurisdiction, VatRate

pages = Pages("jurisdictions")


@pages.get("/jurisdictions", guard=public)
async def index(request: Request) -> Response:
    """Every jurisdiction we know."""
    found = queries.all(request.state.locale)
    return render(request, "jurisdictions/index.html", places=found)


@pages.get("/juridictions", guard=public)
async def index_in_french(request: Request) -> Response:
    """The address a French reader would type."""
    return RedirectResponse(f"/{request.state.locale}/jurisdictions", 308)


@pages.get("/juridictions/{code}", guard=public)
async def show_in_french(request: Request) -> Response:
    """The same for one place."""
    place = _place(request)
    return RedirectResponse(f"/{request.state.locale}/jurisdictions/{place.code}", 308)


@pages.get("/jurisdictions/rules", guard=public)
async def rulebook(request: Request) -> Response:
    """What each rule id stands for, with its source and date."""
    book = queries.rulebook()
    return render(
        request, "jurisdictions/rules.html", book=book, version=queries.data_version(),
        numbers={key: n for n, key in enumerate(book.sources, 1)},
        sources=[(n, key, source) for n, (key, source) in enumerate(book.sources.items(), 1)],
    )  # fmt: skip


def _place(request: Request) -> Jurisdiction:
    place = queries.find(request.path_params["code"].upper())
    if place is None:
        raise NotFound
    return place


@pages.get("/jurisdictions/{code}", guard=public)
async def show(request: Request) -> Response:
    """The facts of one jurisdiction, each with its source and whether it is confirmed."""
    place = _place(request)
    locale, today = request.state.locale, clock.today()
    return render(
        request, "jurisdictions/show.html", place=place, today_=today, tax_name=queries.tax_name,
        rates=_rates(place.vat_rates, locale, today),
        territories=[
            (each, _rates(each.vat_rates, locale, today))
            for each in place.territories
            if each.holds(today)
        ],
        limits=[
            (each, queries.amount_text(each.amount_minor, each.currency, locale))
            for each in place.limits
            if each.holds(today)
        ],
        sources=_sources(place), numbers=_numbers(place),
    )  # fmt: skip


def rate_text(ppm: int, locale: str) -> str:
    """A rate in parts per million as people write it: "9,975 %"."""
    text = format_number(ppm / 10_000, locale, 3)
    mark = "," if locale == "fr" else "."
    text = text.rstrip("0").rstrip(mark)
    return f"{text}\u00a0%" if locale == "fr" else f"{text}%"


def _rates(rates: Sequence[VatRate], locale: str, on: date) -> list[tuple[VatRate, str]]:
    return [(each, rate_text(each.rate_ppm, locale)) for each in rates if each.holds(on)]


def _sources(place: Jurisdiction) -> list[tuple[int, str, Any]]:
    """The sources in order of their number on the page."""
    return [(n, key, source) for n, (key, source) in enumerate(place.sources.items(), 1)]


def _numbers(place: Jurisdiction) -> dict[str, int]:
    """The number of each source on the page."""
    return {key: n for n, key in enumerate(place.sources, 1)}
