"""Owns the languages between which someone translates; never languages that are only spoken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from search.phrases.base import Found
from search.phrases.spoken import LANGUAGES, languages

_WORK: Final = re.compile(r"(?<!\w)(?:tradu|translat|interpret)")
_LEVEL: Final = "B2"
"""How well who translates knows the least of the languages."""
_SKILLS: Final = frozenset({"fr", "en"})
"""Between these two, translation is a skill of its own: whoever has it is found by it."""
_INTO: Final = r"(?:\s*(?:->|=>|→|>)\s*|\s+(?:vers|to|into)\s+(?:l[ea]?\s|l')?)"
_OR_BY_SIGN: Final = r"\s*[/–-]\s*"


@cache
def _pairs() -> tuple[tuple[re.Pattern[str], bool], ...]:
    """(pattern, does it hold beside a word of translation alone)."""
    names = "|".join(sorted([n for n in languages() if not n.endswith("phone")], key=len)[::-1])
    one = rf"(?:{names})"
    code = rf"(?:{'|'.join(LANGUAGES)})"
    into = r"(?:en|in|into|vers|to)\s+"
    then = rf"(?:l[ea]\s+|l')?{one}"
    also = rf"(?:(?:\s*[,/&]\s*|\s+(?:et|and|ou|or)\s+)(?:{into})?{then})"
    return tuple(
        (re.compile(rf"(?<!\w){body}(?!\w)"), beside)
        for body, beside in (
            (rf"{one}{_INTO}{one}{also}*", False),
            (rf"{one}{_OR_BY_SIGN}{one}", True),
            (rf"{code}(?:{_OR_BY_SIGN}|{_INTO}){code}", True),
            (rf"{into}{then}{also}+", True),
        )
    )


def pairs(text: str) -> Iterator[Found]:
    """Two languages or more of a translation; their words tell of the work and stay text."""
    of_work = _WORK.search(text)
    for pattern, beside in _pairs():
        for match in pattern.finditer(text) if of_work or not beside else ():
            known = {**languages(), **dict(zip(LANGUAGES, LANGUAGES, strict=True))}
            codes = dict.fromkeys(
                known[one] for one in re.findall(r"\w+", match[0]) if one in known
            )
            if len(codes) > 1 and not _SKILLS.issuperset(codes):
                said = tuple(("speaks", f"{code}:{_LEVEL}") for code in codes)
                yield Found(*match.span(), said, matter=True)
