"""Owns how exposure is told to people: groups by their names, bars on one scale; counts nobody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from marketplace.core.db import is_away
from marketplace.core.i18n import _, gettext
from marketplace.directory.queries import world
from marketplace.exposure import queries
from marketplace.exposure.rules import OTHERS, Share

BAR: Final = 100.0


@dataclass(frozen=True, slots=True)
class Row:
    """A group as drawn: `bars` are the widths (0 to 100) of profiles, shown and kept."""

    name: str
    share: Share
    bars: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Figures:
    """What a page shows of exposure; `counted` false: nothing was counted yet."""

    since: date
    regions: list[Row]
    statuses: list[Row]

    @property
    def counted(self) -> bool:
        """Whether anybody was shown at all."""
        return any(row.share.shown for row in self.regions)


async def figures(locale: str, *, public: bool) -> Figures | None:
    """The last four weeks, small groups together when `public`; None while the database is away."""
    start = queries.since()
    try:
        regions = await queries.by_region(start, public=public)
        statuses = await queries.by_status(start, public=public)
    except Exception as error:
        if is_away(error):
            return None
        raise
    return Figures(
        start,
        rows(regions, lambda code: world.region_name(code, locale), locale),
        rows(statuses, lambda code: world.tax_status_name(code, locale), locale),
    )


def rows(shares: Sequence[Share], name: Callable[[str], str], locale: str) -> list[Row]:
    """The groups with their names and the widths of their bars, the widest of all full."""
    most = max(
        (value for one in shares for value in (one.of_profiles, one.of_shown, one.of_listed)),
        default=0.0,
    )

    def wide(value: float) -> float:
        return round(value / most * BAR, 1) if most else 0.0

    return [
        Row(
            _named(one.code, name, locale),
            one,
            (wide(one.of_profiles), wide(one.of_shown), wide(one.of_listed)),
        )
        for one in shares
    ]


def _named(code: str, name: Callable[[str], str], locale: str) -> str:
    if code == OTHERS:
        return gettext(_("Others, too few to be told alone"), locale)
    if not code:
        return gettext(_("not given"), locale)
    return name(code)
