"""Owns what says where: towns, regions, countries; never looks them up itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final

from search.parameters import WITHIN_KM_MAX
from search.phrases.base import Found, Said, Vocabulary

_AT: Final = re.compile(
    r"(?<!\w)(?:(?:basee?s?|situee?s?|located|based|localisee?s?)\s+)?"
    r"(?P<how>in (?:or|and) (?:near|around)|(?:pas|non) loin d[eu']|du cote d[eu']|du coin d[eu']"
    r"|not far from|near to|vers|pres d[eu']|proche(?: d[eu'])?"
    r"|secteur(?: d[eu'])?"
    r"|(?:(?:dans la|dans le|dans l'|en|in the) ?)?"
    r"(?:region|canton|departement|province)(?: d[eu'](?: la| l')?| of)?"
    r"|autour d[eu']|aux alentours d[eu']"
    r"|a cote d[eu']|near"
    r"|around|close to|in the|(?<!made )in|from|sur|dans les?|dans la|dans l'|dans|a la"
    r"|aux|au|a|en)(?:(?<=')|\s+)"
)
_NEAR_ME: Final = re.compile(
    r"(?<!\w)(?:(?:tout )?(?:pres|proche|a cote|autour|pas loin) de (?:chez )?(?:moi|nous)"
    r"|(?:near|close to|around|not far from) (?:me|us|my (?:home|office|place|house))"
    r"|dans (?:mon quartier|mon coin|ma ville|mon secteur)"
    r"|in my (?:area|town|neighbou?rhood))(?!\w)"
)
"""Where the search does not know: no filter says it."""
_BESIDE: Final = (
    "pres", "proche d", "near", "close", "in or", "in and", "pas loin", "non loin", "not far",
    "du cote", "du coin", "autour", "around",
)  # fmt: skip
"""Before any town's name, however small and in lower case."""
_TRAVEL: Final = re.compile(
    r"(?<!\w)(?:vols?|billets?|trains?|voyag|trajet|transfer|livr|export|deplac|expedi|trad|redirig"
    r"|envo|migr|pass)\w*(?:\s+[\w']+){0,3}\s+$"
)
"""What goes "vers Londres" is not there."""
_NTH: Final = r"(?:1?\d|20)\s?(?:eme|ieme|er?|th|nd|rd|st)"
_PART_OF_TOWN: Final = re.compile(
    r"(?<!\w)(?:(?:a|sur|in|dans(?: le)?)\s+)?(?:(?P<town>paris|lyon|marseille)\s+"
    rf"(?:{_NTH}(?:\s+arr\w*)?|(?:75|69|13)\d{{3}})"
    rf"|{_NTH}\s+arr\w*\s+(?:de\s+|of\s+)?(?P<of>paris|lyon|marseille)"
    r"|(?P<post>75(?:00[1-9]|01\d|020|116)|6900[1-9]|130(?:0[1-9]|1[0-6]))"
    r"(?:\s+(?:paris|lyon|marseille))?)(?!\w)"
)
_POSTED: Final = {"75": "paris", "69": "lyon", "13": "marseille"}
_DEPARTMENT: Final = re.compile(
    r"(?<!\w)(?:(?:basee?s?|situee?s?)\s+)?(?:dans|sur)\s+le\s+(?:departement\s+|dpt\s+)?"
    r"(?P<number>\d\d|2[ab]|97[1-46])(?!\w)(?!\s*(?:h|€|e|eme|jours?|jrs?|heures?|mois|ans?|min|%|\d|[-/.]\s*\d))"
)
_IN_LAND: Final = frozenset({"en", "dans le", "dans la", "dans l'", "dans les"})
"""Before a department's name."""
_DISTANCE: Final = (
    r"(?:(?:dans |sur |within |in )?(?:une? |a )?(?:rayon|perimetre|distance|radius)"
    r"(?: max\w*)?(?: d[e']| of)?\s*"
    r"|(?:a |within |dans |in |sur )?"
    r"(?:moins de |less than |max\w* |environ |about |up to |under )?)"
    r"(?P<far>\d{1,3})\s?(?P<unit>kms?|kilomet(?:re|er)s?|miles?|mi)(?!\w)"
    r"(?: (?:max\w*|radius|environ))?"
)
_FAR_FROM: Final = re.compile(
    rf"(?<!\w){_DISTANCE}\s+(?:(?:a la ronde|autour|aux alentours|around)\s*)?"
    r"(?:(?:d[eu']|of|from|around|a)(?:(?<=')|\s+))?"
)
_FAR_AFTER: Final = re.compile(
    rf"[\s,(+]*(?:(?:et|and)\s+)?{_DISTANCE}(?:\s*\))?"
    r"(?:\s+(?:autour|alentours?|aux alentours|a la ronde|around))?(?!\w)"
)
_KM_IN_MILE: Final = 1.609344
_PREFERRED: Final = re.compile(
    r"[\s,]+(?:si possible|if possible|de preference|preferably|ideally|idealement)(?!\w)"
    r"|\s+area(?!\w)(?!\s+(?:manager|code|sales))"
    r"|[\s-]based(?!\w)(?!\s+(?:compan|firm|client|startup|start-up|business|agenc|team|charit|shop"
    r"|studio|restaurant|hotel|practice|ngo|on(?!\w)))"
)
_THEIRS: Final = re.compile(
    r"(?<!\w)(?:we|we're|were|our|i'm|im|i am|my)(?:\s+\w+){0,2}\s*$|\bwe are\s"
)
"""Who tells so where they are themselves."""
NAME_WORDS: Final = 4
WORD: Final = re.compile(r"[\w'’.-]*\w")
UNCERTAIN: Final = frozenset(
    "alliance anchorage ans anthem apex barking bath bell bend best borne bow brick bulle"
    " bury canton celle central clay coin confederation crystal deal delta dig douane draper"
    " eagle enterprise fleet flint fontaine forest fountain gare garner genes goes golden"
    " green halle hermitage hire holiday imperial independence jette lend liberal macon mai"
    " man manage mason medina melle mentor mission mobile nice normal opportunity orange pace"
    " pearl plantation portage providence racine reading rees reno retreat rich rota rugby"
    " sale salt sandy savage sens sparks split spring stains sterling stow summit sunrise"
    " superior surprise temple than tours trier union university vineyard vite walker walnut"
    " wedding wheeling".split()
) | {
    *("la garde", "la porte", "la possession", "la prairie"),
    *("le cap", "le moule", "le plateau", "le port"),
}
"""Names of large towns that are words people write of their work: towns with a capital alone."""
WORDS_TOO: Final = frozenset(
    "aube cher creuse hal lot manche nord reunion somme trente come sienne spire lierre parme"
    " constance madras guin".split()
)
"""Names of departments and smaller places that are words, too."""
_AFTER_A: Final = frozenset("forest halle jette macon nice orange sens tours".split())
"""Those that are towns after "à" in lower case, too; not after "a", as in "a nice assistant"."""
COMPASS: Final = frozenset(
    "centre east est littoral marche marches nord north ouest south sud west".split()
)
"""Regions somewhere, and everywhere else directions: "où en est", "au centre de formation"."""


