"""Owns which zone and money a visitor is taken to live in; never a profile's, nor any request."""

from __future__ import annotations

from marketplace.directory.queries.world import ZONE
from payments.money import EXPONENTS
from search import rates
from search.coverage import time_zones
from search.phrases.currencies import home
from search.query import EURO


def zone(*wishes: str | None) -> str:
    """The first of some zones that is one: asked for, or told by the browser (cookie `tz`)."""
    return next((wish for wish in wishes if wish and wish in time_zones()), ZONE)


def money(zone: str) -> str:
    """The money of the country a zone is in, the euro where we cannot write it."""
    own = home(zone)
    return own if own in EXPONENTS else EURO


def currency(asked: str, zone: str) -> str:
    """The currency that rates are told in beside their own: the one asked for, else `money`."""
    code = asked.upper()
    return code if code in EXPONENTS and rates.known(code) else money(zone)
