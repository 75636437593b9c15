"""Owns the one form of what somebody says they are ("je suis sportive"); never reads a profile.

Behind these words almost any feminine ending is the speaker's own, until a thing or a preposition
begins something else: "je suis sportive, basée dans une région active".
"""

from __future__ import annotations

import re
from typing import Final

from marketplace.shortlists.rules.agreement import cased, is_thing
from search.language import fold

_CLAUSE: Final = re.compile(
    r"(\b(?:je\s+(?:suis|serai|serais|reste|resterai|demeure)|j['’](?:étais|ai\s+été))\b)"
    r"([^.;:!?\n]{0,200})",
    re.IGNORECASE,
)
_TOKEN: Final = re.compile(r"[^\W\d_]+|,")
_ENDS: Final = frozenset(
    "de d du des a au aux en dans par pour sur avec sans chez vers depuis entre qui que qu dont"
    " comme le la les l mon ma mes votre vos notre nos ce cette ces son sa ses leur leurs".split()
)
"""What follows these is said of something else, up to the next comma."""
_BETWEEN: Final = frozenset(
    "plus moins tres vraie pure bonne grande petite seule jeune nouvelle ancienne vieille".split()
)
"""May stand between "une" and who one is."""
_SHORTER: Final = ("aise", "oise", "aine", "arde", "ande", "eure")
_NOT_FEMININE: Final = frozenset(
    "aise chaise croise apaise domaine semaine douzaine dizaine quinzaine vingtaine centaine"
    " capitaine entraine garde regarde sauvegarde tarde commande demande recommande bande"
    " heure demeure arrive archive motive cultive prive suive initiative moyenne".split()
)
_LESS_E: Final = frozenset(
    "reflechie degourdie epanouie accomplie polie hardie etablie nourrie remplie enrichie"
    " endurcie assagie rejouie etourdie amie promue elue recue connue vue emue resolue tenue"
    " retenue bienvenue tetue absolue devenue inconnue admise soumise apprise comprise acquise"
    " conquise assise eprise surprise precise concise indecise satisfaite parfaite imparfaite"
    " stricte adroite droite distraite exacte directe correcte brillante constante plaisante"
    " lente courte compacte espagnole occitane catalane angevine poitevine messine girondine"
    " maline fine latine argentine matinale amicale geniale originale ideale impartiale"
    " provencale auvergnate haute toute intransigeante certaine musulmane".split()
)
_LESS_NE: Final = frozenset("bretonne wallonne gasconne mignonne championne patronne".split())
_OTHERWISE: Final = {
    "gentille": "gentil", "premiere": "premier", "derniere": "dernier", "legere": "léger",
    "chere": "cher", "naturelle": "naturel", "telle": "tel", "belle": "beau",
    "nouvelle": "nouveau", "nette": "net", "coquette": "coquet", "folle": "fou", "grecque": "grec",
    "turque": "turc", "longue": "long", "fraiche": "frais", "andalouse": "andalou",
    "jalouse": "jaloux", "maligne": "malin", "concrete": "concret", "secrete": "secret",
}  # fmt: skip


def said_of_oneself(text: str) -> str:
    """A French text in which what is said after "je suis" has the form that stands for all."""
    return _CLAUSE.sub(lambda clause: clause[1] + _turned(clause[2]), text)


def _turned(clause: str) -> str:
    made: list[str] = []
    at, own, article = 0, True, -1
    for token in _TOKEN.finditer(clause):
        made.append(clause[at : token.start()])
        at, word = token.end(), token[0]
        plain = fold(word)
        form = _form(word, plain) if own else word
        if plain == ",":
            own = True
        elif plain in _ENDS or (form == word and is_thing(plain)):
            own = False
        if form != word and article >= 0:
            made[article] = cased(made[article], "un")
        if plain == "une":
            article = len(made)
        elif plain not in _BETWEEN:
            article = -1
        made.append(form)
    return "".join([*made, clause[at:]])


def _form(word: str, plain: str) -> str:
    if plain in _OTHERWISE:
        return cased(word, _OTHERWISE[plain])
    if plain in _LESS_E:
        return word[:-1]
    if len(plain) != len(word) or plain in _NOT_FEMININE or is_thing(plain):  # or a ligature
        return word
    if plain.endswith(("eenne", "yenne")) or plain in _LESS_NE:
        return word[:-2]
    if plain.endswith(_SHORTER):
        return word[:-1]
    if plain.endswith("ive"):
        return word[:-2] + ("F" if word.isupper() else "f")
    return word
