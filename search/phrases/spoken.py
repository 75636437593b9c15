"""Owns what says the languages someone speaks; never the work on a language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from babel import Locale

from search.language import fold
from search.phrases.base import Found

_CODES: Final = "fr en es de it pt nl ar pl ro ru tr zh ja uk el sv da".split()
_COLLOQUIAL: Final = {
    "neerlandaise": "nl", "flamand": "nl", "mandarin": "zh", "anglophone": "en",
    "francophone": "fr", "hispanophone": "es", "germanophone": "de", "italophone": "it",
    "lusophone": "pt", "arabophone": "ar", "neerlandophone": "nl", "russophone": "ru",
    "francaise": "fr", "anglaise": "en", "allemande": "de", "espagnole": "es",
    "italienne": "it", "portugaise": "pt", "flemish": "nl",
}  # fmt: skip


_WORKS_IN: Final = "IN"
"""The level of who works in a language ("service client en espagnol"): B2, unless it is wording."""
_INTO: Final = re.compile(
    r"tradu|translat|titr|subtitl|version|interpret|redig|redact|ecri|writ|text|contenu|content|site"
    r"|copy|article|blog|relire|relect|proof|correct|cours|lesson|learn|apprend"
)
"""Work on words, of which a language is the matter and not the manner."""


@cache
def _languages() -> dict[str, str]:
    names = {
        fold(Locale(locale).languages[code]): code for code in _CODES for locale in ("fr", "en")
    }
    return {**names, **{name: code for name, code in _COLLOQUIAL.items() if code}}


@cache
def _spoken() -> tuple[tuple[re.Pattern[str], str], ...]:
    """(pattern, level when none is said). `one` and the words after it are language names."""
    name = "|".join(sorted((n for n in _languages() if not n.endswith("phone")), key=len)[::-1])
    many = rf"(?P<names>(?:{name})(?:\s*(?:,|/|-|–|\bet\b|\band\b|&|\s)\s*(?:{name})(?!\w))*)"
    one = rf"(?P<names>{name})"
    level = r"(?P<level>[abc][12])"
    speaks = r"(?:qui\s+)?(?:parlant|parle|parlent|parler|maitrisant)\s+"
    said = (
        (rf"(?:bilingues?|trilingues?|bilingual|trilingual)\s+(?:en\s+|in\s+)?{many}", "C1"),
        (rf"{many}[\s-]+(?:bilingues?|bilingual)", "C1"),
        (rf"{one}\s+(?:niveau\s+|level\s+)?{level}", ""),
        (rf"{level}\s+(?:en\s+|in\s+)?{one}", ""),
        (rf"{one}\s+(?:courant|fluent)", "C1"),
        (rf"(?:fluent)\s+(?:in\s+)?{many}", "C1"),
        (rf"(?:langue maternelle|mother tongue|native)\s+{one}(?:[\s-]+speakers?)?", "C2"),
        (rf"{one}\s+(?:langue maternelle|mother tongue|natif|native)", "C2"),
        (rf"{speaks}(?:bien\s+|couramment\s+)?(?:l'|le\s+)?{many}", "B2"),
        (rf"(?:who\s+)?(?:speaks?|speaking)\s+{many}", "B2"),
        (rf"{one}[\s-]+(?:speaking|speakers?)", "B2"),
        (rf"notions?\s+(?:d'|de\s+){one}", "A2"),
        (rf"(?:en|in)\s+{one}", _WORKS_IN),
        (rf"(?P<names>{'|'.join(n for n in _languages() if n.endswith('phone'))})s?", "C1"),
    )  # fmt: skip
    return tuple((re.compile(rf"(?<!\w){body}(?!\w)"), default) for body, default in said)


def spoken(text: str) -> Iterator[Found]:
    """Languages someone should speak, each with a level: said, or what the phrase implies."""
    for pattern, default in _spoken():
        for match in pattern.finditer(text):
            level = (match.groupdict().get("level") or default).upper()
            if level == _WORKS_IN:
                if match[0] == text.strip() or _INTO.search(text):
                    continue
                level = "B2"
            names = [n for n in re.split(r"[^\w]+", match["names"]) if n in _languages()]
            said = dict.fromkeys(("speaks", f"{_languages()[one]}:{level}") for one in names)
            yield Found(match.start(), match.end(), tuple(said))


_THEIRS: Final = re.compile(
    r"(?<!\w)(?:clients|custom|march|market|fourniss|supplier|tva|vat|tax|impot|droit|law|compan|entrep|produit"
    r"|product|export|import|cuisine|food|restau|langue|language|class|teach|prof)"
)
"""Beside these a language's name tells whose they are: "clients allemands"."""
BESIDE_MAX: Final = 4
"""So many words beside a bare language at most: "german bookkeeper", "standardiste espagnol"."""


def bare_language(text: str) -> Found | None:
    """The one language named in a few words, without a word that says it is to be spoken."""
    words = list(re.finditer(r"[\w'-]+", text))
    some = [word for word in words if word[0] in _languages()]
    if len(some) != 1 or not 1 < len(words) <= BESIDE_MAX + 1 or _THEIRS.search(text):
        return None
    if _INTO.search(text):
        return None
    code = _languages()[some[0][0]]
    return Found(some[0].start(), some[0].end(), (("speaks", f"{code}:B2"),))
