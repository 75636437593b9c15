"""Owns what says by which legal form someone works, and with whom they can contract."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from search.notes import Why
from search.phrases.base import Found, Vocabulary
from search.phrases.fixed import TOLD
from search.phrases.peoples import PEOPLE, people_of
from search.phrases.places import NAME_WORDS, WORD
from search.phrases.refused import begins_refused
from search.phrases.someone import ANYONE, SOMEONE

_FORMS: Final = {
    "sole_trader": (
        r"(?:auto|micro)[- ]?entrepren(?:eurs?|euses?|eures?)|(?:auto|micro)[- ]?entreprises?"
        r"|entreprises? individuelles?|sole[- ]traders?|self[- ]employed|sole proprietors?"
    ),
    "company": (r"societes?|sasu?|eurl|sarl|(?:limited|ltd|incorporated) compan(?:y|ies)"),
    "umbrella": r"portage(?: salarial)?|umbrella compan(?:y|ies)",
}
_FORM: Final = re.compile(
    r"(?<!\w)(?P<by>(?:en|as|via|through|sous|au|de|with|avec)\s+)?(?:statut\s+(?:de\s+|d')?)?"
    r"(?:(?:une?|an?|their own|son|sa)\s+)?"
    rf"(?:{'|'.join(f'(?P<{form}>{names})' for form, names in _FORMS.items())})(?!\w)"
)
_BEFORE: Final = re.compile(
    rf"(?:^|(?<!\w)(?:{ANYONE}|(?:qui|who)\s+(?:est|soit|is|are|works?|travaille|exerce|facture)"
    r"|must be|etre|registered|immatriculee?s?))[\s,]*$"
)
_BY_SOMEONE: Final = re.compile(rf"(?<!\w){SOMEONE}[\s,]*$")
_WORKS: Final = re.compile(r"(?:en|statut|sous statut|au statut)\s.*(?:portage|entrepr)")
"""Who works so, unless the writer does: "compta en portage"."""
_PERSON_TOO: Final = re.compile(r"preneu|trader|proprietor|employed")
_OTHER_TRADE: Final = re.compile(rf"(?<!\w)(?!compta|account|book|gestion|conseil){SOMEONE}[\s,]+$")
"""An accountant's is who they work for as likely: "comptable auto-entrepreneur"."""
_ONLY: Final = re.compile(r"\s+(?:only|uniquement|seulement|exclusivement)(?!\w)")
_THEN_SOMEONE: Final = re.compile(rf"\s+{SOMEONE}(?!\w)")
_END: Final = re.compile(r"\s*(?:$|[,.;!?)]|(?:et|and|in|a|en|near)\s)")

_BUSINESS: Final = (
    r"(?:societes?|entreprises?|sas|sarl|srl|sprl|sa|eurl|asbl|associations?(?: loi 1901)?"
    r"|organismes?|(?:limited )?compan(?:y|ies)|ltd|business(?:es)?|charit(?:y|ies)|ngos?"
    r"|non-?profits?)"
)
_PERSON: Final = (
    r"(?:particuliers?|private (?:persons?|individuals?|clients?)|individuals?|consumers?)"
)
_CLIENT: Final = rf"(?:(?P<business>{_BUSINESS})|(?P<person>{_PERSON}))"
_OUR: Final = r"(?:(?:une?|mon|ma|notre|nos|des|les|my|our|an?)\s+)?"
_THEIRS: Final = rf"(?:(?P<before>{PEOPLE}|uk|usa?)\s+)?{_CLIENT}(?:\s+(?P<after>{PEOPLE}))?"
_CAN: Final = (
    r"(?:(?:qui|who|that)\s+)?(?:peu\w+|puisse\w*|can|could)\s+"
    r"(?:contracter|facturer|contract|invoice)\s+(?:(?:avec|with|a)\s+)?"
)
_I_AM: Final = r"(?:je suis|nous sommes|i am|i'm|we are|we're)\s+"
_CAN_I: Final = r"(?:puis-je|peut-on|pouvons-nous|can (?:i|we))\s+(?:contracter|contract)"
_CONTRACTS: Final = (
    re.compile(rf"(?<!\w){_CAN}{_OUR}{_THEIRS}(?!\w)"),
    re.compile(rf"(?<!\w){_I_AM}{_OUR}{_THEIRS}[\s,]+{_CAN_I}(?!\w)"),
)
_IN: Final = re.compile(r"\s+(?:basee?s?\s+|based\s+)?(?:en|aux?|in the|in|de|from)\s+")
_OF_ITSELF: Final = {"loi 1901": "FR", "asbl": "BE", "sprl": "BE", "ltd": "GB"}
"""Kinds of clients that one country alone has."""


def forms(text: str) -> Iterator[Found]:
    """Legal forms of who is wanted; never those of whom the work is for."""
    for match in _FORM.finditer(text):
        start, end = match.span()
        named = match.groupdict()
        form = next(one for one in _FORMS if named[one])
        before = _BEFORE.search(text, 0, start)
        theirs = (
            (_WORKS.match(match[0]) and not TOLD.search(text, 0, start))
            or (before and _END.match(text, end))
            or (named["by"] and _BY_SOMEONE.search(text, 0, start) and _END.match(text, end))
            or (_PERSON_TOO.search(match[0]) and _OTHER_TRADE.search(text, 0, start))
            or _ONLY.match(text, end)
            or (match[0].startswith("self") and _THEN_SOMEONE.match(text, end))
        )
        if theirs or begins_refused(text, start):
            yield Found(start, end, (("legal_form", form),))


def contracts(text: str, known: Vocabulary) -> Iterator[Found]:
    """With clients of which country and kind someone can contract."""
    for pattern in _CONTRACTS:
        for match in pattern.finditer(text):
            kind = "business" if match["business"] else "consumer"
            country, end = _country(text, match, known)
            said = (("can_contract_with", f"{country}:{kind}"),) if country else ()
            yield Found(match.start(), end, said, Why.CLIENT)


def _country(text: str, match: re.Match[str], known: Vocabulary) -> tuple[str, int]:
    """The client's country, empty where none is said, and where its words end."""
    if said := match["after"] or match["before"]:
        return known.country(said) or people_of(said)[:2], match.end()
    if there := _IN.match(text, match.end()):
        words = list(islice(WORD.finditer(text, there.end()), NAME_WORDS))
        for word in reversed(words):
            if country := known.country(text[there.end() : word.end()]):
                return country, word.end()
    return next((land for name, land in _OF_ITSELF.items() if name in match[0]), ""), match.end()
