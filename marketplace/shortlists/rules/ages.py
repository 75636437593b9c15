"""Owns how an age or a year of birth is told from a number of years; never reads a profile.

"45 ans" alone is an age; "depuis 45 ans", "45 ans de métier" and "une maison de 45 ans" are not.
Where both can be meant the number goes: a gap costs a reader less than an age costs a candidate.
"""

from __future__ import annotations

import re
from typing import Final

from search.language import fold

GAP: Final = "[…]"
_GROWN: Final = 16
"""From so many years on a number may be the age of who works."""
_NEAR: Final = 60  # letters before and after that are read to decide

_UNITS_FR: Final = (
    r"(?:et[\s-]une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix(?:[\s-](?:sept|huit|neuf))?"
    r"|(?:et[\s-])?onze|douze|treize|quatorze|quinze|seize)"
)
_WORDS_FR: Final = (
    r"seize|dix[\s-](?:sept|huit|neuf)|(?:vingt|trente|quarante|cinquante|soixante|septante|huitante"
    rf"|octante|nonante|quatre[\s-]vingts?)(?:[\s-]{_UNITS_FR})?"
)
_WORDS_EN: Final = (
    r"(?:six|seven|eigh|nine)teen|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty)"
    r"(?:[\s-](?:one|two|three|four|five|six|seven|eight|nine))?"
)
_NUMBER: Final = rf"(?:[1-9]\d|{_WORDS_FR}|{_WORDS_EN})"
_DECADES: Final = r"(?:twenties|thirties|forties|fifties|sixties|seventies|[2-7]0['’]?s)"
_MONTHS: Final = (
    r"(?:janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
    r"|january|february|march|april|may|june|july|august|september|october|november|december)"
)
_ADVERBS: Final = (
    r"(?:(?:now|just|already|almost|nearly|about|around|over|only|past|still|turning|déjà|presque"
    r"|bientôt|environ|plus\s+de|près\s+de|moins\s+de|à\s+peine|tout\s+juste|aujourd['’]hui)\s+)*"
)
# "I am 24/7 on call", "I am 10 minutes away", "I am 20 years in the trade": no ages.
_NO_COUNT: Final = (
    r"(?!\s*(?:%|€|\$|£|[/:.,-]?\d|(?:to|or|of|out)\s|[ap]m\b|h\b|(?:minutes?|mins?|hours?|days?|weeks?|months?|kms?"
    r"|miles?|percent|clients?|projects?|euros?|kilom\w+)\b"
    r"|years?\b(?!\s+(?:old|young|of\s+age)|\s*[.,;!?]|\s*$)))"
)
_YEARS: Final = re.compile(
    rf"\b(?P<n>{_NUMBER})(?:\s*(?:à|et|ou|[-–/])\s*{_NUMBER})?\s*ans\b", re.IGNORECASE
)
_OLD: Final = re.compile(
    rf"\b(?:\d|{_NUMBER})[\s-]?(?:(?:years?|yrs?)[\s-](?:old|young|of\s+age)|y[./]?o\b\.?)",
    re.IGNORECASE,
)
_THINGS: Final = (
    r"(?:entreprises?|societes?|agences?|maisons?|boutiques?|magasins?|cabinets?|associations?"
    r"|structures?|marques?|pme|tpe|start-?ups?|groupes?|etudes?|offices?|domaines?|ateliers?"
    r"|fondations?|ecoles?|sites?|blogs?|logiciels?|archives|baux|bail|prets?|credits?|emprunts?"
    r"|garanties?|immeubles?|batiments?|contrats?|projets?|plateformes?|reseaux?|activites?)"
)
_THING_BEFORE: Final = re.compile(
    rf"(?<!d')(?<!l')\b{_THINGS}(?:\s+(?:\w+(?:ale|elle|eux|euse|ique|ee?s?)|vieille|vieux|agee?|de|qui"
    r"|a|fete|fetait|ses|ces|les|deja|plus|pres))*\s*$"
)
_THING_AFTER: Final = re.compile(
    r"[\s-]+(?:[\w-]+\s+){0,2}?(?:compan\w+|business\w*|shops?|firms?|agenc\w+|brands?|stores?"
    r"|associations?|charit\w+|practices?|start-?ups?|websites?|sites?|blogs?|systems?|softwares?"
    r"|apps?|archives?|files?|records?|ledgers?|databases?|buildings?|houses?|organi[sz]ations?"
    r"|clinics?|schools?|projects?|contracts?|codebases?|spreadsheets?|accounts?|publications?"
    r"|magazines?|non-?profits?|clients?|customers?|events?|festivals?|bakery|restaurants?|hotels?)\b"
)
_OF_WORK: Final = re.compile(
    r"\s+(?:d'|de\s+(?![A-Z])|que\b|comme\b|chez\b|aupres\b|au\s+sein\b|au\s+service\b|aux\s+cotes\b"
    r"|a\s+votre\b)"
)
_AT_WORK: Final = re.compile(r"\s+(?:dans|en|a|au|aux|sur|avec|sous|passes)\b")
# A place or a month after it: "45 ans à Huizingen", "45 ans en mars".
_OF_LIFE: Final = re.compile(
    r"\s+(?:(?:dans\s+(?:(?:le|la|les)\s+|l['’])?|en\s+|à\s+(?:la\s+|l['’])?|aux?\s+)[A-ZÀ-Ý][a-zà-ÿ]"
    rf"|en\s+{_MONTHS}\b|cette\b)"
)
_PERSON_BEFORE: Final = re.compile(
    r"\b(?:j'(?:ai|aurai|avais)(?:\s+eu)?|(?:vais|viens\s+d'|va)\s*avoir|age|agee?\s+de|a\s+l'age\s+de|(?:depass|approch|frol)\w+(?:\s+d?les)?)"
    r"(?:\s+(?:plus\s+de|pres\s+de|moins\s+de|presque|bientot|environ|deja|a\s+peine|tout\s+juste))*\s*:?\s*$"
)
_LASTS: Final = re.compile(
    r"(?:\b(?:depuis|pendant|durant|apres|il\s+y\s+a|voila|voici|fait|en|sur|fort(?:e|s|es)?\s+de"
    r"|(?:experience|carriere|parcours|pratique|anciennete|relation|collaboration|partenariat|confiance|recul|bagage|duree|recherche)s?(?:\s+\w+)?\s+de"
    r"|tous\s+les|chaque|garantie?s?|conserve\w*|cumul\w+|totalis\w+|dernieres?|derniers|premiers"
    r"|experience(?:\s+\w+)?\s*:|les|cibles?|public)(?:\s+(?:les|ses|ces|mes|plus\s+de|pres\s+de|moins\s+de|presque|environ|quelque"
    r"|deja|au\s+moins|de))*)\s*[:\s]?\s*$"
)
_LONE_DE: Final = re.compile(r"(?:(?<!plus )(?<!pres )(?<!moins )\bde|^a|\ba)\s*$")
_SAID: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # "née en 1980", "né le 12 mars", "born and raised in Ghent", but "born of an idea" stays
        r"\b(?:née?|né\(e\)|né[·.]e)\s+(?:en|le|à|au|aux|un|dans|sous|il|voici|vers|une?\s+\d)\b[^.,;\n]*",
        r"\bborn\s+(?:and\s+\w+\s+)?(?:in|on|at|under|around|abroad)\b[^.,;\n]*",
        r"\b(?:née?|Née?)\s+(?-i:[A-ZÀ-Ý])[\w-]+",
        r"\b(?:date|année|lieu)\s+de\s+naissance\b[^.;\n]*",
        r"\b(?:(?:date|year|place)\s+of\s+birth|birth\s*(?:date|year|place)|d\.?o\.?b\b\.?)[^.;\n]*",
        rf"\bâgée?s?\s+de\s+{_ADVERBS}{_NUMBER}(?:\s*ans)?\b",
        (
            rf"\b(?:aged?|âge|à\s+l['’]âge\s+de|(?:at|by)\s+the\s+(?:\w+\s+)?age\s+of|at\s+age)\s*:?\s*{_ADVERBS}"
            rf"{_NUMBER}\b(?:\s*(?:ans|years?(?:\s+old)?)\b)?(?!\s*(?:%|€|jours|days))"
        ),
        (
            rf"\b(?:i\s+am|i['’]m|i\s+was|i\s+will\s+be|i['’]ll\s+be|i\s+(?:have\s+)?just\s+turned"
            rf"|(?:she|he)(?:['’]s|\s+is)|being)\s+{_ADVERBS}{_NUMBER}\b{_NO_COUNT}(?:\s+years?\b(?:\s+(?:old|young|of\s+age))?)?"
        ),
        rf"(?:(?<=\A)|(?<=[.!?;:,]\s)|(?<=\n)|(?<=\b(?:and|but)\s))at\s+{_ADVERBS}{_NUMBER},(?=\s+[a-z])",
        rf"\bat\s+{_NUMBER}(?=\s*,\s+(?:i|i['’]m|my|we|still)\b)",
        rf"\b(?:in|into|of|over)\s+(?:my|her|his|their)\s+(?:early|mid|late)?[\s-]*{_DECADES}\b",
        rf"\b(?:child|kid|product)\s+of\s+the\s+{_DECADES}",
        r"\b(?:enfant|gosse)\s+des\s+années\s+[\w-]+",
        rf"\b{_NUMBER}[\s-]something\b",
        (
            rf"\b(?:i\s+(?:(?:will|have|just|recently|only)\s+)*|i['’](?:ll|ve)\s+|having\s+)?(?:just\s+)?(?:turn|turned|turning"
            rf"|reach|reached|hit|pushing)\s+{_NUMBER}\b(?=\s*(?:\Z|[.,;:!?)]|(?:in|last|this|next|on|and|but|soon)\b))"
        ),
        rf"\b(?:early|mid|late)[\s-]+{_DECADES}\b",
        rf"\bnow\s+{_NUMBER}(?=,\s+[a-z])",
        rf"\b(?:over|past)\s+{_NUMBER}(?=\s+and\s+(?:proud|still|happy|fit|going))",
        r"\baged?\s+\d{1,2}(?:(?:,|\s+and|\s+&)\s*\d{1,2})+(?!\s*(?:days|jours|\d))",
        rf"\b{_NUMBER}\s+(?:printemps|springs)\b",
        rf"\bmes\s+{_NUMBER}\s+ans\b(?!\s+d(?:e|es|u)?\b)",
        r"\b\d{2}\s?(?:e|è|ème|eme|th|st|nd|rd)\s+(?:anniversaire|birthday)",
        r"\bmy\s+(?:[\w-]+\s+)?birthday\b",
        r"\b(?:la|ma)\s+(?:vingt|trent|quarant|cinquant|soixant)aine\b(?!\s+d(?:e|es|u)?\b)",
        (
            r"\b(?:trentenaire|quadra(?:génaire)?|quinqua(?:génaire)?|sexagénaire|septuagénaire|vicenarian"
            r"|tricenarian|quadragenarian|quinquagenarian|sexagenarian)\b"
        ),
        r"\b(?:millennials?|baby[\s-]?boomers?|boomeur\w*|gen(?:eration|ération)?\s+[xyz])\b",
        r"\b(?:class|classe)\s+of\s+['’]?\d{2,4}\b",
        r"\b(?:retraitée?|retired|retiree|pensioner)\b",
        (
            r"\bjeunes?(?=\s+(?:diplômée?|active?|femme|homme|maman|papa|mère|père|retraité|assistante?"
            r"|freelance|indépendante?|professionnel\w*)\b)"
        ),
        r"\byoung(?=\s+(?:graduate|professional|mother|father|mum|mom|woman|man|lady|assistant|freelancer)\b)",
        # a date or year of the last century: nobody who works was born before 1940
        r"\b(?:\d{1,2}[/.-]){2}(?:19)?[4-9]\d\b",
        (
            rf"\b(?:\d{{1,2}}(?:er|st|nd|rd|th)?\s+)?(?:{_MONTHS}\s+)?(?<![€$£])(?<![€$£]\s)(?<!loi\s)(?<!loi\sde\s)(?<!article\s)\b19[4-9]\d\b"
            r"(?!\s*(?:€|\$|£|euros?|clients?|factures?|invoices?|appels?|calls?|mots|words|heures?|hours?))"
        ),
        r"(?<=[^\W\d]),\s*[2-7]\d(?=\s*,\s+[^\W\d])",
    )
)

