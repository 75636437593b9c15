"""Owns the cards of people in the list of results, drawn once and kept; finds nobody.

A card depends on the profile's version, the language, the day (who is new, who is free within a
week) and what is shown first or how far away it is: those are its key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marketplace.core import clock
from marketplace.directory.queries import views
from marketplace.web.kept import once
from marketplace.web.templates import environment
from search import rates

if TYPE_CHECKING:
    from marketplace.directory.queries import Found


def listed(
    raw: dict[str, Any],
    meant: frozenset[str],
    found: Found,
    locale: str,
    *,
    kept: bool,
    turn: bool,
) -> bytes:
    """Someone found, with what can be done; `meant` are the codes looked for, shown first."""
    currency = found.query.money
    shown_first = frozenset(code for code in meant if views.holds(raw, code, locale))

    def draw() -> str:
        module: Any = environment(locale).get_template("directory/_listed.html").module
        return str(module.listed(views.hit(raw, locale, currency), shown_first, kept, turn))

    # A rate in another currency is of a day's table.
    day = None if currency == raw["currency"] else rates.as_of()
    today = clock.today("UTC")
    who = (raw["id"], raw["version"], locale, today, kept, turn, "explain" in raw)
    return once((*who, shown_first, raw.get("distance_km"), currency, day), draw)
