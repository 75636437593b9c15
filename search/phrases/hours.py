"""Owns what says when someone works: days, times, hours a week; never a price."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from search.phrases import numbers
from search.phrases.base import Found, Said

_A_WEEK: Final = re.compile(
    rf"(?<!\w)(?P<hours>{numbers.HOURS})\s*(?:h|heures?|hours?|hrs?)\s*"
    r"(?:/\s*|(?:par|per|a|la|each|every)\s+)(?:semaine|sem|week|wk)(?!\w)"
)
_DAY_CODES: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_NAMES: Final = {
    name: _DAY_CODES[place % 7]
    for place, name in enumerate(
        "lundi mardi mercredi jeudi vendredi samedi dimanche"
        " monday tuesday wednesday thursday friday saturday sunday".split()
    )
}
_DAY: Final = rf"(?:{'|'.join(_DAY_NAMES)})"
_SHORT_DAYS: Final = {
    name: _DAY_CODES[place % 7]
    for place, name in enumerate(
        "lun mar mer jeu ven sam dim mon tue wed thu fri sat sun lu ma me je ve sa di"
        " lun mar mer jeud vend sam dim mon tues weds thur fri sat sun".split()
    )
}
"""As they are shortened between two of them: "mon-fri", "lun-ven"."""
_SHORT_DAY: Final = rf"(?:{'|'.join(sorted(_SHORT_DAYS, key=len, reverse=True))})\.?"
_EVERY: Final = r"(?:(?:le|les|on|every|chaque)\s+)"
_AND_DAY: Final = rf"(?:\s*[,/&]\s*|\s+(?:et|and)\s+|\s*,\s*(?:et|and)\s+){_EVERY}?{_DAY}s?"


def _days(article: str = _EVERY) -> str:
    return (
        rf"(?:(?:(?:du|de|from)\s+)?(?P<first>{_DAY})s?\s*(?:au|a|to|through|-|–)\s*"
        rf"(?P<last>{_DAY})s?"
        rf"|(?P<from_day>{_SHORT_DAY})\s*(?:-|–|/|au|a|to)\s*(?P<to_day>{_SHORT_DAY})"
        rf"|{article}?(?P<several>{_DAY}s?(?:{_AND_DAY}){{1,5}})"
        rf"|{article}(?P<only>{_DAY})s?"
        r"|(?P<weekend>(?:(?:le|les|on|at|the|ce)\s+){0,2}week-?\s?ends?)"
        r"|(?P<weekdays>en semaine|(?:on\s+)?weekdays)"
        r"|(?P<daily>tous les jours|every day|7\s?j?/7))"
    )


_PARTS: Final = {
    "matin": ("09:00", "12:00"),
    "matinee": ("09:00", "12:00"),
    "soiree": ("18:00", "21:00"),
    "morning": ("09:00", "12:00"),
    "apres-midi": ("14:00", "18:00"),
    "apres midi": ("14:00", "18:00"),
    "afternoon": ("14:00", "18:00"),
    "soir": ("18:00", "21:00"),
    "evening": ("18:00", "21:00"),
    "nuit": ("22:00", "06:00"),
    "night": ("22:00", "06:00"),
}
_PART_NAME: Final = "matin|morning|apres[- ]midi|afternoon|soir|evening|nuit|night"
_SO_MANY: Final = (
    r"(?:[2-7]|deux|trois|quatre|cinq|two|three|four|five|quelques|few)\s+"
    r"(?P<many>matin|matinee|apres[- ]midi|soir|soiree|morning|afternoon|evening)s?"
    r"(?:\s*(?:/\s*|(?:par|a|per|each|every)\s+)(?:semaine|sem|week|wk))?"
)
_PART: Final = (
    rf"(?:{_SO_MANY}|(?:le\s+|les\s+|la\s+|l'|in the\s+|every\s+|at\s+)"
    rf"(?P<part>{_PART_NAME})s?"
    r"|(?P<plural>morning|afternoon|evening|night)s"
    r"|en\s+(?P<ee>matin|soir)ee)"
)
_NOON: Final = {"midi": "12h", "noon": "12h", "midday": "12h", "minuit": "24h", "midnight": "24h"}
_TIME: Final = (
    r"(?:\d{1,2}(?:\s*(?:h|:)\s*(?:[0-5]\d)?)?\s*(?:am|pm|heures?)?"
    rf"|{'|'.join(_NOON)}|{numbers.WORDS}\s+heures?)"
)
_CLOCK: Final = (
    r"(?:(?:(?:de|from|entre|between)\s+)?"
    rf"(?P<open>{_TIME})\s*(?:a|to|et|and|-|–|/)\s*(?P<shut>{_TIME}))"
)
_ROUND: Final = r"(?P<round>24\s?h?\s?/\s?24(?:\s*(?:et|,)?\s*7\s?j?\s?/\s?7)?|24\s?/\s?7)"
_FREE: Final = r"(?P<free>(?:disponibles?|dispos?|available|libres?|joignables?)\s+)?"
_LONG_SENTENCE: Final = 10
"""In more words than this, "le soir" may tell of the writer's own day."""
_WHENS: Final = tuple(
    re.compile(rf"(?<!\w){_FREE}{body}(?!\w)")
    for body in (
        _ROUND,
        rf"{_days()}[\s,]+{_CLOCK}",
        rf"{_CLOCK}[\s,]+{_days()}",
        rf"{_PART}[\s,]+{_days()}",
        rf"{_days(_EVERY + '?')}[\s,]+(?:{_PART}|(?P<bare>{_PART_NAME})s?)",
        _CLOCK,
        _PART,
        _days(),
    )
)