def places(text: str, typed: Callable[[int, int], str], known: Vocabulary) -> Iterator[Found]:
    """Towns, regions and countries after a preposition. `typed(start, end)`: the words as typed."""
    for match in _NEAR_ME.finditer(text):
        yield Found(*match.span(), ())
    yield from _distant(text, typed, known)
    yield from _numbered(text, typed, known)
    yield from _suffixed(text, typed, known)
    for match in _AT.finditer(text):
        if match["how"] == "vers" and _TRAVEL.search(text, 0, match.start()):
            continue
        how = match["how"]
        words = list(islice(WORD.finditer(text, match.end()), NAME_WORDS))
        for count in range(len(words), 0, -1):
            start, end = match.end(), words[count - 1].end()
            name, as_typed = text[start:end], typed(start, end)
            if name in _AFTER_A and typed(*match.span("how")) in {"à", "À"}:
                as_typed = as_typed.title()
            said = _place(how, name, as_typed, known)
            if said:
                # "à la" belongs to the name "La Rochelle"; the cue is given back with it.
                yield _with_distance(text, Found(match.start(), end, (said,)))
                break


def _numbered(text: str, typed: Callable[[int, int], str], known: Vocabulary) -> Iterator[Found]:
    """Parts of large towns by number, and French departments: "Paris 11e", "dans le 69"."""
    for match in _PART_OF_TOWN.finditer(text):
        if town := known.town(_whole(match)):
            yield Found(match.start(), match.end(), (("near", town[0]),))
    for match in _DEPARTMENT.finditer(text):
        for words in _beside(text, match.end()):
            town = known.town(text[slice(*words)])
            if town and (town[1] or typed(*words)[:1].isupper()):
                after = _PREFERRED.match(text, words[1])
                end = after.end() if after else words[1]
                yield Found(match.start(), end, (("near", town[0]),))
                break
        else:
            if said := _of_department(match["number"], known):
                yield Found(match.start(), match.end(), (said,))


