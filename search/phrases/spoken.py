"""Owns what says the languages someone speaks; never the work on a language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from babel import Locale

from search.language import fold
from search.notes import Why
from search.phrases.base import Found

LANGUAGES: Final = tuple("fr en es de it pt nl ar pl ro ru tr zh ja uk el sv da".split())
"""ISO 639-1 codes of the languages that are read, the likeliest first."""
_COLLOQUIAL: Final = {
    "neerlandaise": "nl", "flamand": "nl", "mandarin": "zh", "anglophone": "en",
    "francophone": "fr", "hispanophone": "es", "germanophone": "de", "italophone": "it",
    "lusophone": "pt", "arabophone": "ar", "neerlandophone": "nl", "russophone": "ru",
    "francaise": "fr", "anglaise": "en", "allemande": "de", "espagnole": "es",
    "italienne": "it", "portugaise": "pt", "flemish": "nl",
}  # fmt: skip


_WORKS_IN: Final = "IN"
"""The level of who works in a language ("service client en espagnol"): B2, unless it is wording."""
_BESIDE: Final = "BESIDE"
"""Of an interpreter; only the language's own words say it."""
_BESIDE_WORK: Final = 3
"""In so few words "interprète arabe" names the work."""
_ON_THE_LINE: Final = "LINE"
"""Of who is to be spoken to: "spanish customer service"; only the language's own words say it."""
_CALLED: Final = "CALLED"
"""Of whom clients of a language call, or who calls them."""
_ON_THE_LINE_EN: Final = (
    r"customer\s+(?:service|support|care)|call\s+answering|phone\s+(?:support|answering|cover)"
    r"|telephone\s+(?:support|answering)|live\s+chat|help-?\s?desk|hotline|receptionists?"
)
_ON_THE_LINE_FR: Final = (
    r"service\s+clients?|standardistes?|hotline|support\s+client|accueil\s+telephonique"
    r"|receptionnistes?|hotesses?|hotes?"
)
_CALLERS_FR: Final = r"clients?|clientes?|clientele|patients?|locataires|voyageurs|touristes"
_CALLERS_EN: Final = r"clients?|customers?|callers?|patients?|guests?|tenants?"
_CALLS: Final = re.compile(
    r"(?<!\w)(?:telephon|tel(?!\w)|appel|rappel|standard|accueil|hotline|phone|calls?(?!\w)|ring|answer"
    r"|recept)"
)
_REFUSED: Final = "NO"
"""Of a language nobody has to speak: no filter says that."""
_WORDED: Final = "WORDED"
"""Of a level in words, unless the work is on words: "cours d'anglais débutant"."""
_WORDS: Final = {
    "native": "C2", "natif": "C2", "advanced": "C1", "avance": "C1", "intermediate": "B1",
    "intermediaire": "B1", "conversational": "B1", "basic": "A2", "basique": "A2", "de base": "A2",
    "elementary": "A2", "elementaire": "A2", "scolaire": "A2", "beginner": "A1", "debutant": "A1",
}  # fmt: skip
_LEVELS: Final = {_WORKS_IN: "B2", _BESIDE: "B2", _ON_THE_LINE: "B2", _CALLED: "B2"}
_INTO: Final = re.compile(
    r"tradu|translat|titr|subtitl|version|interpret|redig|redact|ecri|writ|text|contenu|content|site"
    r"|copy|article|blog|relire|relect|proof|correct|cours|lesson|learn|apprend"
)
"""Work on words, of which a language is the matter and not the manner."""


@cache
def languages() -> dict[str, str]:
    """Names of languages in French and English, folded -> their codes."""
    names = {
        fold(Locale(locale).languages[code]): code for code in LANGUAGES for locale in ("fr", "en")
    }
    return {**names, **{name: code for name, code in _COLLOQUIAL.items() if code}}


def _peoples() -> str:
    """French names of languages as they tell of several people: "allemands"."""
    own = "allemand espagnol italien portugais neerlandais anglais arabe russe turc polonais"
    return rf"(?:(?:suisses?[- ])?(?:{own.replace(' ', '|')}|chinois|flamand)e?s?)"


