"""Owns the signs of disguised employment that a contract's life shows; they inform, never block.

What makes employment is orders, control and sanction in fact (Cour de cassation, chambre sociale,
13 November 1996, 94-13.187): each sign here is one clue among others, and proves nothing alone.
French law, so only contracts with a side in France are looked at (`work/service/lives.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from marketplace.contracts.rules.independence import (
    FULL_TIME_MINUTES,
    PRESUMPTION,
    SUBORDINATION,
)
from marketplace.core.i18n import _
from marketplace.vigilance.rules.papers import later

if TYPE_CHECKING:
    from collections.abc import Mapping

WEEKS_LOOKED_AT: Final = 5
LONG_WEEKS: Final = 4  # so many of them above a full-time week
SAME_WEEKS: Final = 4
SAME_DAYS: Final = 4  # worked days a week, at least
SAME_MINUTES: Final = 15  # what two days may differ and still be the same hours
UNCHANGED_MONTHS: Final = 12
WINDOWS: Final = (12, 6, 3)  # months over which income is looked at, the longest first
DOMINANT_PERCENT: Final = 75
WORKING_TIME: Final = "Code du travail, art. L. 3121-27"


@dataclass(frozen=True)
class Sign:
    """What a sign is called, what was seen (`said`, with its facts), and what to do about it.

    `clause` is the id of the clause that answers it. `private`: told to the assistant alone, since
    it says something of the assistant's other clients.
    """

    code: str
    title: str
    said: str
    fix: str
    clause: str
    source: str
    private: bool = False


@dataclass(frozen=True)
class Found:
    """A sign with the numbers that show it."""

    code: str
    facts: dict[str, int]


@dataclass(frozen=True)
class Life:
    """What is known of a running contract on a day.

    `weeks`: minutes of each day from Monday, of finished weeks, the oldest first, a week without
    hours too. `changed_on`: when the text that counts was made. `income`: by months, what this
    client paid and what all clients here paid, in one currency; only windows that are filled.
    """

    today: date
    since: date
    changed_on: date
    weeks: tuple[tuple[int, ...], ...]
    income: Mapping[int, tuple[int, int]]


SIGNS: Final = {
    sign.code: sign
    for sign in (
        Sign(
            "long_weeks",
            _("Full-time weeks, several in a row"),
            _("More than %(hours)s hours in %(weeks)s of the last %(of)s weeks."),
            _("Keep room for other clients: agree on fewer hours, or share the work."),
            "independence",
            WORKING_TIME,
        ),
        Sign(
            "same_hours",
            _("The same hours every day"),
            _("Each working day of the last %(weeks)s weeks has the same hours."),
            _("If the hours are imposed, ask for a result instead. If they are the assistant’s own "
              "choice, nothing has to change."),
            "method",
            SUBORDINATION,
        ),
        Sign(
            "long_unchanged",
            _("A long contract that never changed"),
            _("Nothing of this contract has changed for %(months)s months."),
            _("Go through it together once a year: scope, price and dates as they are today."),
            "independence",
            SUBORDINATION,
        ),
        Sign(
            "dominant_client",
            _("Most of your income here comes from this client"),
            _("Over the last %(months)s months it was %(percent)s percent of what you were paid "
              "here."),
            _("Look for other clients. Income from elsewhere is not known here and counts too."),
            "independence",
            PRESUMPTION,
            private=True,
        ),
    )
}  # fmt: skip
"""Every sign in life by its code."""


def signs(life: Life) -> tuple[Found, ...]:
    """What a contract's life shows on the day, in the order of `SIGNS`, each sign once."""
    seen = (_long_weeks(life), _same_hours(life), _unchanged(life), _dominant(life))
    return tuple(found for found in seen if found)


def _long_weeks(life: Life) -> Found | None:
    looked_at = life.weeks[-WEEKS_LOOKED_AT:]
    long = sum(1 for week in looked_at if sum(week) > FULL_TIME_MINUTES)
    if long < LONG_WEEKS:
        return None
    facts = {"hours": FULL_TIME_MINUTES // 60, "weeks": long, "of": len(looked_at)}
    return Found("long_weeks", facts)


def _same_hours(life: Life) -> Found | None:
    weeks = life.weeks[-SAME_WEEKS:]
    worked = [[minutes for minutes in week if minutes] for week in weeks]
    if len(weeks) < SAME_WEEKS or any(len(days) < SAME_DAYS for days in worked):
        return None
    days = [minutes for week in worked for minutes in week]
    if max(days) - min(days) > SAME_MINUTES:
        return None
    return Found("same_hours", {"weeks": len(weeks)})


def _unchanged(life: Life) -> Found | None:
    begun = max(life.since, life.changed_on)
    months = (life.today.year - begun.year) * 12 + life.today.month - begun.month
    months -= later(begun, months) > life.today
    return Found("long_unchanged", {"months": months}) if months >= UNCHANGED_MONTHS else None


def _dominant(life: Life) -> Found | None:
    for months in WINDOWS:
        client, everybody = life.income.get(months, (0, 0))
        percent = client * 100 // everybody if everybody > 0 else 0
        if percent >= DOMINANT_PERCENT:
            return Found("dominant_client", {"months": months, "percent": min(percent, 100)})
    return None
