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
_LEAST: Final = r"(?:(?:au moins|minimum|min|plus de|at least|more than|over|a minimum of)\s+)"
_SO_MANY: Final = (
    rf"(?P<years>{numbers.HOURS})\s*(?P<more>\+|ou plus|or more)?\s*(?:ans|annees?|years?|yrs?)"
)
_MORE: Final = r"(?:\s+(?:minimum|min|ou plus|et plus|or more|at least|au moins))"
_PRACTICE: Final = (
    r"(?:'?\s+(?:(?:de|of|d')\s*)?(?:experience|pratique|metier|anciennete|practice)(?:s?(?!\w)))"
)
_IN: Final = r"(?:\s+(?:en|dans|in|with|as an?|comme|de|of|d')(?=\s|(?<=')))?"
_SAYS_IN: Final = re.compile(r"\s(?:en|dans|in|with|as an?|comme|de|of|d')$")
_END: Final = r"(?=\s*(?:$|[,.;)]))"
_YEARS: Final = tuple(
    re.compile(rf"(?<![\w.,]){body}")
    for body in (
        rf"{_WITH}{_LEAST}?{_SO_MANY}{_PRACTICE}{_MORE}?{_IN}(?!\w)",
        rf"{_WITH}(?P<plus>{numbers.HOURS}\s*\+)\s*(?:ans|annees?|years?|yrs?){_IN}(?!\w)",
        rf"(?:^|(?<=\s)){_WITH}{_LEAST}{_SO_MANY}(?!\w){_END}",
    )
)
_BESIDE: Final = re.compile(rf"(?:^|(?<!\w)(?:{SOMEONE}|{ANYONE})[\s,]+)$")
_OUR: Final = re.compile(r"(?<!\w)(?:nous avons|j'ai|on a|i have|we have|our|nos|mes|my)\s+$")


def years(text: str) -> Iterator[Found]:
    """The least years of practice: the filter's step that is not above what was said."""
    for pattern in _YEARS:
        for match in pattern.finditer(text):
            bare = pattern is _YEARS[-1] and not _BESIDE.search(text, 0, match.start())
            if bare or _OUR.search(text, 0, match.start()):
                continue
            named = match.groupdict()
            said = int(numbers.value((named.get("years") or named["plus"]).strip(" +")))
            if step := max((one for one in YEARS if one <= said), default=0):
                yield Found(*match.span(), (("years", str(step)),), Why.YEARS)


def years_in(found: Found, text: str) -> bool:
    """Whether what follows says of which skill: "5 years in bookkeeping"."""
    return bool(_SAYS_IN.search(text[found.start : found.end]))
