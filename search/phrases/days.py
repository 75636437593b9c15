"""Owns which days of the week are said; never at what time of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

_CODES: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
NAMES: Final = {
    name: _CODES[place % 7]
    for place, name in enumerate(
        "lundi mardi mercredi jeudi vendredi samedi dimanche"
        " monday tuesday wednesday thursday friday saturday sunday".split()
    )
}
DAY: Final = rf"(?:{'|'.join(NAMES)})"
_SHORT: Final = {
    name: _CODES[place % 7]
    for place, name in enumerate(
        "lun mar mer jeu ven sam dim mon tue wed thu fri sat sun lu ma me je ve sa di"
        " lun mar mer jeud vend sam dim mon tues weds thur fri sat sun".split()
    )
}
"""As they are shortened between two of them: "mon-fri", "lun-ven"."""
SHORTEST: Final = 2
"""Shorter names are words far more often, one after the other: "je", "ma"."""
_SHORTENED: Final = rf"(?:{'|'.join(sorted(_SHORT, key=len, reverse=True))})\.?"
EVERY: Final = r"(?:(?:le|les|on|every|chaque)\s+)"
_AND_SHORT: Final = r"(?:\s*(?:[,/&]|\b(?:et|and)\b)\s*(?:(?:et|and)\s+)?|\s+)"
_LISTED: Final = rf"(?:{'|'.join(name for name in _SHORT if len(name) > SHORTEST)})\.?"
AND_DAY: Final = rf"(?:\s*[,/&]\s*|\s+(?:(?:et|and)\s+)?|\s*,\s*(?:et|and)\s+){EVERY}?{DAY}s?"


_SPAN: Final = 3
SHORTENED: Final = rf"(?P<short>{_LISTED})"
"""One day alone, which is one only before hours: "sam 9h-12h"."""
_NO_ONE_WEEK: Final = r"(?<!ce )(?<!this )(?<!next )(?<!last )"
_NO_DATE: Final = r"(?!\s+(?:prochain|dernier|derniere|passe|suivant)e?s?(?!\w))"
"""A week of the calendar is no week of all (dates)."""
_OF_SEVEN: Final = r"\s?j(?:ours?)?\s?(?:/|sur)\s?7"


_ADDED: Final = rf"(?:{DAY}s?|week-?\s?ends?)"
INCLUDED: Final = (
    rf"(?:(?<!au )(?<!a )(?<!to )(?<!-){EVERY}?{_ADDED}\s+(?:compris|inclus|included)"
    rf"|(?:y compris|including)\s+{EVERY}?{_ADDED})"
)
"""A day beside those of the week: "samedi compris"."""


def pattern(article: str = EVERY) -> str:
    """What says days, with a group of its name for each way to say them."""
    return (
        rf"(?:(?:(?:du|de|from)\s+)?(?P<first>{DAY})s?\s*(?:au|a|to|through|-|–)\s*"
        rf"(?P<last>{DAY})s?"
        rf"|(?P<from_day>{_SHORTENED})\s*(?:-|–|/|au|a|to)\s*(?P<to_day>{_SHORTENED})"
        rf"|{article}?(?P<several>{DAY}s?(?:{AND_DAY}){{1,6}})"
        rf"|(?P<listed>{_LISTED}(?:{_AND_SHORT}{_LISTED}(?!\w)){{1,6}})"
        rf"|{article}(?P<only>{DAY})s?"
        rf"|(?P<weekend>(?:(?:le|les|on|at|the)\s+){{0,2}}{_NO_ONE_WEEK}week-?\s?ends?{_NO_DATE})"
        rf"|(?:{EVERY}|(?:en|la)\s+)?(?P<endings>fins?\s+de\s+semaine)"
        r"|(?P<weekdays>(?:(?:tous\s+)?les\s+)?jours?\s+de\s+(?:la\s+)?semaine"
        rf"|(?<!fin )(?<!fins )(?:de|(?<!de )la|en) semaine{_NO_DATE}|jours? ouvres?"
        rf"|jours? ouvrables?|5{_OF_SEVEN}"
        r"|(?:on\s+|every\s+|each\s+)?week-?days?|(?:every\s+|each\s+)?working days?)"
        rf"|(?P<six>6{_OF_SEVEN})"
        r"|(?P<daily>tous les jours|every day|7\s?j?(?:ours)?\s?(?:/|sur)\s?7))"
    )


SAID: Final = tuple(
    "first from_day weekdays several listed only short daily six weekend endings included".split()
)
"""The groups of the pattern that name days."""


def without(days: list[str], off: list[str]) -> list[str]:
    """Days and ranges of days without some of them; without a weekend, when none is named."""
    gone = {NAMES[day] for day in off} or {"sat", "sun"}
    runs: list[list[str]] = []
    for some in days:
        first, _dash, last = some.partition("-")
        start = _CODES.index(first)
        count = (_CODES.index(last or first) - start) % 7 + 1
        runs.append([])
        for day in (*_CODES, *_CODES)[start : start + count]:
            if day in gone:
                runs.append([])
            else:
                runs[-1].append(day)
    return [run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs if run]


def _in_a_row(named: Iterable[str]) -> list[str]:
    """Days as codes, three or more that follow one another as one span: "mon-fri"."""
    runs: list[list[str]] = []
    for day in sorted(set(named), key=_CODES.index):
        if runs and _CODES.index(runs[-1][-1]) + 1 == _CODES.index(day):
            runs[-1].append(day)
        else:
            runs.append([day])
    return [one for run in runs for one in (run if len(run) < _SPAN else [f"{run[0]}-{run[-1]}"])]


def added(words: str) -> list[str]:
    """The days that are said to be included: "sat", or both of the weekend."""
    return [NAMES[day] for day in re.findall(DAY, words)] or ["sat", "sun"]


def said(named: dict[str, str | None]) -> list[str]:
    """The days of a match of the pattern, as codes and spans of codes: "mon", "mon-fri"."""
    if first := named.get("first"):
        return [f"{NAMES[first]}-{NAMES[named['last'] or first]}"]
    if opening := named.get("from_day"):
        closing = named["to_day"] or opening
        return [f"{_SHORT[opening.strip('.')]}-{_SHORT[closing.strip('.')]}"]
    if several := named.get("several") or named.get("only"):
        return _in_a_row(NAMES[day] for day in re.findall(DAY, several))
    if listed := named.get("listed") or named.get("short"):
        return _in_a_row(_SHORT[day] for day in re.findall(r"[a-z]{3,}", listed) if day in _SHORT)
    if included := named.get("included"):
        last = max(added(included), key=_CODES.index)
        return [f"mon-{last}" if last in {"sat", "sun"} else "mon-fri"]
    if named.get("weekend") or named.get("endings"):
        return ["sat-sun"]
    whole = named.get("daily") or named.get("round")
    return ["mon-sun" if whole else "mon-sat" if named.get("six") else "mon-fri"]
