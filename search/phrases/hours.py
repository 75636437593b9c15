"""Owns what says when someone works: days and times of day; never how much of a week."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from search.phrases import clock, zones
from search.phrases.base import Found

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
SHORTEST: Final = 2
"""Shorter names are words far more often, one after the other: "je", "ma"."""
_SHORT_DAY: Final = rf"(?:{'|'.join(sorted(_SHORT_DAYS, key=len, reverse=True))})\.?"
_EVERY: Final = r"(?:(?:le|les|on|every|chaque)\s+)"
_AND_SHORT: Final = r"(?:\s*(?:[,/&]|\b(?:et|and)\b)\s*(?:(?:et|and)\s+)?|\s+)"
_LISTED: Final = rf"(?:{'|'.join(name for name in _SHORT_DAYS if len(name) > SHORTEST)})\.?"
_AND_DAY: Final = rf"(?:\s*[,/&]\s*|\s+(?:(?:et|and)\s+)?|\s*,\s*(?:et|and)\s+){_EVERY}?{_DAY}s?"


def _days(article: str = _EVERY) -> str:
    return (
        rf"(?:(?:(?:du|de|from)\s+)?(?P<first>{_DAY})s?\s*(?:au|a|to|through|-|–)\s*"
        rf"(?P<last>{_DAY})s?"
        rf"|(?P<from_day>{_SHORT_DAY})\s*(?:-|–|/|au|a|to)\s*(?P<to_day>{_SHORT_DAY})"
        rf"|{article}?(?P<several>{_DAY}s?(?:{_AND_DAY}){{1,5}})"
        rf"|(?P<listed>{_LISTED}(?:{_AND_SHORT}{_LISTED}(?!\w)){{1,5}})"
        rf"|{article}(?P<only>{_DAY})s?"
        r"|(?P<weekend>(?:(?:le|les|on|at|the|ce)\s+){0,2}week-?\s?ends?)"
        r"|(?P<weekdays>(?:de|la|en) semaine|jours? ouvres?|jours? ouvrables?"
        r"|(?:on\s+|every\s+|each\s+)?week-?days?|(?:every\s+|each\s+)?working days?)"
        r"|(?P<daily>tous les jours|every day|7\s?j?(?:ours)?\s?(?:/|sur)\s?7))"
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
    r"(?:(?:\d|une?|deux|trois|one|two|three)\s+(?:a|ou|or|to)\s+)?"
    r"(?P<count>[2-7]|deux|trois|quatre|cinq|two|three|four|five|quelques|few)\s+"
    r"(?P<many>matin|matinee|apres[- ]midi|soir|soiree|morning|afternoon|evening)s?"
    r"(?:\s*(?:/\s*|(?:par|a|per|each|every)\s+)(?:semaine|sem|week|wk))?"
)
_PART: Final = (
    rf"(?:{_SO_MANY}|(?:le\s+|(?:tous\s+)?les\s+|la\s+|l'|in the\s+|every\s+|at\s+)"
    rf"(?P<part>{_PART_NAME})s?"
    r"|(?P<plural>morning|afternoon|evening|night)s"
    r"|en\s+(?P<ee>matin|soir)ee)"
)
_TIME: Final = clock.TIME
_CLOCK: Final = (
    r"(?:(?:(?:de|from|entre|between)\s+)?"
    rf"(?P<open>{_TIME})\s*(?:a|to|till|until|'?til|jusqu'a|et|and|-|–|/)\s*(?P<shut>{_TIME})"
    r"(?!\s*(?:€|eur|£|\$|%))(?!\s*(?:/|(?:par|per|a|an|chaque|each)\s+)\s*(?:jour|day|sem|week|mois|month)))"
)
_OPEN_END: Final = (
    r"(?:(?:(?:a partir|a compter) de\s+|des\s+|from\s+|after\s+|apres\s+(?!midi))"
    rf"(?P<opens>{_TIME})"
    r"(?:\s+(?:on(?:wards?)?|et plus|ou plus))?"
    rf"|(?:avant|before)\s+(?P<shuts>{_TIME}))(?!\s*(?:a|to|et|and|until|jusqu'a|-|–)\s*\d)"
)
"""A time of day before or after which someone works."""
_UNTIL: Final = rf"(?:jusqu'a\s+|until\s+|till\s+|'?til\s+)(?P<shut>{_TIME})"
_OFFICE: Final = (
    r"(?P<office>(?<!dehors des )(?<!hors des )(?<!outside )(?<!out of )(?<!after )(?<!apres les )"
    r"(?:(?:aux|pendant les|en|sur les|in|during|within)\s+)?"
    r"(?:(?:heures?|horaires?)\s+(?:de\s+)?bureaux?|heures? (?:ouvrables?|ouvrees?)"
    r"|(?:business|office|normal working)\s+hours))"
)
_ROUND: Final = (
    r"(?P<round>24\s?h?(?:eures)?\s?(?:/|sur)\s?24"
    r"(?:\s*(?:et|,)?\s*7\s?j?(?:ours)?\s?(?:/|sur)\s?7)?|24\s?/\s?7)"
)
_FREE: Final = r"(?P<free>(?:disponibles?|dispos?|available|libres?|joignables?)\s+)?"
_LONG_SENTENCE: Final = 10
"""In more words than this, "le soir" may tell of the writer's own day."""
_WHENS: Final = tuple(
    re.compile(rf"(?<!\w){_FREE}{body}(?!\w)")
    for body in (
        _ROUND,
        rf"{_PART}[\s,]+{_days()}[\s,]+{_CLOCK}",
        rf"{_days(_EVERY + '?')}[\s,]+(?:(?P<bare>{_PART_NAME})s?[\s,]+)?{_CLOCK}",
        rf"{_PART}[\s,]+{_CLOCK}",
        rf"{_CLOCK}[\s,]+{_days(_EVERY + '?')}",
        rf"{_CLOCK}[\s,]+{_PART}",
        rf"{_PART}[\s,]+{_UNTIL}",
        rf"(?:{_days(_EVERY + '?')}[\s,]+)?{_OPEN_END}",
        _OFFICE,
        rf"{_PART}[\s,]+{_days()}",
        rf"{_days(_EVERY + '?')}[\s,]+(?:{_PART}|(?P<bare>{_PART_NAME})s?)",
        _CLOCK,
        _PART,
        _days(),
    )
)