_BARE_WHENS: Final = _WHENS[-2:]
"""A part of the day or days alone."""
_DEADLINE: Final = re.compile(r"(?<!\w)(?:before|by|until|since|avant|depuis|d'ici|jusqu'au?)\s*$")
_ONLY: Final = re.compile(r"\s*(?:only|seulement|uniquement)(?!\w)")
_CLAUSE: Final = re.compile(r"[,;.!?:]|\b(?:qui|who|that|mais|but)\b")
_TELLS: Final = re.compile(
    r"(?<!\w)(?:je|j'|jai|jsuis|on (?:est|a|ferme|ouvre|fait|prend|va)|nous"
    r"|i|i'm|im|i'll|we|we're)(?!\w)|(?<=j')\w"
    r"|(?<!\w)(?:explos|satur|debord|sonne|ferm|ouvert|closed|rings?(?!\w)|busy|is mad)\w*"
)
_WISHES: Final = re.compile(
    r"(?<!\w)(?:cherch|recherch|voudr|aimer|besoin|faut|faudr|souhait|veu[tx]|need|want|look"
    r"|like|love|hop|'d|qqn|quelqu)"
)
_OFTEN: Final = re.compile(r"(?:every|chaque|tous les jours)(?!\w)")
"""How often something is to be done says when someone works only beside a time of day."""


def weekly_hours(text: str) -> Iterator[Found]:
    """So many hours a week."""
    for match in _A_WEEK.finditer(text):
        hours = numbers.value(match["hours"])
        if 1 <= int(hours) <= 168:
            yield Found(match.start(), match.end(), (("available_hours", hours),))
            return


def windows(text: str, zone: str) -> Iterator[Found]:
    """Days and times of day, as hours to be covered in `zone`."""
    long = len(text.split()) > _LONG_SENTENCE
    for pattern in _WHENS:
        vague = long and pattern in _BARE_WHENS
        for match in pattern.finditer(text):
            named = match.groupdict()
            times = _times(named)
            only = _ONLY.match(text, match.end())
            bare = pattern in _BARE_WHENS and not named.get("free") and not only
            if bare and (vague or (pattern is _WHENS[-1] and _OFTEN.match(match[0]))):
                continue
            if _DEADLINE.search(text, 0, match.start()) or _is_told(text, match, named):
                continue
            if times:
                said: list[Said] = [
                    ("covers", f"{days}@{times[0]}-{times[1]}@{zone}") for days in _days_of(named)
                ]
                yield Found(match.start(), match.end(), tuple(said))


def _is_told(text: str, match: re.Match[str], named: dict[str, str | None]) -> bool:
    """Whether the words tell of the writer's own days: "je fais mes devis le dimanche soir"."""
    if named.get("free") or named.get("round"):
        return False
    clause = _CLAUSE.split(text[: match.start()])[-1]
    return bool(_TELLS.search(clause)) and not _WISHES.search(clause)


def _days_of(named: dict[str, str | None]) -> list[str]:
    if first := named.get("first"):
        return [f"{_DAY_NAMES[first]}-{_DAY_NAMES[named['last'] or first]}"]
    if opening := named.get("from_day"):
        closing = named["to_day"] or opening
        return [f"{_SHORT_DAYS[opening.strip('.')]}-{_SHORT_DAYS[closing.strip('.')]}"]
    if several := named.get("several"):
        return list(dict.fromkeys(_DAY_NAMES[day] for day in re.findall(_DAY, several)))
    if only := named.get("only"):
        return [_DAY_NAMES[only]]
    if named.get("weekend"):
        return ["sat-sun"]
    return ["mon-sun" if named.get("daily") or named.get("round") else "mon-fri"]


def _times(named: dict[str, str | None]) -> tuple[str, str] | None:
    if named.get("round"):
        return ("00:00", "24:00")
    if (start := named.get("open")) and (end := named.get("shut")):
        beside_days = any(named.get(name) for name in ("first", "from_day", "weekdays"))
        return _clock(start, end, bare=beside_days)
    for name in ("part", "plural", "ee", "bare", "many"):
        if said := named.get(name):
            return _PARTS[said.replace("apres midi", "apres-midi")]
    return ("09:00", "18:00")


def _clock(start: str, end: str, *, bare: bool = False) -> tuple[str, str] | None:
    """Two times as said: "8h" "18h30", "9" "5pm", "midi".

    Two bare numbers are times only beside days, where "9 to 5" ends in the afternoon.
    """
    start, end = (_NOON.get(said.strip(), said) for said in (start, end))
    if not re.search(r"[h:m]", start + end):
        if not bare:
            return None
        late = int(end) if end.strip().isdigit() and start.strip().isdigit() else 99
        if late > 12 or int(start) > 12:
            return None
        end = f"{late}pm" if late <= int(start) else end
    times = []
    for said in (start, end):
        some = re.findall(r"\d+", said) or [numbers.value(re.split(r"\s+heure", said)[0].strip())]
        hour, minute = int(some[0]), int(some[1]) if len(some) > 1 else 0
        if "pm" in said and hour < 12:
            hour += 12
        if hour > 24 or (hour == 24 and minute):
            return None
        times.append(f"{hour:02d}:{minute:02d}")
    return None if times[0] == "24:00" else (times[0], times[1])
