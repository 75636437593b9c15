"""Owns how two times of day are said: "8h-18h30", "6-8pm", "two till five"; never on which days."""

from __future__ import annotations

import re
from typing import Final

from search.phrases import numbers, zones

_NAMED: Final = {"midi": 12, "noon": 12, "midday": 12, "minuit": 24, "midnight": 24}
_HALVES: Final = r"(?:\s+et\s+(?:demie?|quart))"
_HOUR: Final = (
    r"un|une|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze"
    r"|one|two|three|four|five|seven|eight|nine|ten|eleven|twelve"
)
_HALF: Final = r"(?:(?:half|quarter)\s+(?:past\s+)?)"
_DAYTIME: Final = (
    r"(?:\s+(?:du\s+matin|du\s+soir|de\s+l'apres[- ]midi|in\s+the\s+(?:morning|afternoon|evening)"
    r"|at\s+night|o'?\s?clock))"
)
_MERIDIEM: Final = r"(?:\s*(?:a\.?m\b\.?|p\.?m\b\.?))"
_MINUTES: Final = (
    r"(?:\s*(?:h|:|\.(?=\d\d(?!\d)))\s*(?:[0-5]\d)?"
    rf"|\s*heures?{zones.NOT_THERE}(?:\s*[0-5]\d)?)?"
)
TIME: Final = (
    rf"(?:(?:{_HALF}?(?:\d{{1,2}}{_MINUTES}"
    rf"|(?:{_HOUR}|{numbers.WORDS}(?=\s+heures?))(?![a-z])(?:\s+heures?{zones.NOT_THERE})?){_HALVES}?{_MERIDIEM}?{_DAYTIME}?"
    rf"|{'|'.join(_NAMED)})(?:\s+(?:sharp|pile|precises?))?)"
)
_TAIL: Final = re.compile(
    r"\s+(?:et\s|heure|[ap]\.?m\b|in\s|du\s|de\s|o'?\s?clock|at\s|sharp|pile|precise)"
)
_NAMED_TIME: Final = re.compile("|".join(_NAMED))
_DAY: Final = 24 * 60
_HALF_DAY: Final = 12 * 60
_MORNING: Final = 9 * 60
_EVENING: Final = 18 * 60
_A_WHILE: Final = 3 * 60
_SMALL: Final = 5 * 60
"""Two times before this hour are no time of day, unless they say so."""
_MARK: Final = re.compile(
    r"\d\s*[h:]|\d\.\d\d|heure|[ap]\.?m\b|o'?\s?clock|in the|du (?:matin|soir)"
    r"|half|demie|midi|minuit|midnight|midday|noon"
)
"""What says that a number is a time, in itself."""
_LATE: Final = re.compile(r"p\.?m\b|du soir|apres[- ]midi|afternoon|evening|at night")
_EARLY: Final = re.compile(r"a\.?m\b|matin|morning")


def times(start: str, end: str, *, bare: bool = False) -> tuple[str, str] | None:
    """Two times as said, as "HH:MM": "8h" "18h30", "9" "5pm", "midi".

    Two bare numbers are times only beside days, where "9 to 5" ends in the afternoon. Of "6-8pm"
    both are in the evening: a half of the day said once is meant for both, if that makes sense.
    """
    first, last = _minutes(start), _minutes(end)
    if first is None or last is None:
        return None
    if _MARK.search(f"{start} {end}"):
        first, last = _agreed(start, first, end, last)
    elif bare and _plain(start) and _plain(end):
        first, last = _guessed(first, last)
    else:
        return None
    if 0 < first < last <= _SMALL and not _EARLY.search(f"{start} {end}"):
        return None  # "1h à 1h30" is how long something takes
    if first >= _DAY or last > _DAY or first == last:
        return None
    return _written(first), _written(last)


def since(start: str) -> tuple[str, str] | None:
    """From a time of day on: to the end of the day's work, or in the evening for three hours."""
    first = _told(start)
    if first is None:
        return None
    last = _EVENING if first <= _EVENING - _A_WHILE else min(first + _A_WHILE, _DAY)
    return _written(first), _written(last)


def before(end: str) -> tuple[str, str] | None:
    """Up to a time of day: the hours of work before it, early in the morning the two before."""
    last = _told(end)
    if last is None:
        return None
    return _written(_MORNING if last > _HALF_DAY else last - 2 * 60), _written(last)


def _told(said: str) -> int | None:
    """Minutes of a time of day that says by itself that it is one and no length of time."""
    found = _minutes(said) if _MARK.search(said) else None
    return found if found is not None and _SMALL <= found < _DAY else None


def _agreed(start: str, first: int, end: str, last: int) -> tuple[int, int]:
    """Minutes of two times of which one may tell the other's half of the day."""
    if start.startswith(("minuit", "midnight")):
        first = 0
    if _LATE.search(end) and _plain(start) and first + _HALF_DAY < last:
        first += _HALF_DAY
    elif _plain(end) and (last <= first or start.startswith(("midi", "noon", "midday"))):
        last += _HALF_DAY if last < _HALF_DAY else 0
    return first, last


def _guessed(first: int, last: int) -> tuple[int, int]:
    """Bare numbers: "9 to 5" ends in the afternoon, and "two till five" begins there."""
    if first <= 5 * 60 and first < last <= 8 * 60:
        return first + _HALF_DAY, last + _HALF_DAY
    return first, last + _HALF_DAY if last <= first else last


def _plain(said: str) -> bool:
    """Whether a time is a number up to twelve that may be of either half of the day."""
    if re.search(r"\d\s*h|heure", said) or _NAMED_TIME.match(said) or _EARLY.search(said):
        return False
    return not _LATE.search(said) and (_minutes(said) or 0) < _HALF_DAY + 60


def _minutes(said: str) -> int | None:
    """Minutes of the day of one time as said, as far as it says them; None when it is none."""
    if named := _NAMED_TIME.match(said):
        return _NAMED[named[0]] * 60
    some = re.findall(r"\d+", said)
    words = _TAIL.split(said)[0]
    hour = int(some[0] if some else numbers.value(re.sub(_HALF, "", words).strip()))
    minute = int(some[1]) if len(some) > 1 else 0
    if re.search(r"\bhalf\b|\bdemie?\b", said):
        minute = 30
    elif re.search(r"\bquarter\b|\bquart\b", said):
        minute = 15
    if _LATE.search(said) and hour < 12:
        hour += 12
    elif _EARLY.search(said) and hour == 12:
        hour = 0
    return None if hour > 24 or (hour == 24 and minute) else hour * 60 + minute


def _written(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
