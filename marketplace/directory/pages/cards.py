"""Owns the drawn cards of the results, kept while their profile does not change; finds nobody.

Drawing twenty cards is most of a page's work. A card depends on the profile's version, the
language and what is shown first or how far away it is: those are its key.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from marketplace.core.settings import settings
from marketplace.directory.queries import views
from marketplace.web.templates import environment

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from markupsafe import Markup

KEPT_MAX: int = 20_000
_kept: OrderedDict[tuple[Any, ...], Markup] = OrderedDict()


def drawn(raw: dict[str, Any], meant: AbstractSet[str], locale: str) -> Markup:
    """The card of someone found; `meant` are the codes looked for, shown first."""
    shown_first = frozenset(meant & {*raw["skills"], *raw["tools"]})
    key = (raw["id"], raw["version"], locale, shown_first, raw.get("distance_km"))
    known = _kept.get(key)
    if known is not None and settings().env != "development":  # there, templates are being edited
        _kept.move_to_end(key)
        return known
    module: Any = environment(locale).get_template("directory/_card.html").module
    card: Markup = module.card(views.hit(raw, locale), shown_first)
    _kept[key] = card
    if len(_kept) > KEPT_MAX:
        _kept.popitem(last=False)
    return card
