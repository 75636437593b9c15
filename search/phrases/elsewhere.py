"""Owns what tells of a place that it is somebody else's; never where an assistant is.

The writer's own, their clients', or where a trip goes.
"""

from __future__ import annotations

import re
from typing import Final

_REACH: Final = 80
"""So many letters before a place may tell whose it is."""
_PEOPLE: Final = (
    r"(?:clients?|clientes?|clientele|customers?|patients?|fournisseurs?|suppliers?|prospects?"
    r"|locataires?|tenants?|guests?|voyageurs?|buyers?|acheteurs?|filiales?|subsidiar\w+"
    r"|partenaires?|partners|leads|investors|investisseurs?|distributors?|distributeurs?"
    r"|resellers?|revendeurs?)"
)
_SEVERAL: Final = (
    r"(?:clients|customers|patients|suppliers|prospects|tenants|guests|buyers|partners|leads"
    r"|investors|distributors|resellers|subsidiaries)"
)
_OUR: Final = r"(?:de|des|mes|nos|les|ses|leurs|our|my|with|to|of|for|aux|avec|pour)"
_WHERE_THEY_ARE: Final = (
    r"\s*(?:(?<!\w)(?:all|mostly|mainly|currently|tous|toutes|surtout|principalement|actuellement)\s+)?"
    r"(?:(?<!\w)(?:based|located|basee?s?|situee?s?|installee?s?|implantee?s?)\s+)?$"
)
_TO_DO: Final = r"[a-z]+(?:[^i\W]er|ir|dre)"
"""What is done to people: "trouver clients"; a "fichier clients" is a thing."""
_WRITERS: Final = re.compile(
    r"(?:(?<!\w)(?:(?:we|i|nous|je|on|our|my|notre|nos|mes|mon|ma)(?!\w)(?:\s+[\w'-]+){0,3}?\s+"
    r"(?:is|are|am|est|sont|sommes|suis|vis|vivons|live|habite|habitons)|j'habite|(?:we|i)'(?:re|m)|im)\s"
    rf"|(?<!\w){_OUR}\s+(?:\w+\s+)?{_PEOPLE}\s|(?:^|[,;.:!?(]\s*|(?<!\w){_TO_DO}\s+){_PEOPLE}\s)"
    + _WHERE_THEY_ARE
)
_OWNS: Final = re.compile(
    r"(?<!\w)(?:j'ai|nous avons|on a|je (?:gere|tiens|dirige)|(?:i|we) (?:have|own|run|manage))"
    r"\s+(?:une?|des|deux|trois|an?|two|three|our)(?:\s+[\w'-]+){1,3}\s+$"
)
_ENGLISH: Final = re.compile(rf"(?<!\w){_SEVERAL}\s+$")
"""Before "in": of two nouns in a row an English plural is the one that is meant."""
_THEN: Final = re.compile(rf"(?:\s+|-based\s+){_SEVERAL}(?!\w)(?!\s+(?:service|care|support))")
_PROSPECTS: Final = re.compile(
    r"(?<!\w)(?:(?:prospecter|demarcher|exporter|exporting)(?:\s+[\w'-]+){0,4}|prospection|exportations?)"
    r"\s+$"
)
_BOOKS: Final = (
    r"(?:re?serv(?:er|ez)|organis(?:er|ez)|prev(?:oir|oyez)|planifi(?:er|ez)"
    r"|prepar(?:er|ez)|trouver|chercher|louer|acheter|comparer"
    r"|book(?:ing)?|plan|planning\s+(?:an?|my|our|the)|organi[sz](?:e|ing)|arrang(?:e|ing)"
    r"|find(?:ing)?|buy(?:ing)?|rent(?:ing)?|compar(?:e|ing)|prepar(?:e|ing)|sort(?:\s+out)?)"
)
_GOES: Final = (
    r"(?:voyages?|sejours?|trips?|vols?|billets?|flights?|deplacements?|vacances|holidays?"
    r"|week-?\s?ends?|escapades?|retreats?|offsites?|hotels?|seminaires?|seminars?)"
)
"""What goes to a place."""
_STANDS: Final = (
    rf"(?:{_GOES}|auberges?|airbnbs?|hebergements?|logements?|appartements?|chambres?"
    r"|accommodations?|apartments?|flats?|rooms?|venues?|salles?|lieux?|restaurants?|tables?"
    r"|traiteurs?|caterers?|trains?|tickets?|conferences?|conventions?"
    r"|salons?|congres|weddings?|mariages?|evenements?|events?|soirees?|part(?:y|ies))"
)
"""What somebody goes to and has booked."""
_BETWEEN: Final = r"(?:\s+(?!(?:pour|for|in|at|qui|who|as|comme)\s)[\w'-]+){0,3}?"
_DETAIL: Final = (
    r"(?:\s+\w+(?:els?|elles?|al|ales?|ifs?|ives?|iques?|aux))?"
    r"(?:\s+(?:d'|(?:de|du|of|for|pour)\s)[\w-]+(?:\s+[\w-]+)?)?"
)
"""Of a trip: "voyage professionnel", "séjour de trois jours"; no work: "hotel receptionist"."""
_A: Final = (
    r"(?:une?|l[ae]s?|ce|cette|des|mon|ma|mes|notre|nos|prochaine?s?|an?|the|my|our|next|this|\d+)"
)
_TOWARDS: Final = r"(?:\s+(?:pour|vers|to|for|a|de|of))?\s*$"
_TRIP: Final = re.compile(
    rf"(?<!\w)(?:{_BOOKS}{_BETWEEN}\s+(?:[ld]')?{_STANDS}{_DETAIL}"
    rf"|(?:(?:^|[,;.:!?(])\s*|(?<!\w){_A}\s+|(?<!\w)l'){_GOES}{_DETAIL})" + _TOWARDS
)
_LEAVES: Final = re.compile(
    r"(?<!\w)(?:(?:je|nous|on|i|i'm|im|we|we're)\s+(?:\w+\s+)?"
    r"(?:pars?|part(?:ons|irai|irons)|vais|va|allons|voyag\w+|demenag\w+|emmenag\w+|m'installe"
    r"|(?:am\s+|are\s+)?(?:travel|mov|fly|go|stay|relocat)\w*)"
    r"|part(?:ir|ie?s?|ies)|voyager|demenager|emmenager|(?:travelling|traveling|flying|relocating|holidaying))"
    r"(?:\s+(?:bientot|souvent|en\s+vacances|soon|often))?" + _TOWARDS
)


def theirs(text: str, start: int, end: int) -> bool:
    """Whether a place is the writer's, their clients' or their trip's, and no assistant's.

    "our company is based in London", "UK clients", "book a hotel in Barcelona".
    """
    near = max(0, start - _REACH)
    if any(one.search(text, near, start) for one in (_WRITERS, _OWNS, _PROSPECTS, _TRIP, _LEAVES)):
        return True
    if re.match(r"(?:in|near|from|around|based|located)\s", text[start:end]):
        return bool(_ENGLISH.search(text, near, start))
    return bool(_THEN.match(text, end))
