"""Owns what is drawn once and kept: cards of people, rows of filters; finds nobody.

Drawing twenty cards and hundreds of rows is most of a page's work. A card depends on the profile's
version, the language and what is shown first or how far away it is: those are its key. Of a row
only the count changes from search to search.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from marketplace.core.settings import settings
from marketplace.directory.queries import views
from marketplace.web.templates import environment
from search import rates

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from marketplace.directory.schemas import FacetValue

KEPT_MAX: int = 20_000
COUNT_HERE = "\N{OBJECT REPLACEMENT CHARACTER}"
_kept: OrderedDict[Hashable, str] = OrderedDict()


def _once(key: Hashable, draw: Callable[[], str]) -> str:
    """What was drawn for this key, else drawn now."""
    known = _kept.get(key)
    if known is not None and settings().env != "development":  # there, templates are being edited
        _kept.move_to_end(key)
        return known
    made = _kept[key] = str(draw())
    if len(_kept) > KEPT_MAX:
        _kept.popitem(last=False)
    return made


def drawn(raw: dict[str, Any], meant: AbstractSet[str], locale: str, currency: str = "") -> Markup:
    """The card of someone found; `meant` are the codes looked for, shown first."""
    shown_first = frozenset(meant & {*raw["skills"], *raw["tools"]})

    def draw() -> str:
        module: Any = environment(locale).get_template("directory/_card.html").module
        return str(module.card(views.hit(raw, locale, currency), shown_first))

    far = raw.get("distance_km")
    key = (raw["id"], raw["version"], locale, shown_first, far, currency, rates.as_of())
    return Markup(_once(key, draw))  # noqa: S704 - made by a template, which escapes


def rows(
    name: str, values: Iterable[FacetValue], counted: Callable[[int], str], locale: str
) -> Markup:
    """Boxes to tick for the values of a filter, with their counts."""

    def drawn_row(row: FacetValue) -> str:
        module: Any = environment(locale).get_template("directory/_row.html").module
        return str(module.row(name, row, COUNT_HERE))

    made = [
        _once(
            (name, row.value, row.label, row.selected, not row.count, locale),
            lambda row=row: drawn_row(row),  # type: ignore[misc]
        ).replace(COUNT_HERE, counted(row.count))
        for row in values
    ]
    return Markup("".join(made))  # noqa: S704 - made by a template, which escapes
