"""Owns the one form in which French words that agree in gender are read; never reads a profile.

Women and men read the same by the lemmas of search.language, and by the lists here where those
stop: adjectives only said of people, and the articles before a word that was turned.
"""

from __future__ import annotations

import re
from typing import Final

from search.language import fold, lemma

_WORD: Final = re.compile(r"[^\W\d_]+")
# Nouns and verbs that only look like a feminine form: display must not turn them.
_LOOK_FEMININE: Final = frozenset(
    "matiere maniere lumiere frontiere banniere carriere barriere priere premiere filiere croisiere"
    " riviere poussiere charniere attente entente detente patente tangente descente charpente"
    " soixante quarante cinquante trente septante octante nonante variante constante"
    " represente presente augmente commente documente oriente alimente experimente complimente"
    " argumente frequente invente implante enchante plaisante brillante rente initiative"
    " alternative perspective directive collective objective invective tentative rotative locative"
    " preparatrice calculatrice imprimante voyelle passerelle nacelle citadelle derriere"
    " arriere".split()
)
_LOOK_PARTICIPLE: Final = frozenset(
    "annee journee soiree matinee entree duree donnee idee arrivee tournee dictee armee allee"
    " montee rentree portee visee pensee mariee musee lycee trophee cheminee assemblee randonnee"
    " corvee poignee tranchee traversee vallee destinee renommee retombee".split()
)
_PARTICIPLE_LEAST: Final = 5
# -euse goes back to -eux after these, else to -eur: sérieuse, rigoureuse, but vendeuse.
_EUX: Final = ("ieuse", "ueuse", "reuse", "gneuse", "mbreuse", "geuse")
_OF_PEOPLE: Final = {
    "ravie": "ravi", "fiere": "fier", "franche": "franc", "discrete": "discret", "douce": "doux",
    "attentive": "attentif", "investie": "investi", "aguerrie": "aguerri", "assidue": "assidu",
    "convaincue": "convaincu", "sereine": "serein", "inquiete": "inquiet", "prete": "prêt",
    "sure": "sûr", "seule": "seul", "ouverte": "ouvert", "complete": "complet", "nee": "né",
    "inscrite": "inscrit", "presente": "présent", "issue": "issu", "venue": "venu",
    "revenue": "revenu", "absente": "absent", "patiente": "patient", "forte": "fort",
    "instruite": "instruit", "reconvertie": "reconverti", "avertie": "averti", "vraie": "vrai",
    "avenante": "avenant", "loyale": "loyal", "reconnue": "reconnu", "celle": "celui",
    "bonne": "bon", "grande": "grand", "joviale": "jovial", "petite": "petit",
}  # fmt: skip
_ANYWHERE: Final = frozenset(
    "ravie fiere franche discrete douce attentive investie aguerrie assidue convaincue sereine"
    " reconvertie avenante".split()
)
"""Said of people alone; the others also of things, so only after "je suis"."""
_SELF: Final = re.compile(
    r"\b(?:je\s+(?:suis|serai|serais|reste|resterai|demeure)|j['’](?:étais|ai\s+été))\b"
    r"[^.;:!?\n]{0,200}|\bforte(?=\s+(?:de\b|d['’]))|(?<!['’])\bissue(?=\s+(?:d[eu]\b|d['’]))|\bseule(?=\s*(?:[.,;:!?]|$))",
    re.IGNORECASE,
)
_BEFORE: Final = re.compile(
    r"\b(une|la|cette|quelle)(\s+(?:(?:plus|moins|vraie|bonne|grande|seule|jeune|nouvelle|ancienne|excellente"
    r"|véritable|fidèle|précieuse|simple|future)\s+){0,2})([^\W\d_]+)",
    re.IGNORECASE,
)
_ARTICLES: Final = {"une": "un", "la": "le", "cette": "ce", "quelle": "quel"}
# Trades of one form: only the article tells. "La secrétaire" is as often somebody else.
_EPICENE: Final = frozenset(
    "comptable secretaire juriste polyglotte freelance graphiste specialiste interprete partenaire"
    " generaliste telesecretaire webmaster autodidacte bilingue trilingue perfectionniste"
    " gestionnaire responsable standardiste documentaliste biographe".split()
)


def agreed(text: str) -> str:
    """A French text in which what is said of oneself, and articles before trades, have one form."""
    shown = _SELF.sub(lambda clause: _WORD.sub(_of_people, clause[0]), text)
    return _BEFORE.sub(_article, shown)


def _of_people(match: re.Match[str]) -> str:
    return _cased(match[0], _OF_PEOPLE.get(fold(match[0]), match[0]))


def _article(match: re.Match[str]) -> str:
    article, between, word = match.groups()
    plain = fold(word)
    person = plain in _EPICENE if fold(article) != "la" else False
    if not person and neutral(word) == word:
        return match[0]
    turned = _ARTICLES[fold(article)]
    if turned == "ce" and (between.strip() or word)[0].lower() in "aeéiouh":
        turned = "cet"
    return _cased(article, turned) + _WORD.sub(_of_people, between) + word


def _cased(model: str, word: str) -> str:
    if model.isupper() and len(model) > 1:
        return word.upper()
    return word[0].upper() + word[1:] if model[0].isupper() else word


def neutral(word: str) -> str:
    """A French word in the form that stands for everybody: "rédactrice" reads "rédacteur"."""
    plain = fold(word)
    if plain in _ANYWHERE:
        return _cased(word, _OF_PEOPLE[plain])
    if len(plain) != len(word):  # a ligature: not one of the forms we turn
        return word
    many = plain.endswith("s") and not plain.endswith("ss")
    single = plain[:-1] if many else plain
    if single in _LOOK_FEMININE or single.endswith(("aux", "eux")):
        return word
    turned = _turned(single)
    if turned == single:
        return word
    if many and turned.endswith("al"):  # commerciales, commerciaux
        return word[: len(turned) - 1] + ("UX" if word.isupper() else "ux")
    plural = "s" if many and not turned.endswith(("s", "x")) else ""
    kept = next(
        (n for n, pair in enumerate(zip(single, turned, strict=False)) if pair[0] != pair[1]),
        min(len(single), len(turned)),
    )
    tail = turned[kept:] + plural
    made = word[:kept] + (tail.upper() if word.isupper() and len(word) > 1 else tail)
    return re.sub(r"èr(s?)$", r"er\1", made)  # conseillère, conseiller


def _turned(single: str) -> str:
    if single.endswith("euse"):
        return single[:-2] + ("x" if single.endswith(_EUX) else "r")
    if single.endswith("ee") and len(single) >= _PARTICIPLE_LEAST:
        return single if single in _LOOK_PARTICIPLE else single[:-1]
    if not single.endswith("e"):
        return single
    return lemma(single)