def _code(name: str) -> str:
    """The language of a name, also of several people's: "suisses allemands" speak German."""
    last = re.split(r"[ -]", name)[-1]
    if name in LANGUAGES:
        return name
    return next(
        (languages()[one] for one in (last, last[:-1], last[:-2]) if one in languages()), ""
    )


_LEAD: Final = (
    r"(?:(?:la|maitrise|connaissances?|pratique|notions?|bilingues?|bilingual|fluent|good|bon|basic"
    r"|some|qui|parle|speaks?|speaking|knowledge|of|de|du|en|in|le|avec|with)\s+|l'|d')*"
)
_BEHIND: Final = (
    r"(?:\s+(?:courants?|fluent|bilingues?|bilingual|speaking|speaker|skills?|parlee?|spoken"
    r"|(?:niveau\s+|level\s+)?[abc][12]))*"
)
_NICETY: Final = (
    r"(?:(?:is|est|sera(?:it)?|would\s+be|as)\s+)?"
    r"(?:(?:un|an?)\s+(?:\w+\s+)?(?:plus|bonus|atout|asset|avantage|advantage)|facultati\w+"
    r"|optionnel\w*|optional|appreciee?s?|appreciated|bienvenue?s?|welcome|nice\s+to\s+have)"
)
"""Behind a language nobody has to speak: "l'anglais serait un plus", "French optional"."""
_NO_NEED: Final = (
    r"(?:[\w']+\s+(?:mais|but)\s+)?(?:n'est\s+pas|is\s+not|isn't|pas|non|not)\s+(?:\w+\s+)?"
)
_FLUENTLY: Final = (
    r"(?:(?:tres|tout a fait|very|absolutely)\s+)?"
    r"(?:couramment|parfaitement|fluently|perfectly|flawlessly)"
)
_A_LOT: Final = r"(?:(?:tres|assez|vraiment|very|really|quite)\s+)?(?:bien|well)"
_NEEDED: Final = (
    r"(?:exigee?|obligatoire|requise?|indispensable|souhaitee?|necessaire|imperatif|si possible"
    r"|de preference|required|essential|a must|needed|mandatory|preferred|if possible)"
)
_NO: Final = (
    r"(?:no|not|non|without|sans|(?:(?:qui\s+)?n(?:e\s+|')\w+\s+)?pas(?:\s+d[e'])?|aucun)"
    r"(?:(?<=')|[\s-]+)"
)
_THE: Final = r"(?:both\s+|l'|le\s+|un\s+)?"
_MOTHER: Final = "langue maternelle|mother tongue"