_CUES: Final = {
    6: ("jusqu", "until", "till"),
    7: ("partir", "compter", "des ", "from", "after", "apres", "avant", "before"),
    8: ("bureau", "ouvr", "hours"),
}
"""What some of the patterns have a word of: without it they need not be tried."""
_BARE_WHENS: Final = _WHENS[-2:]
"""A part of the day or days alone."""
_DEADLINE: Final = re.compile(r"(?<!\w)(?:before|by|until|since|avant|depuis|d'ici|jusqu'au?)\s*$")
_ONLY: Final = re.compile(r"\s*(?:only|seulement|uniquement)(?!\w)")
_NINE_TO_FIVE: Final = ("9", "5")
"""Hours without saying so; any other two numbers may be numbers of anything."""
_WORKDAY: Final = ("09:00", "18:00")
_ALSO: Final = re.compile(
    rf"\s*(?:[,&+]|et|and|plus)\s*{_EVERY}?{_DAY}s?(?:{_AND_DAY})*(?!\w)"
    rf"(?!\s+(?:le\s+|de\s+|from\s+)?(?:{_PART_NAME}|\d|midi|noon))"
)
"""More days after hours: "le soir et samedi"."""
_NOT_ON: Final = re.compile(
    r"[\s,(]*(?:(?:mais|but)\s+)?(?:sauf|hors|excepte|hormis|except|excluding|jamais|pas|not)\s+"
    rf"{_EVERY}?(?:{_DAY}s?(?:{_AND_DAY})*|week-?\s?ends?)\)?(?!\w)"
)
"""Days taken off hours: "tous les matins sauf le mercredi"."""
_CLAUSE: Final = re.compile(r"[,;.!?:]|\b(?:qui|who|that|mais|but)\b")
_TELLS: Final = re.compile(
    r"(?<!\w)(?:je|j'|jai|jsuis|on (?:est|a|ferme|ouvre|fait|prend|va)|nous"
    r"|i|i'm|im|i'll|we|we're)(?!\w)|(?<=j')\w"
    r"|(?<!\w)(?:explos|satur|debord|sonne|ferm|ouvert|closed|rings(?!\w)|busy|is mad)\w*"
)
_OPEN: Final = re.compile(r"(?<!\w)(?:open|ouverte?s?)(?!\w)")
_ANSWERS: Final = re.compile(
    r"(?<!\w)(?:phone|calls?(?!\w)|answer|repond|telephon|standard|accueil|appel|chat(?!\w)|recept)"
)
"""Work that is done while one is open."""
_WISHES: Final = re.compile(
    r"(?<!\w)(?:cherch|recherch|voudr|aimer|besoin|faut|faudr|souhait|veu[tx]|need|want|look"
    r"|like|love|hop|'d|qqn|quelqu)"
)
_OFTEN: Final = re.compile(r"(?:every|chaque|tous les jours)(?!\w)")
"""How often something is to be done says when someone works only beside a time of day."""


