"""Owns whether a week or a weekend is what is worked on; never on which days somebody works."""

from __future__ import annotations

import re
from typing import Final

from search.phrases.someone import SOMEONE

_WEEK: Final = re.compile(r"(?:de|la) semaine$")
_OF_A_WEEK: Final = re.compile(
    r"(?:^|\s)(?:pour|par|dans|a|sur|debut|milieu|courant|cours|\w{2,}(?:er|ir|re))\s+$"
)
"""Before it: "pour la semaine", "préparer la semaine", "réunion de début de semaine"."""
_OF_A_WEEKEND: Final = re.compile(
    r"(?<!\w)(?:d[eu]s?|d'un|un|mon|mes|notre|nos|votre|vos"
    r"|(?:organi[sz]|prepar|planifi|planning|reserv|book|plan)\w*(?:\s+(?:l[ae]s?|the|our|my))?)\s+$"
)
_OF: Final = re.compile(r"\s+(?:d[eu]s?(?!\w)|d')(?!\s*\d)")
_WHOSE: Final = re.compile(rf"(?<!\w){SOMEONE}[\s,]+$")
_ON_IT: Final = re.compile(
    rf"\s+(?:{SOMEONE}|cover\w*|shifts?|staff|work\w*|help|support|hours|only|seulement|uniquement"
    r"|phones?|telephon\w*|calls?|call|answer\w*|recept\w*|standard|accueil|permanence|chat"
    r"|et|and|ou|or|a|en|in|at|near|de|from|pour|for|moins|max|under|dispo\w*|available|with|avec)"
    r"(?!\w)"
)
"""Behind "weekend": who works then, or what is no thing of a weekend's."""


def worked_on(text: str, start: int, end: int) -> bool:
    """Whether days said alone tell of the work: "le planning de la semaine", "weekend trips"."""
    said, before, after = text[start:end], text[:start], text[end:]
    if _WEEK.search(said):
        return bool(_OF_A_WEEK.search(before) or _OF.match(after))
    if "end" not in said or "week" not in said:
        return False
    if _OF_A_WEEKEND.search(before) or _OF.match(after):
        return True
    named = said.endswith("end") and not said.startswith(("le", "on ", "at "))
    follows = re.match(r"\s+\w", after)
    return bool(named and follows) and not (_WHOSE.search(before) or _ON_IT.match(after))