# The year of first studies is an age less twenty, whichever century it is of.
_STUDIES: Final = (
    r"(?:bac(?:calauréat)?(?:\s?\+\s?\d)?|brevet|bts|dut|cap|bep|deug|maîtrise|master['’]?s?|mba"
    r"|licence\s+(?:d['’]|de|en|pro)\w*|diplôm\w+|graduat\w+|degrees?|a[\s-]?levels?|gcses?|bachelor['’]?s?)"
)
_YEAR: Final = r"(?:19|20)\d\d(?:\s?[-–/]\s?(?:(?:19|20)?\d\d))?\b"
_STUDIED: Final = re.compile(
    rf"(?P<first>\b{_STUDIES}(?![^\W\d_])[^.;:!?\n\d]{{0,40}}?\W|\bpromo(?:tion)?\s+(?:de\s+)?){_YEAR}"
    rf"|\b{_YEAR}(?P<last>\W{{1,3}}(?:[^\W\d_]+['’\s]\s?){{0,4}}{_STUDIES}(?![^\W\d_]))",
    re.IGNORECASE,
)

_PRACTICE: Final = re.compile(
    r"(?P<before>\b(?:depuis|for)\s+)?\b(?:(?:plus|près)\s+de\s+|(?:over|more\s+than|nearly)\s+)?"
    r"(?:1[1-9]|[2-5]\d)\s*\+?\s*(?P<unit>ans|années|years?['’]?)\b"
    r"(?P<of>\s+(?:d['’]expérience|d['’]exercice|de\s+(?:métier|pratique|carrière)|of\s+(?:experience"
    r"|practice)|(?=experience)|dans\b|in\b|as\b))?",
    re.IGNORECASE,
)


