"""Owns what says when someone works: days and times of day; never how much of a week."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from search.phrases import clock, days, weeks, zones
from search.phrases.base import Found
from search.phrases.someone import SOMEONE

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
    rf"|(?:avant|before|jusqu'a|until|till)\s+(?P<shuts>{_TIME}))(?!\s*(?:a|to|et|and|until|jusqu'a|-|–)\s*\d)"
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
_ALONE: Final = r"[\s,]+(?:(?:seulement|uniquement|exclusivement|only)[\s,]+)?"
"""Between days and their hours: "lundi et mardi seulement de 9h à 12h"."""
_JOINED: Final = r"\s*(?:[,/&+]|et|and)\s+"
_WEEKEND: Final = r"(?:l[ae]s?\s+|the\s+|on\s+)?week-?\s?ends?"
_FREE: Final = r"(?P<free>(?:disponibles?|dispos?|available|libres?|joignables?)\s+)?"
_LONG_SENTENCE: Final = 10
"""In more words than this, "le soir" may tell of the writer's own day."""
_ON: Final = days.pattern(days.EVERY + "?")
_BODIES: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    (_ROUND, ()),
    (rf"{_PART}[\s,]+{days.pattern()}[\s,]+{_CLOCK}", ()),
    (rf"{_ON}{_ALONE}(?:(?P<bare>{_PART_NAME})s?[\s,]+)?{_CLOCK}", ()),
    (rf"{days.SHORTENED}(?:\s*:)?\s+{_CLOCK}", ()),
    (rf"{_PART}[\s,]+{_CLOCK}", ()),
    (rf"{_CLOCK}[\s,]+{_ON}(?!\s+(?:compris|inclu))", ()),
    (rf"{_CLOCK}[\s,]+{_PART}", ()),
    (rf"{_PART}[\s,]+{_UNTIL}", ("jusqu", "until", "till")),
    (
        rf"(?:{_ON}{_ALONE})?{_OPEN_END}",
        ("partir", "compter", "des ", "from", "after", "apres", "avant", "before", "jusqu", "til"),
    ),
    (_OFFICE, ("bureau", "ouvr", "hours")),
    (rf"{_PART}[\s,]+{days.pattern()}", ()),
    (rf"{_ON}{_ALONE}(?:{_PART}|(?P<bare>{_PART_NAME})s?)", ()),
    (rf"(?P<bare>{_PART_NAME})s?(?={_JOINED}{_WEEKEND}(?!\w))", ("week",)),
    (rf"(?<=week-end et )(?:l[ae]s?\s+)?(?P<bare>{_PART_NAME})s?", ("week",)),
    (_CLOCK, ()),
    (rf"(?P<included>{days.INCLUDED})", ("compris", "inclu")),
    (_PART, ()),
    (days.pattern(), ()),
)
"""The longest first, with what some have a word of: without it they need not be tried."""
_WHENS: Final = tuple((re.compile(rf"(?<!\w){_FREE}{body}(?!\w)"), cues) for body, cues in _BODIES)
_BARE_WHENS: Final = tuple(pattern for pattern, _cues in _WHENS[-2:])
"""A part of the day or days alone."""
DEADLINE: Final = re.compile(r"(?<!\w)(?:before|by|until|since|avant|depuis|d'ici|jusqu'au?)\s*$")
_ONLY: Final = re.compile(r"\s*(?:only|seulement|uniquement)(?!\w)")
_NINE_TO_FIVE: Final = ("9", "5")
"""Hours without saying so; any other two numbers may be numbers of anything."""
_WORKDAY: Final = ("09:00", "18:00")
_ALSO: Final = re.compile(
    rf"\s*(?:[,&+]|et|and|plus)\s*{days.EVERY}?{days.DAY}s?(?:{days.AND_DAY})*(?!\w)"
    rf"(?!\s+(?:le\s+|de\s+|from\s+)?(?:{_PART_NAME}|\d|midi|noon))"
    rf"(?!\s*(?:au|a|to|through|-|–)\s*{days.DAY})"
)
"""More days after hours: "le soir et samedi"."""
_INCLUDED: Final = re.compile(rf"[\s,(]*(?:(?:et|and)\s+)?{days.INCLUDED}(?!\w)\)?")
_MORE: Final = re.compile(
    rf"[\s,]*(?:[/&+]\s*|(?:et|and|puis|then)\s+)?{_CLOCK}(?!\w)(?![\s,]*{days.EVERY}?{days.DAY})"
)
"""More hours of the same days: "lundi mardi 8h-12h 14h-18h"."""
_THEN_ON: Final = re.compile(rf"[\s,]+{_ON}(?!\w)(?!\s+(?:compris|inclu))")
"""Days behind hours and their zone: "9h-17h heure de Paris du lundi au vendredi"."""
_NOT_ON: Final = re.compile(
    r"[\s,(]*(?:(?:mais|but)\s+)?(?:sauf|hors|excepte|hormis|except|excluding|jamais|pas|not)\s+"
    rf"{days.EVERY}?(?:{days.DAY}s?(?:{days.AND_DAY})*|week-?\s?ends?)\)?(?!\w)"
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
_NOBODY_ELSE: Final = re.compile(rf"(?:^|(?<!\w){SOMEONE})[\s,]*$")
_AND_AGAIN: Final = re.compile(rf"\s*(?:,|et|and)\s+{_OPEN_END}\s*[.!?]*$")
_OFTEN: Final = re.compile(r"(?:every|chaque|tous les jours)(?!\w)")
"""How often something is to be done says when someone works only beside a time of day."""


def windows(text: str, zone: str) -> Iterator[Found]:
    """Days and times of day, as hours to be covered in `zone`; a zone alone says no filter.

    "3 matins par semaine" are none of them in particular, which no filter says.
    """
    for pattern in _tried(text):
        for match in pattern.finditer(text):
            named, there, end = _zoned(text, match)
            times = _times(named, zoned=bool(there))
            if pattern in _BARE_WHENS and _is_vague(text, match, pattern):
                continue
            if _is_no_wish(text, match, named, zone):
                continue
            end = max(end, match.end())
            if times and _any_of_them(named):
                yield Found(match.start(), end, ())
            elif times:
                more, end = _more(text, end, named)
                if more and not there:
                    there, end = zones.named(text, end)
                hours, end = _with_more_days(text, end, days.said(named), [times, *more])
                said = [
                    ("covers", f"{some}@{opens}-{shuts}@{there or zone}")
                    for some, (opens, shuts) in hours
                ]
                yield Found(match.start(), end, tuple(said))
    yield from (Found(*span, ()) for span in zones.alone(text))


def _zoned(text: str, match: re.Match[str]) -> tuple[dict[str, str | None], str, int]:
    """What is named, with the zone behind it and the days behind that, and where they end."""
    named = match.groupdict()
    clocked = any(map(named.get, ("open", "opens", "shuts", "office")))
    there, end = zones.named(text, match.end(), by_hours=clocked)
    if clocked and there and not any(map(named.get, days.SAID)):
        if then := _THEN_ON.match(text, end):
            return named | then.groupdict(), there, then.end()
    return named, there, end


def _is_vague(text: str, match: re.Match[str], pattern: re.Pattern[str]) -> bool:
    """Whether a part of the day or days alone say nothing of when someone works."""
    named = match.groupdict()
    if named.get("free") or _ONLY.match(text, match.end()):
        return False
    span = named.get("first") or named.get("from_day")
    often = pattern is _BARE_WHENS[-1] and _OFTEN.match(match[0])
    long = len(text.split()) > _LONG_SENTENCE
    return bool((long and not span) or often or weeks.worked_on(text, *match.span()))


def _is_no_wish(text: str, match: re.Match[str], named: dict[str, str | None], zone: str) -> bool:
    """Whether times are those of the work, of a deadline or of the writer: "livrer avant 18h"."""
    long = len(text.split()) > _LONG_SENTENCE
    vaguely = named.get("shuts") or (long and named.get("opens"))
    if vaguely and not (named.get("free") or _ANSWERS.search(text) or _is_alone(text, match)):
        return True
    if named.get("endings") and not zone.startswith("America/"):
        return True  # in Québec the weekend, in France its last days
    return bool(DEADLINE.search(text, 0, match.start())) or _is_told(text, match, named)


def _tried(text: str) -> Iterator[re.Pattern[str]]:
    for pattern, cues in _WHENS:
        if not cues or any(cue in text for cue in cues):
            yield pattern


def _with_more_days(
    text: str, end: int, on: list[str], spans: list[tuple[str, str]]
) -> tuple[list[tuple[str, tuple[str, str]]], int]:
    """Hours of days without those taken off and with those added behind, and where it ends."""
    if off := _NOT_ON.match(text, end):
        on, end = days.without(on, re.findall(days.DAY, off[0])), off.end()
    hours = [(some, span) for span in spans for some in on]
    if more := _INCLUDED.match(text, end):
        hours += [(day, span) for span in spans for day in days.added(more[0])]
        end = more.end()
    if also := _ALSO.match(text, end):
        hours += [(days.NAMES[day], _WORKDAY) for day in re.findall(days.DAY, also[0])]
        end = also.end()
    return hours, end


def _more(text: str, end: int, named: dict[str, str | None]) -> tuple[list[tuple[str, str]], int]:
    """Further hours of the days that were named, and where their words end."""
    found: list[tuple[str, str]] = []
    of_days = named.get("open") and any(map(named.get, days.SAID))
    while of_days and (match := _MORE.match(text, end)):
        times = clock.times(match["open"], match["shut"])
        if times is None:
            break
        found.append(times)
        end = match.end()
    return found, end


def _is_alone(text: str, match: re.Match[str]) -> bool:
    """Whether only someone, or the like again, stands beside a time: "avant 9h et après 18h"."""
    last = not text[match.end() :].strip(" .!?") or _AND_AGAIN.match(text, match.end())
    return bool(last and _NOBODY_ELSE.search(text[: match.start()]))


def _any_of_them(named: dict[str, str | None]) -> bool:
    """Whether so many mornings a week are meant, whichever: fewer than there are."""
    every = named.get("count") in {"5", "6", "7", "cinq", "five"}
    return bool(named.get("many")) and not every and not any(map(named.get, days.SAID))


def _is_told(text: str, match: re.Match[str], named: dict[str, str | None]) -> bool:
    """Whether the words tell of the writer's own days: "je fais mes devis le dimanche soir"."""
    return not (named.get("free") or named.get("round")) and tells(text, match.start())


def tells(text: str, start: int) -> bool:
    """Whether the clause before `start` tells of the writer and wishes for nothing."""
    clause = _CLAUSE.split(text[:start])[-1]
    if _OPEN.search(clause) and _ANSWERS.search(text):
        return False  # "we're open Monday to Friday and need phones answered"
    return bool(_TELLS.search(clause)) and not _WISHES.search(clause)


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
        return clock.times(start, end, bare=bare or any(map(named.get, days.SAID)))
    return whole or _WORKDAY
