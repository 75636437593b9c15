"""Owns what says how long someone has practised; never in which skill."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from search.notes import Why
from search.phrases import numbers
from search.phrases.base import Found
from search.phrases.someone import ANYONE, SOMEONE
from search.schema import YEARS

_WITH: Final = r"(?:(?:qui a|ayant|avec|with|who has|having|has)\s+)?"
_LEAST: Final = (
    r"(?:(?:au moins|minimum|min|plus de|at least|more than|over|a minimum of"
    r"|pas moins d[e']|(?:not|no) (?:less|fewer) than)\s*)"
)
_MOST: Final = (
    r"(?P<most>(?:moins d[e']|less than|fewer than|under|pas plus d[e']|(?:not|no) more than|up to"
    r"|at most|au plus|au maximum|maximum|max|jusqu'a)\s*)"
)
_FROM: Final = (
    rf"(?:(?:(?:entre|between|de|from)\s+)?(?P<low>{numbers.HOURS})\s*(?:a|to|et|and|ou|or|-|–)\s*)"
)
_SO_MANY: Final = (
    rf"{_FROM}?(?P<years>{numbers.HOURS})\s*(?P<more>\+|ou plus|or more)?"
    r"\s*(?:ans|annees?|years?|yrs?)"
)
_MORE: Final = r"(?:\s+(?:minimum|min|ou plus|et plus|or more|at least|au moins))"
_LESS: Final = r"(?P<less>\s+(?:maximum|maxi|max|ou moins|or less|at most|au plus))"
_PRACTICE: Final = (
    r"(?:'?\s+(?:(?:de|of|d')\s*)?(?:experience|pratique|metier|anciennete|practice)(?:s?(?!\w)))"
)
_IN: Final = r"(?:\s+(?:en|dans|in|with|as an?|comme|de|of|d')(?=\s|(?<=')))?"
_SAYS_IN: Final = re.compile(r"\s(?:en|dans|in|with|as an?|comme|de|of|d')$")
_END: Final = r"(?=\s*(?:$|[,.;)]))"
_YEARS: Final = tuple(
    re.compile(rf"(?<![\w.,]){body}")
    for body in (
        rf"{_WITH}(?:{_LEAST}|{_MOST})?{_SO_MANY}{_PRACTICE}(?:{_MORE}|{_LESS})?{_IN}(?!\w)",
        rf"{_WITH}(?P<plus>{numbers.HOURS}\s*\+)\s*(?:ans|annees?|years?|yrs?){_IN}(?!\w)",
        rf"(?:^|(?<=\s)){_WITH}{_LEAST}{_SO_MANY}(?!\w){_END}",
    )
)
_BESIDE: Final = re.compile(rf"(?:^|(?<!\w)(?:{SOMEONE}|{ANYONE})[\s,]+)$")
_OUR: Final = re.compile(r"(?<!\w)(?:nous avons|j'ai|on a|i have|we have|our|nos|mes|my)\s+$")
_FIRM: Final = re.compile(
    r"(?<!\w)(?:(?:entreprises?|societes?|agences?|associations?|pme|tpe|start-?up|company|firm|agency"
    r"|cabinets?(?: (?:comptable|medical|dentaire|d'expertise(?: comptable)?|d'avocats?))?)"
    rf"(?:\s+(?!{SOMEONE}(?!\w))[\w'-]+){{0,2}}?(?:\s+(?:a|ont|possede|has))?"
    r"|forte?s? de(?:\s+(?:nos|mes|ses|plus de))?)\s+$"
)
"""A client tells of their own years: "notre cabinet a 10 ans d'expérience et cherche..."."""
_OF_ONE: Final = re.compile(rf"(?<!\w)(?:{SOMEONE}|{ANYONE})(?!\w)")
_CLAUSE: Final = re.compile(r"[,;.!?:]\s")


def years(text: str) -> Iterator[Found]:
    """The least years of practice: the filter's step that is not above what was said.

    Of "3 à 5 ans" the lower; of "moins de 2 ans" none, as no filter says a most.
    """
    for pattern in _YEARS:
        for match in pattern.finditer(text):
            bare = pattern is _YEARS[-1] and not _BESIDE.search(text, 0, match.start())
            if bare or _is_theirs(text[: match.start()]):
                continue
            named = match.groupdict()
            if named.get("most") or named.get("less"):
                said_most = _SAYS_IN.sub("", match[0])
                yield Found(match.start(), match.start() + len(said_most), ())
                continue
            least = named.get("low") or named.get("years") or named["plus"]
            said = int(numbers.value(least.strip(" +")))
            if step := max((one for one in YEARS if one <= said), default=0):
                yield Found(*match.span(), (("years", str(step)),), Why.YEARS)


def _is_theirs(before: str) -> bool:
    """Whether years are those of the writer, whom the words before them tell of."""
    if _OUR.search(before):
        return True
    firm = _FIRM.search(before)
    return firm is not None and not _OF_ONE.search(_CLAUSE.split(before[: firm.start()])[-1])


def years_in(found: Found, text: str) -> bool:
    """Whether what follows says of which skill: "5 years in bookkeeping"."""
    return bool(_SAYS_IN.search(text[found.start : found.end]))
