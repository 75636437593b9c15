"""Owns what is taken out of a text before it is read without names; never reads a profile.

Hidden: the person's own names and initials, places, addresses of any kind, phone numbers, dates of
birth and ages (`ages`), words for women, men and family. French forms that agree in gender become
one form for everybody (`agreement`). A text may still betray somebody by what it tells; the page
says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from marketplace.shortlists.rules.ages import GAP, practice_rounded, without_ages
from marketplace.shortlists.rules.agreement import agreed, cased, neutral, of_thing
from marketplace.shortlists.rules.oneself import said_of_oneself
from marketplace.shortlists.rules.proper import NOTHING, Proper, named, without_numbers
from search.language import GENDER_WORDS, fold

_NAME_LEAST: Final = 2
_INSIDE_LEAST: Final = 5
"""A name of so many letters is also hidden inside a longer word ("learoussel")."""
_NAMES_MOST: Final = 4
_PARTICLES: Final = frozenset(
    "de du des la le les et and the of von van der den al el da do dos di sas sasu sarl eurl ltd"
    " srl bv gmbh inc llc aux au en a saint sainte st ste".split()
)
_FAMILY: Final = frozenset(
    "elle elles she he her hers his him himself herself maman mamans mere meres papa papas pere"
    " peres mother mothers father fathers mum mom mummy mommy dad daddy wife husband hubby spouse"
    " epouse epoux mari grossesse enceinte pregnant maternite maternity paternite paternity"
    " motherhood fatherhood soeur soeurs frere freres tante tantes oncle oncles niece nieces neveu"
    " neveux nephew nephews cousin cousine cousins cousines fils fillette jumelle jumelles marraine"
    " parrain mamie mamies papi papis papy mami daughter daughters son sons sister sisters brother"
    " brothers aunt aunts auntie uncle uncles grandmother grandfather grandma grandpa granny"
    " grandson granddaughter grandmere grandpere stepmother stepfather girlfriend boyfriend widow"
    " widower widowed veuf veuve divorcee divorced mariee married pacse pacsee celibataire"
    " fiance fiancee compagne businesswoman businessman saleswoman salesman"
    " chairwoman chairman stewardess housewife househusband mompreneur mumpreneur girlboss"
    " actress hostess waitress".split()
)
_GENDERED: Final = (GENDER_WORDS | _FAMILY) - {"miss", "ms", "son"}
"""Less what is another word in most texts: to miss, MS Office, the French "son"."""
_KEPT: Final = (
    r"(?:langues?\s+(?:maternelles?|paternelle)|mother[\s-]tongue|(?:maison|société|carte|structure)s?"
    r"\s+(?:mère|sœur)s?|sister\s+(?:compan\w+|sites?|brands?|firms?)|f[êe]tes?\s+des\s+(?:mères|pères)"
    r"|(?:mother|father)['’]s\s+day|(?:robe|tenue)s?\s+de\s+mariée|fils\s+(?:de\s+(?:discussion|fer)"
    r"|d['’](?:actualités?|attente|infos?))|compagnes?\s+de\s+route|(?:d['’]|l['’])enceinte)\b"
)
_COUNT: Final = r"(?:[1-9]|une?|deux|trois|quatre|cinq|six|one|two|three|four|five|six)"
_CHILDREN: Final = (
    r"(?:enfants?|kids?|child(?:ren)?|jumeaux|twins?|triplés|triplets|ados?|adolescente?s?|bébés?"
    r"|bab(?:y|ies)|toddlers?|teenagers?|teens?|garçons?|filles?|fils|boys?|girls?|petits?-enfants"
    r"|grandchildren)"
)
_THEIR_AGES: Final = (
    r"(?:,?\s+(?:de|aged|of)\s+\d{1,2}(?:\s*(?:,|et|and|&)\s*\d{1,2})*(?:\s+(?:ans|mois|years?))?)?"
)
_KIN: Final = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        (
            rf"\b(?:mes|mon|ma|my)\s+(?:{_COUNT}\s+)?(?:\w+\s+)?{_CHILDREN}\b"
            rf"{_THEIR_AGES}"
        ),
        (
            rf"\b{_COUNT}\s+(?:(?:jeunes?|grands?|petite?s?|young|small|little|grown(?:-up)?|adult"
            rf"|teenage)\s+)?{_CHILDREN}\b{_THEIR_AGES}"
        ),
        r"\b(?:grand)?(?:mother|father|mum|mom|ma|pa|dad|parent)s?[\s-](?:of|to)[\s-](?:one|two|three|four|five|six|[1-6])\b",
        r"\b(?:jeunes?\s+)?parents?(?=\s+(?:solo|isolée?|célibataire|d['’]un|de\s+(?:deux|trois|quatre|\d)))",
        r"\b(?:single|solo|lone|working|stay-at-home)[\s-]parents?\b",
        r"\b(?:je\s+suis|i\s+am|i['’]m)\s+(?:(?:a|an|jeune|young|new|aussi|also)\s+)*parent\b",
        r"\b(?:ma|my)\s+(?:\w+\s+)?(?:famille|family|belle-\w+)\b|\bvie\s+de\s+famille\b|\bfamily\s+life\b",
        r"\bgrands?-?\s?(?:mère|père|parent)s?\b|\bbeaux?-(?:père|frère|fils|parents)\b|\bbelle-\w+\b",
        r"\b(?:in-laws?|\w+-in-law)\b|\bsages?[\s-]femmes?\b",
        r"\bcongé\s+parental\b|\bparental\s+leave\b",
        r"\b(?:my|mon|ma)\s+(?:own\s+)?(?:partner|compagnon|ex|conjointe?)\b(?!\s+(?:compan|agenc|firm))",
        r"\b(?:au\s+foyer|stay-at-home)\b|\bnom\s+de\s+jeune\s+fille\b|\bmaiden\s+name\b",
        r"(?<![^\W\d_])son(?=\s+(?:of\b|and\s+(?:daughter|brother)))|\b(?:my|his|her|our)\s+son\b",
        r"\b(?:je\s+suis|i\s+am|i['’]m|suis)\s+(?:\w+\s+)?(?:mariée?|divorcée?|single)\b(?!\s*-)",
    )
)
_TITLE: Final = re.compile(
    r"\b(?:Miss|Ms|M|Mr|Mrs|Mme|Mlle|Mgr)\b\.?(?=\s+(?:[A-ZÀ-Ý][a-zà-ÿ]|[A-ZÀ-Ý]\.|\[…\]))"
)
_IMPERSONAL: Final = re.compile(
    r"\b[Ii]l\b(?!\s+(?:n['’])?(?:y|faut|faudra|s['’]agit|est|suffit|reste|me|vous|existe))"
)
_SERVICE: Final = (
    r"(?:skype|whats\s?app|telegram|signal|discord|wechat|viber|messenger|insta(?:gram)?|facebook|fb"
    r"|linked\s?in|tik\s?tok|twitter|threads|snap(?:chat)?|calendly|malt|upwork|tél(?:éphone)?"
    r"|tel|phone|mobile|e-?mail|mail|courriel)"
)
_ENDINGS: Final = (
    r"(?:fr|com|net|org|eu|be|ch|io|pro|me|ca|uk|lu|co|info|dev|biz|mc|ma|nl|de|it|online|app|site"
    r"|at|ci|cm|dz|es|ie|in|ke|mg|mu|ph|pt|sn|tn|us|za|re|nc|pf|gp|mq|gf|yt|bj|tg|gn|ga|rw|xyz"
    r"|agency|studio|tech|digital|shop|store|work|website|blog|link|expert|consulting|services"
    r"|solutions|bio|paris|bzh|alsace|corsica|quebec|brussels|vlaanderen|gent|swiss|africa)"
)
"""Of the countries and regions we serve, and what small offices take; "ai" names tools."""
# Bounded parts: a text without a blank must not cost the square of its length.
_REACHED: Final = re.compile(
    r"\S{1,64}@\S+|@\w+|\b(?:https?://|www\.)\S+"
    r"|\b0\d{2,3}/\d{2}[\s.]?\d{2}[\s.]?\d{2}\b|\blive:\S+|\bcid\.\w+"
    rf"|(?<=\b)(?i:{_SERVICE})\s?[:=]\s?(?:\S{{0,64}}[\w][._/\d]\w\S{{0,64}}|\w\S{{0,64}}(?=\s*(?:[.,;)]|\n|\Z)))"
    r"|[\w.+-]{1,64}\s?[\[({]\s?(?:at|arobase|arobas|chez)\s?[\])}]\s?[\w-]{1,63}(?:\s?[\[({]?\s?(?:\.|dot|point)\s?[\])}]?\s?\w{2,10}){0,3}"
    r"|[\w.+-]{1,64}\s(?i:arobase|arobas|at|chez)\s[\w-]{1,63}\s(?i:dot|point)\s\w{2,10}"
    r"|(?<![\w-])(?!(?i:monday|booking|make|cal|wordpress|airbnb|amazon|vinted|leboncoin|doctolib)\.(?:com|fr)\b(?!/))"
    rf"[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{0,4}}\.{_ENDINGS}\b\S*"
    r"|(?<!\d)(?!(?:19|20)\d\d\s?-\s?(?:19|20)\d\d(?!\d))(?>\+?\d[\d\s().-]{7,}\d)(?!\s*(?:€|\$|£|euros?\b))"
)
# What is no address by itself is one after these words: a number of eight digits, a handle.
_CALLED: Final = re.compile(
    rf"(\b(?i:{_SERVICE}|appel(?:er|ez)|num[ée]ro|call|ring|portable|gsm|joindre|joignable)\b"
    r"(?:\W{1,3}[^\W\d_]{1,12}){0,4}\W{1,3})"
    r"(?:(?!(?:19|20)\d\d\s?[-–]?\s?(?:19|20)\d\d(?!\d))\+?(?:\d[\s().-]{0,2}){7,}\d"
    r"|[^\W_]{1,30}(?:_[^\W_]{1,30}){1,4}\b)"
)
_WORD: Final = re.compile(rf"(?P<kept>\b{_KEPT})|[^\W\d_]+", re.IGNORECASE)
_LETTERS: Final = re.compile(r"\b[A-ZÀ-Ý](?:[.\s-]{0,3}[A-ZÀ-Ý]){1,3}(?![^\W\d_])\.?")
_BESIDE_GAP: Final = re.compile(
    r"(?<![\w'’])(?:[A-ZÀ-Ý][.-]\s?){1,3}(?=\[…\])"
    r"|(?<=\[…\])(?:\s[A-ZÀ-Ý]\.|[._-][A-Za-zÀ-ÿ]\b\.?)(?=\W|$)"
)
# The article beside a gap agrees with the word that was taken out.
_ARTICLE: Final = re.compile(
    r"\b(?:(?:(?P<of>du)|(?P<at>au)|une?|la|le|cette|cet|ce|ma|mon)\s+"
    r"(?:(?:plus|très|vraie?|bonne?|grande?|petite?|seule?|jeune|belle|beau|bel|nouvel(?:le)?|nouveau"
    r"|ancien(?:ne)?|vieille|vieux|vieil|futur|simple|heureu(?:x|se))\s+){0,2}|l['’]\s?)(?=\[…\])",
    re.IGNORECASE,
)
_BEFORE_VOWEL: Final = re.compile(r"\b(nouv|b)eau(?=\s+(?!et\b|ou\b)[aeéèêiouhœ])", re.IGNORECASE)
# Two capitals that say something else in most texts, whoever's initials they are.
_WELL_KNOWN: Final = frozenset(
    "AG AI AR BD BI BU CA CE CM CP CR CV DE DG DJ DM DP DS EN ES FR GB GP HR HT IA IP IT KM ML MS"
    " NB OK OS PC PDF PM PME PR PV QA RH RP SA SAV SEO SI SMS TPE TV TVA UE UI UK US UX VA VO"
    " VS".split()
)


def tokens(names: Iterable[str]) -> frozenset[str]:
    """The folded words of people's names."""
    found = {word for name in names for word in _names(name)}
    return frozenset(one for one in found - _PARTICLES if len(one) >= _NAME_LEAST)