@cache
def _spoken() -> tuple[tuple[re.Pattern[str], str], ...]:
    """(pattern, level when none is said). `one` and the words after it are language names."""
    name = "|".join(sorted((n for n in languages() if not n.endswith("phone")), key=len)[::-1])
    # One way to read a run of blanks, or a long one is tried in all ways there are.
    joined = r"(?:\s*(?:,|/|-|–|\b(?:et|and)(?:\s+(?:en|in|l'|le))?\b|&)\s*|\s+)"
    many = rf"(?P<names>(?:{name})(?:{joined}(?:{name})(?!\w))*)"
    together = rf"(?P<names>(?:{name})(?:\s*(?:/|&|\b(?:et|and|ou|or)\b)\s*(?:{name})(?!\w))*)"
    codes = rf"(?P<names>(?:{'|'.join(LANGUAGES)})(?:\s*[/-]\s*(?:{'|'.join(LANGUAGES)}))+)"
    one = rf"(?P<names>{name})"
    level = r"(?P<level>[abc][12])"
    speaks = r"(?<!je )(?:qui\s+)?(?:parl(?:ant|er|e|ent)|maitris(?:ant|e))\s+(?:et\s+ecri\w+\s+)?"
    good = r"(?:with|avec|speaks?)\s+(?:an?\s+|un\s+)?(?:very\s+|tres\s+|really\s+)?"
    well = r"(?<!in )(?<!en )(?:tres\s+|very\s+)?(?:good|bon|excellent|perfect)\s+"
    able = r"(?<!i )(?<!we )(?:who\s+)?(?:(?:can|must|should|to)\s+)?"
    speaking = rf"(?:{speaks}|{able}(?:speaks?|speaking)\s+)"
    worded = rf"(?P<level>{'|'.join(_WORDS)})e?(?:[\s-]+level)?(?:\s+{_NEEDED})?"
    said = (
        (rf"{_LEAD}{together}{_BEHIND}[\s,]*(?:{_NICETY}|{_NO_NEED}{_NEEDED})", _REFUSED),
        (rf"{_NO}{many}(?:\s+{_NEEDED})?(?![\w' -]*\s(?:to|into|vers)\s)", _REFUSED),
        (rf"(?:{able}speaks?\s+)?{one}\s+(?:at\s+(?:an?\s+)?|niveau\s+)?{worded}", _WORDED),
        (rf"(?:niveau\s+)?{worded}\s+(?:en\s+|in\s+|of\s+|d')?{one}", _WORDED),
        (rf"(?:bi|tri)ling(?:ues?|ual)\s+(?:en\s+|in\s+)?{many}(?:\s+{_NEEDED})?", "C1"),
        (rf"(?:bi|tri)ling(?:ues?|ual)\s+{codes}", "C1"),
        (rf"(?:{able}speaks?\s+)?fluent\s+(?:in\s+)?(?:both\s+)?{many}(?:\s+{_NEEDED})?", "C1"),
        (rf"{many}[\s-]+(?:bilingues?|bilingual)", "C1"),
        (rf"{many}\s+(?:niveau\s+|level\s+)?{level}", ""),
        (rf"{level}\s+(?:en\s+|in\s+)?{one}", ""),
        (rf"{speaking}(?:{_FLUENTLY}\s+)?{_THE}{many}\s+(?:tres\s+)?(?:courants?|parfaits?)", "C1"),
        (rf"{speaking}{_FLUENTLY}\s+{_THE}{many}", "C1"),
        (rf"{speaking}{_THE}{many}\s+{_FLUENTLY}", "C1"),
        (rf"{many}\s+{_FLUENTLY}(?:\s+(?:spoken|parlee?s?))?", "C1"),
        (rf"{many}\s+(?:tres\s+|bien\s+)?(?:courants?|fluent)(?:\s+{_NEEDED})?", "C1"),
        (rf"{one}\s+(?:impeccable|irreprochable)(?:\s+{_NEEDED})?", "C1"),
        (rf"(?:a l'aise|comfortable|confident)\s+(?:en|in|with|avec)\s+(?:l')?{many}", "B2"),
        (rf"{good}(?:good|decent|bon)\s+(?:spoken\s+|level of\s+)?{many}", "B2"),
        (rf"{good}(?:excellent|perfect|fluent|parfait|strong|flawless)\s+{many}", "C1"),
        (rf"{well}(?:level\s+of\s+|spoken\s+)?{many}(?:\s+{_NEEDED})?", _WORKS_IN),
        (rf"{one}\s+(?:is\s+|est\s+)?{_NEEDED}", "B2"),
        (rf"bon(?:ne)?\s+(?:niveau|maitrise)\s+(?:d'|de\s+l'|de\s+|du\s+|en\s+){many}", "B2"),
        (rf"{one}\s+(?:parlee?|spoken)", "B2"),
        (rf"(?:{_MOTHER}|native(?:\s+speakers?\s+of)?)\s+{one}(?:[\s-]+speakers?)?", "C2"),
        (rf"{one}\s+(?:{_MOTHER}|natif|native)", "C2"),
        (rf"{speaking}(?:{_A_LOT}\s+)?{_THE}{many}(?:\s+{_A_LOT}(?!\s+\w))?", "B2"),
        (rf"{many}[\s-]+(?:speaking|speakers?)", "B2"),
        (rf"de\s+langue\s+{one}", "B2"),
        (rf"notions?\s+(?:d'|de\s+){one}", "A2"),
        (rf"(?:en|in)\s+{many}", _WORKS_IN),
        (rf"(?:interpretes?|interpreters?)\s+(?:en\s+)?{many}", _BESIDE),
        (rf"{many}(?=\s+interpreters?)", _BESIDE),
        (rf"{one}(?=\s+(?:{_ON_THE_LINE_EN}))", _ON_THE_LINE),
        (rf"(?:{_ON_THE_LINE_FR})\s+{many}", _ON_THE_LINE),
        (rf"(?:{_CALLERS_FR})\s+(?P<names>{_peoples()})", _CALLED),
        (rf"(?:our|from|with|to)\s+{one}(?=\s+(?:{_CALLERS_EN}))", _CALLED),
        (rf"(?P<names>{'|'.join(n for n in languages() if n.endswith('phone'))})s?", "C1"),
    )  # fmt: skip
    return tuple((re.compile(rf"(?<!\w){body}(?!\w)"), default) for body, default in said)


