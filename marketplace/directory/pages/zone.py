"""Owns which time zone and money a visitor is taken to live in; never a profile's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from marketplace.directory.queries import visitor
from search.query import EURO

if TYPE_CHECKING:
    from starlette.requests import Request

    from search.query import SearchQuery

OFFERED: Final = (
    "Europe/Paris",
    "Europe/Brussels",
    "Europe/Zurich",
    "Europe/Luxembourg",
    "Europe/London",
    "Europe/Lisbon",
    "Europe/Berlin",
    "America/Toronto",
    "America/Guadeloupe",
    "America/Cayenne",
    "Indian/Reunion",
    "Africa/Casablanca",
    "Africa/Tunis",
    "Africa/Dakar",
    "Indian/Antananarivo",
    "Indian/Mauritius",
    "Pacific/Noumea",
    "Pacific/Tahiti",
)


def zone_of(request: Request) -> str:
    """The zone asked for, else the one the browser told, else that of Paris."""
    return visitor.zone(request.query_params.get("tz"), request.cookies.get("tz"))


def currency_of(request: Request) -> str:
    """The currency that rates are told in beside their own."""
    return visitor.currency(request.query_params.get("currency", ""), zone_of(request))


def told_in(query: SearchQuery, request: Request) -> SearchQuery:
    """The search with rates told in the visitor's money, or in euros where euros were chosen.

    Their own money is not part of the address: whoever it is sent to has another.
    """
    own = visitor.money(zone_of(request))
    query = replace(query, home=own)
    if query.rate_min is not None or query.rate_max is not None:
        return query
    chosen = request.query_params.get("currency", "").upper() or query.currency
    if chosen == own:
        return replace(query, currency="")
    return replace(query, currency=EURO) if chosen == EURO else query


def zones(chosen: str) -> tuple[str, ...]:
    """The zones a form offers, with the chosen one among them."""
    return tuple(dict.fromkeys((*OFFERED, chosen)))
