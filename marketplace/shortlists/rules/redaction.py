"""Owns what is taken out of a text before it is read without names; never reads a profile.

Hidden: the person's own names, places, addresses of any kind, phone numbers, dates of birth and
ages, words for women, men and family. French forms that agree in gender become one form for
everybody, by the lemmas of search.language. A text may still betray somebody by what it tells;
the page says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from search.language import GENDER_WORDS, fold, lemma

GAP: Final = "[…]"
_NAME_LEAST: Final = 2
_INSIDE_LEAST: Final = 5
"""A name of so many letters is also hidden inside a longer word ("learoussel")."""
_PARTICLES: Final = frozenset(
    "de du des la le les et and the of von van der den al el da do dos di sas sasu sarl eurl ltd"
    " srl bv gmbh inc llc au aux en a saint sainte st ste".split()
)
_FAMILY: Final = frozenset(
    "elle elles she he her hers his him himself herself maman mere papa pere mother father mum mom"
    " dad wife husband epouse epoux mari grossesse enceinte pregnant maternite maternity paternite"
    " paternity".split()
)
_IMPERSONAL: Final = re.compile(
    r"\b[Ii]l\b(?!\s+(?:n['’])?(?:y|faut|faudra|s['’]agit|est|suffit|reste|me|vous|existe))"
)
# Bounded parts: a text without a blank must not cost the square of its length.
_REACHED: Final = re.compile(
    r"\S{1,64}@\S+|@\w+|\b(?:https?://|www\.)\S+"
    r"|(?<![\w-])[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}\.(?:fr|com|net|org|eu|be|ch|io|pro|me)\b\S*"
    r"|\+?\d[\d\s().-]{7,}\d"
)
_AGE: Final = re.compile(
    r"\b(?:j['’]ai|âgée?\s+de|aged|i\s+am|i['’]m)\s+\d{2}(?:\s+(?:ans|years\s+old))?\b"
    r"|\b\d{2}\s+ans\b(?!\s+(?:d['’]|de\b|dans\b|en\b|comme\b|à\b|chez\b))"
    r"|\b\d{2}[\s-]years?[\s-]old\b|\b(?:née?\s+(?:en|le|à|au)|born\s+(?:in|on|at))\s+[^.,;\n]+"
    r"|\b19\d\d\b",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[^\W\d_]+")
# Nouns and verbs that only look like a feminine form: display must not turn them.
_LOOK_FEMININE: Final = frozenset(
    "matiere maniere lumiere frontiere banniere carriere barriere priere premiere filiere croisiere"
    " riviere poussiere charniere attente entente detente patente tangente descente charpente"
    " soixante quarante cinquante trente septante octante nonante variante constante"
    " represente presente augmente commente documente oriente alimente experimente complimente"
    " argumente frequente invente implante enchante plaisante brillante rente initiative"
    " alternative perspective directive collective objective invective tentative rotative locative"
    " preparatrice calculatrice imprimante voyelle passerelle nacelle citadelle".split()
)
_LOOK_PARTICIPLE: Final = frozenset(
    "annee journee soiree matinee entree duree donnee idee arrivee tournee dictee armee allee"
    " montee rentree portee visee pensee mariee musee lycee trophee cheminee assemblee randonnee"
    " corvee poignee tranchee traversee vallee destinee renommee retombee".split()
)
_PARTICIPLE_LEAST: Final = 5
# -euse goes back to -eux after these, else to -eur: sérieuse, rigoureuse, but vendeuse.
_EUX: Final = ("ieuse", "ueuse", "reuse", "gneuse", "mbreuse", "geuse")


def tokens(names: Iterable[str]) -> frozenset[str]:
    """The folded words of names and addresses that give somebody away."""
    found = {word for name in names for word in _WORD.findall(fold(name).replace("-", " "))}
    return frozenset(one for one in found - _PARTICLES if len(one) >= _NAME_LEAST)


def redacted(text: str, hidden: frozenset[str], *, french: bool) -> str:
    """The text without what tells who wrote it; `hidden` are folded words (`tokens`)."""
    shown = _AGE.sub(GAP, _REACHED.sub(GAP, text))
    if french:
        shown = _IMPERSONAL.sub(GAP, shown)
    long = [one for one in hidden if len(one) >= _INSIDE_LEAST]

    def word(match: re.Match[str]) -> str:
        plain = fold(match[0])
        if plain in hidden or plain in GENDER_WORDS or plain in _FAMILY:
            return GAP
        if any(one in plain for one in long):
            return GAP
        return neutral(match[0]) if french else match[0]

    shown = _WORD.sub(word, shown)
    return re.sub(r"\[…\](?:[\s,'’-]*\[…\])+", GAP, shown)


def neutral(word: str) -> str:
    """A French word in the form that stands for everybody: "rédactrice" reads "rédacteur"."""
    plain = fold(word)
    if len(plain) != len(word):  # a ligature: not one of the forms we turn
        return word
    many = plain.endswith("s") and not plain.endswith("ss")
    single = plain[:-1] if many else plain
    if single in _LOOK_FEMININE or single.endswith(("aux", "eux")):
        return word
    turned = _turned(single)
    if turned == single:
        return word
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