def initials(names: Iterable[str]) -> frozenset[str]:
    """What people's names are shortened to: "KL" in capitals, "koenl" and "klambrechts" folded."""
    found: set[str] = set()
    for name in names:
        parts = [one for one in _names(name) if one not in _PARTICLES]
        if not _NAME_LEAST <= len(parts) <= _NAMES_MOST:
            continue
        first, last = parts[0], parts[-1]
        letters = "".join(one[0] for one in parts).upper()
        found |= {letters, letters[:-1], letters[0] + letters[-1]}
        found |= {first + last[0], first[0] + last, last + first[0]}
    return frozenset(found)


def _names(name: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", fold(name).replace("-", " "))


def redacted(text: str, hidden: frozenset[str], theirs: Proper = NOTHING, *, french: bool) -> str:
    """The text without what tells who wrote it.

    `hidden`: folded words of people's names (`tokens`), `initials`; `theirs`: places and trades.
    """
    shown = _CALLED.sub(rf"\g<1>{GAP}", _REACHED.sub(GAP, text))
    for pattern in _KIN:
        shown = pattern.sub(GAP, shown)
    shown = practice_rounded(without_ages(shown))
    if french:
        shown = _IMPERSONAL.sub(GAP, agreed(said_of_oneself(shown)))
    long = [one for one in hidden if len(one) >= _INSIDE_LEAST]

    def letters(match: re.Match[str]) -> str:
        plain = fold(re.sub(r"[\W_]", "", match[0])).upper()
        written = any(not one.isalpha() for one in match[0].rstrip("."))
        return GAP if plain in hidden and (written or plain not in _WELL_KNOWN) else match[0]

    def word(match: re.Match[str]) -> str:
        if match["kept"]:
            return match[0]
        plain = fold(match[0])
        if match.start() in places or plain in hidden or plain in _GENDERED:
            return GAP
        if any(one in plain for one in long):
            return GAP
        if not french or of_thing(match.string, match.start(), match[0]):
            return match[0]
        return neutral(match[0])

    shown = without_numbers(_LETTERS.sub(letters, shown), theirs, GAP)
    places = named(shown, theirs)
    shown = _WORD.sub(word, shown)
    shown = _BESIDE_GAP.sub("", _TITLE.sub(GAP, shown))
    shown = re.sub(r"\[…\](?:[\s,/'’-]*\[…\])+", GAP, shown)
    if not french:
        return shown
    shown = _BEFORE_VOWEL.sub(lambda word: cased(word[0], f"{word[1]}el".lower()), shown)
    return _ARTICLE.sub(_article, shown)


def _article(match: re.Match[str]) -> str:
    if match["of"]:
        return cased(match[0], "de ")
    return cased(match[0], "à ") if match["at"] else ""