def practice_rounded(text: str) -> str:
    """The text with more than ten years of practice told as ten or more, as skills are."""
    return _PRACTICE.sub(_rounded, text)


def _rounded(match: re.Match[str]) -> str:
    if not match["before"] and not match["of"]:
        return match[0]
    english = match["unit"][0] in "yY"
    told = "10 years or more" if english else "10 ans ou plus"
    return f"{match['before'] or ''}{told}{match['of'] or ''}"


def without_ages(text: str) -> str:
    """The text with gaps for ages, dates and years of birth; durations and other years stay."""
    for pattern in _SAID:
        text = pattern.sub(GAP, text)
    text = _STUDIED.sub(lambda one: f"{one['first'] or ''}{GAP}{one['last'] or ''}", text)
    text = _OLD.sub(_old, text)
    return _YEARS.sub(_years, text)


def _old(match: re.Match[str]) -> str:
    after = match.string[match.end() : match.end() + _NEAR]
    return match[0] if _THING_AFTER.match(fold(after)) else GAP


def _years(match: re.Match[str]) -> str:
    if match["n"].isdigit() and int(match["n"]) < _GROWN:
        return match[0]
    before = fold(match.string[max(0, match.start() - _NEAR) : match.start()])
    raw = match.string[match.end() : match.end() + _NEAR]
    return match[0] if _lasts(before, raw) else GAP


def _lasts(before: str, raw: str) -> bool:
    """Whether years between these are a duration, not somebody's age; `raw` is not folded."""
    after = fold(raw)
    if _THING_BEFORE.search(before):
        return True
    if _OF_WORK.match(after) and not re.match(r"\s+de\s+[A-ZÀ-Ý]", raw):
        return True
    if _PERSON_BEFORE.search(before):
        return False
    if _LASTS.search(before):
        return True
    return bool(_AT_WORK.match(after)) and not (_LONE_DE.search(before) or _OF_LIFE.match(raw))
