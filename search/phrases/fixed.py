"""Owns set phrases that stand for one value of a filter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from search.phrases.base import Found
from search.phrases.days import DAY

_ENDS: Final = r"(?=\s*(?:$|[,.;)]|(?:et|a|en|au|pour|dispo\w*|moins|and|in|near|for|under)\s))"
"""Where nothing follows that would tell of whose work this is: "assurance maladie"."""
_FREE: Final = r"(?:disponibles?|dispos?|libres?|available|free)"
_SOON: Final = (
    r"(?:(?:des )?(?:maintenant|cette semaine)|(?:tout )?de suite|immediatement|tres rapidement"
    r"|sous (?:une semaine|8 jours|7 jours|huitaine)|this week|now|immediately|right away"
    r"|straight away|at once|within (?:a|one) week|asap|demain|tomorrow)"
)
_NEXT_DAY: Final = (
    rf"(?:(?:{_FREE}|qui peu\w+ commencer|(?:who )?can start) )?"
    rf"(?:a (?:partir|compter) de|des|from|starting(?: from| on)?) {DAY}(?: prochain)?"
    r"(?!s?[\s,]*(?:au|a|to|till?|until|through|et|and|ou|or|-|–|\d|d[eu]s? |matin|soir|apres"
    r"|morning|afternoon|evening))"
)
"""The next one is less than a week away."""
_ANSWERS: Final = r"(?:(?:qui|who) )?(?:repond(?:ant|ent)?|answer(?:s|ing)?|repl(?:y|ies))"
_NO_VAT: Final = (
    r"(?:sans tva|hors tva|no vat|without vat|non assujettie?s? a la tva"
    r"|(?:qui )?ne factur\w+ pas (?:la |de )?tva|(?:who )?do(?:es)?(?: not|n't) charge vat)"
)
_VAT: Final = (
    r"(?:(?:qui )?facture(?:nt)? (?:avec )?(?:la )?tva|facturant la tva|assujettie?s? a la tva"
    r"|(?:(?:who|that) )?charg(?:es?|ing) vat|vat[- ]registered)"
)
_INSURED: Final = (
    r"(?:assurances? verifiees?|verified insurance"
    r"|(?:avec (?:une )?(?:assurance(?: rc)?|rc)(?: pro\w*)?|assuree?s? (?:en )?rc(?: pro\w*)?"
    r"|with (?:professional |liability |indemnity )*insurance"
    rf"|(?:fully|professionally|who is|must be) insured){_ENDS})"
)
_REFERENCED: Final = (
    r"(?:references? (?:client(?:e?s)? )?(?:verifiees?|confirmees?)"
    r"|(?:verified|confirmed|checked) (?:client )?references?"
    r"|(?:avec|with) (?:(?:des|de bonnes|de vraies|good|client|some) )?references?"
    r"(?: clients?| a l'appui)?(?=\s*(?:$|[,.;)]|(?:a|en|au|dispo\w*|in|near)\s)))"
)
_OF_GOODS: Final = re.compile(
    r"\b(?:catalogues?|catalogs?|produits?|products?|fiches?|articles?|pieces?|parts?|stocks?|prix"
    r"|prices?|tableaux?|tables?|listes?|lists?|bibliograph\w*|notes?|rapports?|memoires?|theses?"
    r"|thesis|factures?|invoices?|boutiques?|shops?|tarifs?)\b"
)
"""Before "with references" these tell of numbers or sources, of no former client."""
_AT_ONCE: Final = rf"(?:{_FREE}|qui peu\w+ commencer|(?:who |that )?can start) {_SOON}"
_WITHIN: Final = r"(?:(?:dans les?|en moins d[e']|sous|en|within|in (?:under|less than))\s?)"
_H: Final = r"(?:h|heures?|hours?|hrs?)"
_ANSWERED: Final = {
    "60": rf"dans l'heure|{_WITHIN}(?:une heure|an hour|1 ?{_H}|half an hour|une demi-heure"
    r"|(?:5|10|15|20|30|45) ?min(?:utes?)?)",
    "240": rf"{_WITHIN}(?:(?:[2-4]|deux|trois|quatre|two|three|four) ?{_H}|half a day"
    r"|une demi-journee)",
    "1440": rf"dans la journee|the same day|{_WITHIN}(?:24 ?{_H}|un jour|a day|one day|1 day)",
    "4320": rf"{_WITHIN}(?:(?:48|72) ?{_H}|(?:[23]|deux|trois|two|three) (?:jours|days))",
}
"""The steps of the filter, in minutes, and who asks for no more than each: the next one above."""
_QUICK: Final = r"(?:(?:,? (?:tres |very )?(?:vite|rapidement|fast|quickly)),?)?"
_ANSWER: Final = r"(?:reponses?|repl(?:y|ies)|response)"
_LAST: Final = r"(?=\s*(?:$|[,.;)]))"
"""Behind what may as well be told of the work: "réponse sous 24 h aux clients"."""
_ANSWERED_BY: Final = tuple(
    (
        rf"(?:{_ANSWERS}{_QUICK} (?:{soon})|{_ANSWER} (?:{soon}){_LAST}|(?<!.)(?:{soon})(?!.))",
        ("answers_within", minutes),
    )
    for minutes, soon in _ANSWERED.items()
)
_FAST: Final = (
    r"(?:(?:qui|who) (?:repond(?:ent)?|answers?|repl(?:y|ies)) (?:tres |very )?"
    rf"(?:vite|rapidement|fast|quickly)|quick to (?:reply|answer)){_ENDS}"
)
_FIXED: Final = (
    (_NO_VAT, ("charges_vat", "0")),
    (_VAT, ("charges_vat", "1")),
    (r"(?:au forfait|a forfait|flat[- ]fee|fixed[- ]price)", ("engagement", "flat_fee")),
    (r"(?:a l'heure|au temps passe|by the hour|hourly)", ("engagement", "hourly")),
    (r"(?:au projet|par projet|by project|per project)", ("engagement", "project")),
    (r"(?:identite verifiee|verified identity|id[- ]verified)", ("verified", "identity")),
    (_INSURED, ("verified", "insurance")),
    (_REFERENCED, ("verified", "references")),
    (_AT_ONCE, ("available", "1")),
    (_NEXT_DAY, ("available", "1")),
    *_ANSWERED_BY,
    (_FAST, ("answers_within", "240")),
)
TOLD: Final = re.compile(
    r"(?<!\w)(?:je|j'ai|j'|on(?: est)?|nous|suis|sommes|etre|passer|passee?|creer|si|comment|comme"
    r"|une|la|ma|mon|nos|notre|l'entreprise|i|i'm|im|we|we're|am|my|our|how|if|get|become)\s*$"
)
"""Before what someone tells of themselves, or asks about."""


def fixed(text: str) -> Iterator[Found]:
    """Set phrases that stand for one value."""
    for phrase, said in _FIXED:
        for match in re.finditer(rf"(?<!\w)(?:{phrase})(?!\w)", text):
            of_goods = phrase == _REFERENCED and _OF_GOODS.search(text, 0, match.start())
            if not TOLD.search(text, 0, match.start()) and not of_goods:
                yield Found(match.start(), match.end(), (said,))