def spoken(text: str) -> Iterator[Found]:
    """Languages someone should speak, each with a level: said, or what the phrase implies."""
    for pattern, default in _spoken():
        if default == _REFUSED:
            continue
        for match in pattern.finditer(text):
            named = match.groupdict()
            if default == _WORDED and _INTO.search(text):
                continue
            level = named.get("level") or default
            level = _WORDS.get(level, level).upper()
            if level in _LEVELS and not _asks(level, match, text):
                continue
            said = dict.fromkeys(
                ("speaks", f"{code}:{_LEVELS.get(level, level)}")
                for one in re.split(r"[^\w]+", named["names"])
                if (code := _code(one))
            )
            own = level in {_BESIDE, _ON_THE_LINE, _CALLED}
            start, end = match.span("names") if own else match.span()
            if either := _either(text, start, end):
                yield Found(*either, (), Why.EITHER)
            else:
                yield Found(start, end, tuple(said))


@cache
def _beside_or() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Another language before "or", and one behind it."""
    name = "|".join(sorted(languages(), key=len, reverse=True))
    fluently = r"(?:\s+(?:courants?|fluent|bilingues?|couramment|fluently))?"
    return (
        re.compile(rf"(?<!\w){_LEAD}(?:{name})\s+(?:ou|or)\s+$"),
        re.compile(rf"\s+(?:ou|or)\s+(?:en\s+|in\s+|l'|le\s+)?(?:{name})(?!\w){fluently}(?!\w)"),
    )


def _either(text: str, start: int, end: int) -> tuple[int, int] | None:
    """From where to where one of several languages is asked for, which no filter says."""
    before, behind = _beside_or()
    first = before.search(text, max(0, start - _REACH), start)
    last = behind.match(text, end)
    if not (first or last):
        return None
    return first.start() if first else start, last.end() if last else end


def unspoken(text: str) -> Iterator[Found]:
    """Languages nobody has to speak, of which no filter tells; to be read before the others."""
    for pattern, default in _spoken():
        if default == _REFUSED:
            yield from (Found(*match.span(), ()) for match in pattern.finditer(text))


def _asks(level: str, match: re.Match[str], text: str) -> bool:
    """Whether a language beside the work is to be spoken, and is not what is worked on."""
    if level == _BESIDE:
        return len(text.split()) > _BESIDE_WORK
    if _INTO.search(text):
        return False
    return bool(_CALLS.search(text)) if level == _CALLED else match[0] != text.strip()


_REACH: Final = 60
"""So many letters before a language another one may be named."""
_THEIRS: Final = re.compile(
    r"(?<!\w)(?:clients|custom(?!er (?:service|support|care))|march|market|fourniss|supplier|tva"
    r"|vat|tax|impot|droit|law|compan|entrep|produit"
    r"|product|export|import|cuisine|food|restau|langue|language|class|teach|prof)"
)
"""Beside these a language's name tells whose they are: "clients allemands"."""
_AND: Final = frozenset({"et", "and"})
BESIDE_MAX: Final = 4
"""So many words beside a bare language at most: "german bookkeeper", "standardiste espagnol"."""


def bare_language(text: str) -> Found | None:
    """The languages named together in a few words, without a word that says they are spoken."""
    words = list(re.finditer(r"[\w'-]+", text))
    if not 1 < len(words) <= BESIDE_MAX + 1 or _THEIRS.search(text) or _INTO.search(text):
        return None
    some = [at for at, word in enumerate(words) if word[0] in languages()]
    beside = [word[0] for word in words[some[0] : some[-1] + 1]] if some else []
    if not beside or len([one for one in beside if one not in _AND]) != len(some):
        return None
    said = dict.fromkeys(("speaks", f"{languages()[words[at][0]]}:B2") for at in some)
    return Found(words[some[0]].start(), words[some[-1]].end(), tuple(said))
