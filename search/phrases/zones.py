"""Owns which time zone is named beside hours ("Paris time", "heure suisse"); never a place."""

from __future__ import annotations

import re
from typing import Final

_ZONES: Final = {
    "Europe/Paris": "paris lyon marseille toulouse lille nantes bordeaux france french francaise"
    " metropolitaine",
    "Europe/Brussels": "brussels bruxelles liege antwerp anvers belgium belgian belgique belge",
    "Europe/Zurich": "geneva geneve lausanne zurich suisse swiss switzerland",
    "Europe/Luxembourg": "luxembourg",
    "Europe/London": "london londres uk british gmt bst",
    "Europe/Dublin": "dublin irish ireland irlande",
    "Europe/Amsterdam": "amsterdam dutch",
    "Europe/Berlin": "berlin german allemande",
    "Europe/Madrid": "madrid spanish espagnole",
    "Europe/Lisbon": "lisbon lisbonne",
    "Europe/Rome": "rome milan italian italienne",
    "America/Toronto": "montreal toronto quebec ottawa",
    "America/New_York": "et est edt eastern boston",
    "America/Chicago": "chicago central",
    "America/Los_Angeles": "pst pdt pacific",
    "America/Vancouver": "vancouver",
    "Africa/Casablanca": "casablanca rabat morocco maroc marocaine moroccan",
    "Africa/Tunis": "tunis tunisia tunisie tunisienne",
    "Africa/Dakar": "dakar senegal",
    "Africa/Abidjan": "abidjan",
    "Indian/Reunion": "reunion",
    "Asia/Dubai": "dubai",
}
_BY_NAME: Final = {
    **{name: zone for zone, names in _ZONES.items() for name in names.split()},
    "new york": "America/New_York", "new-york": "America/New_York",
    "los angeles": "America/Los_Angeles", "cet": "Europe/Paris", "cest": "Europe/Paris",
    "utc": "UTC",
}  # fmt: skip
_ALONE: Final = "gmt|bst|cet|cest|utc|est|edt|et|pst|pdt|eastern|pacific"
"""Zones' own short names, which stand after hours without "time"."""
_FRENCH_WORDS: Final = frozenset({"et", "est"})
_ENGLISH_DAYS: Final = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)days?|week-?days?|week-?ends?|working days?|daily"
    r"|(?:mon|tues?|weds?|thur?s?|fri|sat|sun)\.?\s*(?:-|–|to|/|,|&|and)\s*[a-z])"
)
_DAYS_BEHIND: Final = (
    rf"\s+(?:(?:on|from|every|each)\s+)?{_ENGLISH_DAYS}|\s+(?:and|please|only)(?!\w)"
    r"|(?<!\set)(?<!\sest)\s+(?:du\s+|l[ae]s?\s+|tous\s+les\s+)?"
    r"(?:lun|mar|mercre|jeu|vendre|same)di|(?<!\set)(?<!\sest)\s+(?:en\s+semaine|tous\s+les\s+jours)"
)
"""What may follow a short name: in French not behind "et" and "est", which are words there."""
_ENGLISH_HOURS: Final = re.compile(
    r"(?:[ap]\.?m\.?|noon|midnight|\d(?:\s?[-–]\s?| to )\d{1,2})\s*$"
)
"""After "9am-5pm", "9-5" or "9 to 5"; after "9h-12h" they are the French words."""
_NAME: Final = "|".join(sorted(_BY_NAME, key=len, reverse=True))
NOT_THERE: Final = rf"(?!\s+(?:de\s+la\s+|de\s+|d'|du\s+)(?:{_NAME})(?!\w))"
"""Behind the hour of a time: "9 à 5 heure de Montréal" is said in Montreal's."""
_BESIDE: Final = re.compile(
    r"[\s,]*(?:"
    rf"\(?(?:a\s+l'|l'|en\s+)?heures?\s+(?:locale\s+)?(?:de\s+la\s+|de\s+|d'|du\s+)?(?P<fr>{_NAME})\)?"
    rf"|\(?(?P<en>{_NAME})(?:\s+(?:local\s+|standard\s+)?time)\)?"
    rf"|\(\s*(?P<in>{_NAME})\s*\)"
    rf"|(?P<short>{_ALONE})(?=\s*(?:[,.;)]|$)|{_DAYS_BEHIND}))(?!\w)"
)

_ALONE_SAID: Final = re.compile(
    r"(?<!\w)(?:(?:a\s+l'|l'|en\s+|sur\s+l'|at\s+|on\s+)?heures?\s+(?:locale\s+)?(?:de\s+la\s+|de\s+|d'|du\s+)?"
    rf"(?:{_NAME})|(?:(?:sur\s+(?:le\s+)?)?fuseau(?:\s+horaire)?(?:\s+de)?\s+(?:{_NAME}))"
    rf"|(?:(?:in|on|at)\s+)?(?:{_NAME})(?:\s+(?:local\s+|standard\s+)?time)(?:[ -]?zone)?)(?!\w)"
)


def alone(text: str) -> list[tuple[int, int]]:
    """Where zones are named that belong to no hours; some stand beside hours read before."""
    if "heure" not in text and "fuseau" not in text and "time" not in text:
        return []
    return [match.span() for match in _ALONE_SAID.finditer(text)]


def named(text: str, after: int, *, by_hours: bool = True) -> tuple[str, int]:
    """The zone named right after hours that end at `after`, and where its words end; else "".

    After a mere "in the morning", not `by_hours`, only "time" says that a zone is meant.
    """
    match = _BESIDE.match(text, after)
    if match is None or not (by_hours or match["fr"] or match["en"]):
        return "", after
    name = next(one for one in match.groups() if one)
    if match["short"] in _FRENCH_WORDS and not _ENGLISH_HOURS.search(text, 0, after):
        return "", after
    return _BY_NAME[name], match.end()
