"""Owns what is paid or worked by the day, month or job, of which no filter tells; never a rate."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from search.notes import Why
from search.phrases import amounts, numbers
from search.phrases.amounts import TAX
from search.phrases.base import Found
from search.phrases.prices import MOST, OF_THINGS

_PER: Final = r"(?:\s*/\s*|\s+(?:(?:par|per|each|every|chaque|a|de la|du|la|le|the)\s+)?(?:l')?)"
_LONG: Final = (
    r"(?:jour(?:nee)?s?|jr|days?|semaines?|weeks?|mois|months?|trimestres?|quarters?|an|annees?|years?"
    r"|mensuels?|monthly|hebdo\w*|weekly|daily)"
)
_EACH: Final = r"(?:\s*/\s*|\s+(?:par|per|each|chaque)\s+)(?!h\b|heure|hour)[a-z]+"
_JOB: Final = r"(?:forfait|fixe|fixed|flat fee|flat|au total|in total|tout compris|all in)"
_BUDGET: Final = (
    r"(?:(?:mon|notre|un|my|our|a|total|monthly|mensuel|fixed|fixe)\s+)*"
    r"(?:budgets?|forfait|tjm|fixed (?:price|fee)|flat fee|day rate)"
    r"(?:\s+(?:mensuel|total|fixe|journalier|annuel))?(?:\s+(?:de|d'|of|is|est|:))?\s*:?\s*"
)
_AROUND: Final = r"(?:(?:environ|about|around|roughly|pour|for|a|at)\s+)?"
_HOURS: Final = rf"(?:\s+(?:pour|for)\s+{numbers.HOURS}\s*(?:h|heures?|hours?)(?!\w))?"
_BUDGETS: Final = tuple(
    re.compile(rf"(?<![\w.,])(?P<lead>{lead}){amounts.pattern('sum')}{TAX}{behind}(?!\w){_HOURS}")
    for lead, behind in (
        (rf"(?:{_BUDGET})?(?:{MOST})?{_AROUND}", rf"(?:{_PER}{_LONG}|\s+{_JOB}|{_EACH})"),
        (rf"{_BUDGET}(?:{MOST})?{_AROUND}", f"(?:{_EACH})?"),
    )
)
_LENGTH: Final = re.compile(rf"(?!budget|forfait)(?:{MOST})?{_AROUND}\S+\s+{_LONG}")
"""How long something takes: "less than 2 years"."""
_TIME: Final = re.compile(
    rf"(?<!\w)(?:(?:environ|about|around|max\w*|min\w*|au moins|at least)\s+)?{numbers.HOURS}\s*"
    r"(?:h|heures?|hours?|hrs?)\s*(?:/\s*|(?:par|per|a|each|every|chaque)\s+)"
    r"(?:jour(?:nee)?|jr|day|mois|month|an|annee|year)(?!\w)"
)


def budgets(text: str) -> Iterator[Found]:
    """Amounts and hours of anything but what rates and hours of filters are: an hour, a week."""
    for pattern in _BUDGETS:
        for match in pattern.finditer(text):
            named = match.groupdict()
            signed = named["sum_before"] or named["sum_after"]
            if not signed and _LENGTH.fullmatch(match[0]):
                continue
            of_things = OF_THINGS.search(text, 0, match.start())
            if (signed or (match["lead"] and not named["sum"].isalpha())) and not of_things:
                yield Found(match.start(), match.end(), (), Why.RATE)
    yield from (Found(*match.span(), (), Why.TIME) for match in _TIME.finditer(text))
