"""Owns what says how many hours a week someone works; never on which days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from search.phrases import numbers
from search.phrases.base import Found

_A_WEEK: Final = re.compile(
    rf"(?<!\w)(?:(?:(?:entre|between|de|from)\s+)?{numbers.HOURS}\s*h?\s*(?:a|to|et|and|-|–)\s*)?"
    rf"(?P<hours>{numbers.HOURS})\s*(?:h|heures?|hours?|hrs?)\s*"
    r"(?:(?:/\s*|(?:par|per|a|la|each|every)\s+)?(?:semaine|sem|week|wk)"
    r"|(?:par\s+)?hebdo(?:madaires?)?|weekly)(?!\w)"
)
_UNTIL_THEN: Final = re.compile(r"\D*\d+\s*h.*\dh?\s*semaine$")
"""Times of day, and then on which days: "9h à 17h semaine"."""


def weekly_hours(text: str) -> Iterator[Found]:
    """So many hours a week."""
    for match in _A_WEEK.finditer(text):
        if _UNTIL_THEN.match(match[0]):
            continue
        hours = numbers.value(match["hours"])
        if 1 <= int(hours) <= 168:
            yield Found(match.start(), match.end(), (("available_hours", hours),))
            return
