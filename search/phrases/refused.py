"""Owns what says that words are no wish: refused, or told of someone else; never what they are."""

from __future__ import annotations

import re
from typing import Final

REFUSED: Final = "\x01"
"""Stands for what was refused in a sentence that is being read."""
_LEFT_OUT: Final = (
    r"(?:(?:qui|who)\s+)?n(?:e\s+|')\w+\s+(?:pas|plus|jamais)|\w+n't"
    r"|no[ -]?one|nobody|none"
    r"|sauf|jamais|hors|excepte|hormis|pas|non|ni|sans|aucune?|a part|plutot qu[e']|au lieu d[eu']"
    r"|(?:ailleurs|autre part|autrement|autres?) qu[e']|(?:en )?dehors d[eu']|a l'exception d[eu']"
    r"|evite[rz]?|refus\w+|exclu\w*|except(?:ing)?|excluding|never|not|no|nor|neither|without"
    r"|outside|other than|apart from|instead of|rather than|avoid(?:ing)?"
    r"|(?:any|every|no)(?:where|one|body|thing)? (?:time |day )?but"
    r"|(?:do|does|is|are|ca|wo|did)nt|cannot"
)
_CARRIES: Final = (
    r"l[ae]s?|d[eu]s?|aux?|a|en|dans|sur|sous|pendant|une?|on|the|of|in|at|near|to|from|by|for|an|any"
    r"|ce(?:la|tte)?|be(?:ing)?|is|are|am|have|has|having|do|does|working?|works|speaks?|speaking"
    r"|lives?|living|needs?|needed|wants?|wanted|require[sd]?|based|located|necessar(?:y|ily)"
    r"|obligatoirement|forcement|necessairement|necessaire|besoin|obligatoire|etre|est|sont|soi(?:t|ent)"
    r"|parl\w+|travaill\w+|habit\w+|basee?s?|situee?s?|localisee?s?|uniquement|seulement|only|just"
    r"|personnes?|gens|monde|people|persons?|profils?|profiles?|candidat\w*|prestataires?"
    r"|qui|qu[e']?|who|with|avec|someone|somebody|quelqu'un|disponibles?|dispos?|available|free"
    r"|veux|voulons|cherch\w+|recherch\w+|looking|il|elle|faut|charg\w+|pay\w*|factur\w+"
)
"""Small words between what refuses and what is refused."""
_BEFORE: Final = re.compile(
    rf"(?:(?<!\w)(?:(?:surtout|especially|certainly)\s+)?(?:{_LEFT_OUT})|(?<={REFUSED})\s*(?:et|ou|or|and|ni|nor)(?!\w))"
    rf"(?:(?:(?<=')|[\s-]+)(?:(?:{_CARRIES})(?!\w)|[ld]'))*(?:(?<=')|[\s-]+)$"
)
_NEEDED: Final = (
    r"(?:required|needed|necessary|essential|a must|mandatory|wanted|accepted|possible|ok|useful"
    r"|requise?s?|exigee?s?|obligatoires?|necessaires?|indispensables?|souhaitee?s?|acceptee?s?"
    r"|demandee?s?|voulue?s?|utiles?|imperatif)"
)
_AFTER: Final = re.compile(
    r"\s+(?:(?:(?:is|are|n'est|ne sont|est|sont)\s+)?(?:not|pas|non|isn't|isnt|aren't)\s+"
    rf"(?:[\w-]+\s+)?{_NEEDED}|(?:(?:is|are|est|sont)\s+)?(?:unnecessary|inutiles?|optional"
    r"|optionnel\w*|facultati\w+|exclue?s?|excluded|excepted|interdite?s?|impossibles?))(?!\w)"
)
_REACH: Final = 60
"""So many letters before words may refuse them."""


def refused(text: str, start: int, end: int) -> tuple[int, int] | None:
    """From where to where what stands there is said not to be wanted; None where it is not.

    "pas en portage", "anywhere but London", "French not required", "ni à Lyon" after another.
    """
    before = begins_refused(text, start)
    after = _AFTER.match(text, end)
    if not (before or after):
        return None
    return before.start() if before else start, after.end() if after else end


def begins_refused(text: str, start: int) -> re.Match[str] | None:
    """What refuses whatever begins there."""
    return _BEFORE.search(text, max(0, start - _REACH), start)