def _of_department(name: str, known: Vocabulary) -> Said | None:
    """Near the chief town of a department; overseas, a department is a region."""
    if town := known.department(name):
        return ("near", town)
    region = known.region(name) if name.isdecimal() else None
    return ("region", region) if region else None


def _distant(text: str, typed: Callable[[int, int], str], known: Vocabulary) -> Iterator[Found]:
    """Towns after how far from them: "à 30 km de Rennes", "within 20 miles of Paris"."""
    for match in _FAR_FROM.finditer(text):
        for start, end in _beside(text, match.end()):
            town = known.town(text[start:end])
            if town and (town[1] or typed(start, end)[:1].isupper()) and _km(match):
                said = (("near", town[0]), ("within_km", _km(match)))
                yield Found(match.start(), end, said)
                break


def _with_distance(text: str, found: Found) -> Found:
    """The same with how far from it, said behind: "près de Rennes à 30 km"."""
    match = _FAR_AFTER.match(text, found.end) if found.said[0][0] == "near" else None
    if match is None or not _km(match):
        return found
    return Found(found.start, match.end(), (*found.said, ("within_km", _km(match))))


def _km(match: re.Match[str]) -> str:
    """The kilometres said, as far as a search goes; empty beyond."""
    far = round(int(match["far"]) * (_KM_IN_MILE if match["unit"].startswith("mi") else 1))
    return str(far) if 0 < far <= WITHIN_KM_MAX else ""


def part_of_town(text: str) -> str:
    """The town of which the folded text names a part, and nothing else: "paris 11e", "75011"."""
    match = _PART_OF_TOWN.fullmatch(text)
    return _whole(match) if match else ""


def _whole(match: re.Match[str]) -> str:
    return match["town"] or match["of"] or _POSTED[match["post"][:2]]


def _beside(text: str, start: int) -> Iterator[tuple[int, int]]:
    """From where to where the next few words stand, the most of them first."""
    words = list(islice(WORD.finditer(text, start), NAME_WORDS))
    for count in range(len(words), 0, -1):
        if not text[start : words[0].start()].strip(" ,("):
            yield words[0].start(), words[count - 1].end()


def _suffixed(text: str, typed: Callable[[int, int], str], known: Vocabulary) -> Iterator[Found]:
    """Places before a word that says so: "London based", "lyon si possible", "UK-based"."""
    for match in _PREFERRED.finditer(text):
        words = list(WORD.finditer(text, max(0, match.start() - 60), match.start()))
        words = words[-NAME_WORDS:]
        if "based" in match[0] and _THEIRS.search(text, 0, match.start()):
            continue
        for first in range(len(words)):
            start, end = words[first].start(), words[-1].end()
            town, as_typed = known.town(text[start:end]), typed(start, end)
            if town and (as_typed[:1].isupper() or (town[1] and text[start:end] not in UNCERTAIN)):
                yield Found(start, match.end(), (("near", town[0]),))
                break
            if said := _land(text[start:end], known) if "based" in match[0] else None:
                yield Found(start, match.end(), (said,))
                break


def _place(how: str, name: str, as_typed: str, known: Vocabulary) -> Said | None:
    article = {"au": "le ", "aux": "les ", "a la": "la "}.get(how, "")
    capital = as_typed[:1].isupper()
    if not capital and not {name, article + name}.isdisjoint(UNCERTAIN | WORDS_TOO):
        return None
    part = next((one for one in ("region", "canton", "departement") if one in how), "")
    if (how in _IN_LAND or part == "departement") and not name[:1].isdecimal():
        if said := _of_department(name, known):
            return said
    town = None if how == "en" or part in {"canton", "departement"} else known.town(article + name)
    country = known.country(name)
    # "in France" and "au Maroc" are countries, though a town may have the name too.
    if country and (how in {"en", "au", "aux", "in", "in the", "from"} or not town):
        return ("country", country)
    region = None if name in COMPASS else known.region(name)
    if region and (how in _IN_LAND | {"au", "dans"} or part or not town):
        return ("region", region)
    if not town:
        return None
    slug, large = town
    certain = large or capital or how.startswith(_BESIDE)
    return ("near", slug) if certain else None


def _land(name: str, known: Vocabulary) -> Said | None:
    if country := known.country(name):
        return ("country", country)
    region = known.region(name)
    return ("region", region) if region and name not in COMPASS else None
