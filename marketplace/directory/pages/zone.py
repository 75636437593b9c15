"""Owns which time zone a visitor is taken to live in; never a profile's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from marketplace.directory.queries.world import ZONE
from search.coverage import time_zones

if TYPE_CHECKING:
    from starlette.requests import Request

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
    """The zone asked for, else the one the browser told (cookie `tz`), else that of Paris."""
    for wish in (request.query_params.get("tz"), request.cookies.get("tz")):
        if wish and wish in time_zones():
            return wish
    return ZONE


def zones(chosen: str) -> tuple[str, ...]:
    """The zones a form offers, with the chosen one among them."""
    return tuple(dict.fromkeys((*OFFERED, chosen)))
