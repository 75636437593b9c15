"""Owns days of the calendar, of which no filter tells; never days of every week."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from search.notes import Why
from search.phrases import days
from search.phrases.base import Found
from search.phrases.hours import DEADLINE, tells

_MONTH: Final = (
    r"(?:janv(?:ier)?|fevr?(?:ier)?|mars|avril|mai|juin|juillet|juil|aout|sept(?:embre)?|oct(?:obre)?"
    r"|nov(?:embre)?|dec(?:embre)?|january|february|march|april|may|june|july|august|september"
    r"|october|november|december|jan|feb|apr|aug)\.?"
)
_NUMBER: Final = r"(?:\d{1,2}(?:er|st|nd|rd|th)?)"
_DATE: Final = (
    rf"(?:(?:{days.DAY}\s+)?(?:{_NUMBER}\s+(?:of\s+)?{_MONTH}|{_MONTH}\s+{_NUMBER})"
    r"(?:,?\s+20\d\d)?|\d{1,2}/\d{1,2}(?:/(?:20)?\d\d)?)(?!\w)"
)
_FROM: Final = (
    r"(?:(?:a partir|a compter) d[ue]|des(?: le)?|from|starting(?: on| from)?|as of|disponible"
    r"|dispo|available)"
)
_PART: Final = (
    r"(?:\s+(?:matin|midi|soir|apres[- ]midi|morning|afternoon|evening|night|noon))?(?!\w)"
)
_SOON: Final = (
    r"(?:demain|apres-demain|tomorrow|ce (?:soir|matin|week-?end)|cet apres[- ]midi|tonight"
    r"|this (?:morning|afternoon|evening|weekend)|(?:la semaine|le mois) prochaine?"
    rf"|next (?:week(?:-?\s?end)?|month|{days.DAY})"
    rf"|(?:{days.DAY}|(?:le )?week-?\s?end) prochain"
    r"|pendant les vacances|during the holidays)"
)
_DATES: Final = tuple(
    re.compile(rf"(?<!\w){body}(?!\w)")
    for body in (
        rf"(?:du|from)\s+(?:{_NUMBER}|{_DATE})\s+(?:au|to|until|till)\s+{_DATE}",
        rf"(?:(?:pour\s+)?le|on|for|{_FROM})\s+{_DATE}{_PART}",
        rf"(?:(?:pour|for|{_FROM})\s+)?{_SOON}{_PART}",
    )
)
_SHORT: Final = 8
"""In more words a day tells of the writer's own affairs."""


def dates(text: str) -> Iterator[Found]:
    """Days of the calendar on which somebody is wanted, in a short text."""
    if len(text.split()) > _SHORT:
        return
    for pattern in _DATES:
        for match in pattern.finditer(text):
            if not DEADLINE.search(text, 0, match.start()) and not tells(text, match.start()):
                yield Found(*match.span(), (), Why.TIME)
