"""Owns what is drawn once and kept: cards of people, rows of filters; finds nobody.

Drawing twenty cards and hundreds of rows is most of a page's work. A card depends on the profile's
version, the language and what is shown first or how far away it is: those are its key. Of a row
only the count changes from search to search; a piece of the form depends on what is chosen in it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import cache
from typing import TYPE_CHECKING, Any

from marketplace.core.settings import settings
from marketplace.directory.queries import views, world
from marketplace.directory.schemas import FacetValue
from marketplace.web.templates import environment
from search import rates

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jinja2.runtime import Macro
    from markupsafe import Markup

    from marketplace.directory.queries import Found
    from marketplace.web.pieces import Pieces

KEPT_MAX: int = 20_000
COUNT_HERE = "\N{OBJECT REPLACEMENT CHARACTER}"
_kept: OrderedDict[Hashable, bytes] = OrderedDict()


def _once(key: Hashable, draw: Callable[[], str]) -> bytes:
    """What was drawn for this key, else drawn now."""
    known = _kept.get(key)
    if known is not None and settings().env != "development":  # there, templates are being edited
        _kept.move_to_end(key)
        return known
    made = _kept[key] = draw().encode()
    if len(_kept) > KEPT_MAX:
        _kept.popitem(last=False)
    return made


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
    currency = found.query.currency
    shown_first = meant
    if meant:
        told = views.facts(raw, locale)
        shown_first = meant.intersection(one["code"] for one in (*told["skills"], *told["tools"]))

    def draw() -> str:
        module: Any = environment(locale).get_template("directory/_listed.html").module
        return str(module.listed(views.hit(raw, locale, currency), shown_first, kept, turn))

    # A rate in another currency is of a day's table.
    day = None if currency == raw["currency"] else rates.as_of()
    who = (raw["id"], raw["version"], locale, kept, turn)
    return _once((*who, shown_first, raw.get("distance_km"), currency, day), draw)


def piece(macro: Macro, *facts: Hashable, locale: str, pieces: Pieces) -> Markup:
    """What a macro draws, which depends on `facts` alone."""
    return pieces.add(_once((macro.name, locale, *facts), macro))


def rows(
    name: str,
    values: Iterable[views.Row],
    counts: world.Once[int, bytes],
    locale: str,
    pieces: Pieces,
) -> Markup:
    """Boxes to tick for the values of a filter, with their counts."""
    if settings().env == "development":
        _begun.cache_clear()
    ticked = _begun(name, locale, selected=True, count=1)
    plain, none = (_begun(name, locale, selected=False, count=n) for n in (1, 0))
    made = [
        b"%b%b</span></label>\n" % ((ticked if on else plain if n else none)[value], counts[n])
        for value, n, on in values
    ]
    return pieces.add(b"".join(made))


@cache
def _begun(name: str, locale: str, *, selected: bool, count: int) -> world.Once[str, bytes]:
    """What stands before the count in the row of a value."""
    module: Any = environment(locale).get_template("directory/_row.html").module
    labels = world.labels("speaks" if name == "speak" else name, locale)

    def draw(value: str) -> bytes:
        row = FacetValue(value=value, label=labels[value], count=count, selected=selected)
        begun, _here, _end = str(module.row(name, row, COUNT_HERE)).rpartition(COUNT_HERE)
        return begun.encode()

    return world.Once(draw)
