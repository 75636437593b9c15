"""Owns wishes about what kind of person someone is, of which no filter tells; never a trade."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from search.notes import Why
from search.phrases.base import Found
from search.phrases.refused import begins_refused
from search.phrases.someone import ANYONE, SOMEONE

_KIND: Final = re.compile(
    r"(?<!\w)(?:debutante?s?|juniors?|stagiaires?|etudiante?s?|alternante?s?|agences?|plateformes?"
    r"|intermediaires?|beginners?|students?|interns?|agency|agencies|middlem[ae]n"
    r"|call cent(?:er|re)s?)"
    r"(?P<out>\s+(?:s'abstenir|need not apply))?(?!\w)"
)
_SEX: Final = (
    r"(?:femmes?|hommes?|dames?|filles?|garcons?|w[ao]m[ae]n|m[ae]n|lad(?:y|ies)|females?|males?"
    r"|monsieur|messieurs|feminine?s?|masculine?s?)"
)
_EITHER: Final = rf"\s*(?:/|\b(?:ou|or|et|and)\b)\s*(?:une?\s+|an?\s+|des\s+)?{_SEX}(?!\w)"
"""Who names both asks for neither: "homme ou femme"."""
_A: Final = r"(?:(?:une?|des|an?|les?|la|the)\s+)?"
_ONLY: Final = (
    r"(?:uniquement|exclusivement|seulement|de preference|si possible|only|preferred|preferably"
    r"|if possible|please|svp)"
)
_WANTS: Final = (
    r"(?:(?:cherch|recherch|voudr|prefer|souhait|want|need)\w*|veux|looking for|plutot|rather"
    r"|preferably|uniquement|que|only)"
)
_SEXES: Final = tuple(
    re.compile(rf"(?<![\w-]){body}(?![\w-])(?!\s+(?:d[e']|of\b)|{_EITHER})")
    for body in (
        rf"{_A}{_SEX}\s+{_ONLY}",
        rf"(?:{_WANTS}\s+)(?P<said>{_A}{_SEX})",
        rf"(?:{_A}{_SEX}(?=\s+{SOMEONE}(?!\w)))",
        rf"(?<=\s){_SEX}",
        rf"(?:etre|be|is|est)\s+{_A}{_SEX}",
    )
)
_EITHER_BEFORE: Final = re.compile(rf"(?<!\w){_SEX}\s*(?:/|\b(?:ou|or|et|and)\b)\s*$")
_BESIDE_SOMEONE: Final = re.compile(rf"(?<!\w){SOMEONE}\s+$")
_STARS: Final = r"[1-5](?:[.,]\d)?\s*(?:etoiles?|stars?)"
_RATED: Final = re.compile(
    r"(?<!\w)(?:(?:les?\s+)?(?:tres\s+)?(?:bien|mieux)\s+notee?s?|(?:highly|well|top|best)[- ]rated"
    rf"|(?:(?:avec|with)\s+)?(?:au moins|minimum|min|at least)\s+{_STARS}"
    r"(?:\s*(?:sur|out of|/)\s*5)?"
    rf"|{_STARS}\s+(?:minimum|min|ou plus|or more)|[1-5]\+\s*(?:etoiles?|stars?))(?!\w)"
)
_REVIEWS: Final = (
    r"(?:qui a|who has|avec|with)\s+"
    r"(?:(?:des|de|d'|bons?|tres bons?|good|great|real|some|vrais?)\s+)*"
    r"(?:avis|reviews|ratings|evaluations)(?:\s+(?:positifs?|clients?|verifies))?"
)
_REVIEWED: Final = re.compile(
    rf"(?:^|(?<!\w)(?:{SOMEONE}|{ANYONE})[\s,]+)(?P<said>{_REVIEWS})(?=\s*(?:$|[,.;]))"
)


def kinds(text: str) -> Iterator[Found]:
    """Beginners or agencies that are refused, a sex that is asked for, and good marks."""
    for match in _KIND.finditer(text):
        refusal = begins_refused(text, match.start())
        if match["out"] or refusal:
            yield Found(refusal.start() if refusal else match.start(), match.end(), ())
    for pattern in _SEXES:
        for match in pattern.finditer(text):
            beside = pattern is not _SEXES[3] or _BESIDE_SOMEONE.search(text, 0, match.start())
            either = _EITHER_BEFORE.search(text, 0, match.start())
            span = match.span("said") if "said" in match.groupdict() else match.span()
            if not either and (beside or begins_refused(text, match.start())):
                yield Found(*span, (), Why.SEX)
    yield from (Found(*match.span(), ()) for match in _RATED.finditer(text))
    yield from (Found(*match.span("said"), ()) for match in _REVIEWED.finditer(text))