def windows(text: str, zone: str) -> Iterator[Found]:
    """Days and times of day, as hours to be covered in `zone`; a zone alone says no filter.

    "3 matins par semaine" are none of them in particular, which no filter says.
    """
    long = len(text.split()) > _LONG_SENTENCE
    for pattern in _tried(text):
        vague = long and pattern in _BARE_WHENS
        for match in pattern.finditer(text):
            named = match.groupdict()
            clocked = any(map(named.get, ("open", "opens", "shuts", "office")))
            there, end = zones.named(text, match.end(), by_hours=clocked)
            times = _times(named, zoned=bool(there))
            only = _ONLY.match(text, match.end())
            bare = pattern in _BARE_WHENS and not named.get("free") and not only
            span = named.get("first") or named.get("from_day")
            if bare and (
                (vague and not span) or (pattern is _WHENS[-1] and _OFTEN.match(match[0]))
            ):
                continue
            vaguely = named.get("shuts") or (long and named.get("opens"))
            if vaguely and not (named.get("free") or _ANSWERS.search(text)):
                continue  # "livrer avant 18h"
            if _DEADLINE.search(text, 0, match.start()) or _is_told(text, match, named):
                continue
            end = max(end, match.end())
            if times and _any_of_them(named):
                yield Found(match.start(), end, ())
            elif times:
                days = _days_of(named)
                if off := _NOT_ON.match(text, end):
                    days, end = _without(days, re.findall(_DAY, off[0])), off.end()
                hours = [(some, times) for some in days]
                if also := _ALSO.match(text, end):
                    hours += [(_DAY_NAMES[day], _WORKDAY) for day in re.findall(_DAY, also[0])]
                    end = also.end()
                said = [
                    ("covers", f"{some}@{opens}-{shuts}@{there or zone}")
                    for some, (opens, shuts) in hours
                ]
                yield Found(match.start(), end, tuple(said))
    yield from (Found(*span, ()) for span in zones.alone(text))


def _tried(text: str) -> Iterator[re.Pattern[str]]:
    for at, pattern in enumerate(_WHENS):
        if at not in _CUES or any(cue in text for cue in _CUES[at]):
            yield pattern


def _without(days: list[str], off: list[str]) -> list[str]:
    """Days and ranges of days without some of them; without a weekend, when none is named."""
    gone = {_DAY_NAMES[day] for day in off} or {"sat", "sun"}
    runs: list[list[str]] = []
    for some in days:
        first, _dash, last = some.partition("-")
        start = _DAY_CODES.index(first)
        count = (_DAY_CODES.index(last or first) - start) % 7 + 1
        runs.append([])
        for day in (*_DAY_CODES, *_DAY_CODES)[start : start + count]:
            if day in gone:
                runs.append([])
            else:
                runs[-1].append(day)
    return [run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs if run]


def _any_of_them(named: dict[str, str | None]) -> bool:
    """Whether so many mornings a week are meant, whichever: fewer than there are."""
    every = named.get("count") in {"5", "6", "7", "cinq", "five"}
    return bool(named.get("many")) and not every and not any(map(named.get, _DAYS_SAID))


def _is_told(text: str, match: re.Match[str], named: dict[str, str | None]) -> bool:
    """Whether the words tell of the writer's own days: "je fais mes devis le dimanche soir"."""
    if named.get("free") or named.get("round"):
        return False
    clause = _CLAUSE.split(text[: match.start()])[-1]
    if _OPEN.search(clause) and _ANSWERS.search(text):
        return False  # "we're open Monday to Friday and need phones answered"
    return bool(_TELLS.search(clause)) and not _WISHES.search(clause)


def _days_of(named: dict[str, str | None]) -> list[str]:
    if first := named.get("first"):
        return [f"{_DAY_NAMES[first]}-{_DAY_NAMES[named['last'] or first]}"]
    if opening := named.get("from_day"):
        closing = named["to_day"] or opening
        return [f"{_SHORT_DAYS[opening.strip('.')]}-{_SHORT_DAYS[closing.strip('.')]}"]
    if several := named.get("several"):
        return list(dict.fromkeys(_DAY_NAMES[day] for day in re.findall(_DAY, several)))
    if listed := named.get("listed"):
        return list(
            dict.fromkeys(
                _SHORT_DAYS[day] for day in re.findall(r"[a-z]{3,}", listed) if day in _SHORT_DAYS
            )
        )
    if only := named.get("only"):
        return [_DAY_NAMES[only]]
    if named.get("weekend"):
        return ["sat-sun"]
    return ["mon-sun" if named.get("daily") or named.get("round") else "mon-fri"]


_DAYS_SAID: Final = tuple("first from_day weekdays several listed only daily weekend".split())
_PARTS_SAID: Final = ("part", "plural", "ee", "bare", "many")


def _times(named: dict[str, str | None], *, zoned: bool) -> tuple[str, str] | None:
    if named.get("round"):
        return ("00:00", "24:00")
    part = next((said for name in _PARTS_SAID if (said := named.get(name))), "")
    start, end = named.get("open"), named.get("shut")
    whole = _PARTS.get(part.replace("apres midi", "apres-midi"))
    if opens := named.get("opens"):
        return clock.since(opens)
    if shuts := named.get("shuts"):
        return clock.before(shuts)
    if whole and end and not start:
        return clock.times(whole[0], end)
    if start and end:
        if whole and "14:00" <= whole[0] < "22:00" and end.strip().isdigit():
            end += " pm"
        bare = zoned or bool(part) or (start, end) == _NINE_TO_FIVE
        return clock.times(start, end, bare=bare or any(map(named.get, _DAYS_SAID)))
    return whole or _WORKDAY
