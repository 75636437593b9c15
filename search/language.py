"""Owns how words are made comparable, for indexed text and queries alike; never ranks anything.

The same function runs on both sides, so a rule only has to be consistent, not linguistically
perfect. Gendered forms of French and English occupations meet in one lemma and gender words are
dropped: who asks for "une assistante" and who asks for "un assistant" get the same answer.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from search.lemmas import DOING, LEMMAS, conjugated

_LIGATURES: Final = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "’": "'", "ʼ": "'", "`": "'", "´": "'"}
)
_ACCENTS: Final = re.compile("[\u0300-\u036f]+")
_ELISION: Final = re.compile(r"\b(?:[ldjmnstc]|qu|jusqu|lorsqu|puisqu|quoiqu|presqu)'(?=\w)")
_I_HAVE: Final = re.compile(r"\b(?:(?:[jnmt]|qu|je l)'ai|ai-je|jai)\b")
"""A verb, before it loses its pronoun: "ai" alone is artificial intelligence."""

# Inclusive spellings: assistant·e·s, assistant.e, assistant(e)s, traducteur/trice, redacteur-rice.
_INCLUSIVE_ENDING: Final = r"(?:e|ne|le|se|ve|re|te|ere|iere|euse|rice|trice|ice|esse|fe|elle)"
_INCLUSIVE: Final = re.compile(
    rf"\b(\w{{3,}}?)(s?)(?:[·•∙⋅‧.]|-(?={_INCLUSIVE_ENDING}(?:-?s)?\b)|/-?)"
    rf"{_INCLUSIVE_ENDING}(?:[·•∙⋅‧.-]?(s))?\b"
)
_MAY_BE_INCLUSIVE: Final = re.compile(rf"[·•∙⋅‧./(-]{_INCLUSIVE_ENDING}")
_BRACKETED: Final = re.compile(rf"\b(\w{{3,}}?)\({_INCLUSIVE_ENDING}\)(s?)(?!\w)")
_E_PREFIX: Final = re.compile(r"\be-(?=(?:mail|commerc|reputation|book|learning|invoic|sign))")

_GENDER_MARKERS: Final = re.compile(
    r"(?<!\w)(?:h\s*/\s*f(?:\s*/\s*[xn]b?)?|f\s*/\s*h(?:\s*/\s*[xn]b?)?|m\s*/\s*[fw](?:\s*/\s*[dx])?"
    r"|[fw]\s*/\s*m(?:\s*/\s*[dx])?)(?!\w)"
)
GENDER_WORDS: Final = frozenset(
    "homme hommes femme femmes man men woman women male males female females monsieur madame"
    " messieurs mesdames mademoiselle mme mmes mlle mr mrs ms miss sir lady ladies gentleman"
    " gentlemen guy guys girl girls boy boys garcon garcons fille filles dame dames masculin"
    " feminin feminine masculine masculins feminins monsieurs".split()
)
# Compounds in which a gender word is part of another meaning: kept as one word.
_COMPOUNDS: Final = (
    (re.compile(r"\bsages?[- ]femmes?\b"), "sagefemme"),
    (re.compile(r"\bmaieuticiens?\b"), "sagefemme"),
    (re.compile(r"\b(?:isle of man|ile de man)\b"), "isleofman"),
    (re.compile(r"\bman in the middle\b"), "maninthemiddle"),
)
_MAY_BE_COMPOUND: Final = re.compile(r"\bsages?[- ]f|\bmaieutic|\bman in|\b(?:isle|ile) ")
_WORD: Final = re.compile(r"[\w+#&.@-]+")

# Words the rules of endings must leave alone: products, and nouns that have one gender only.
_UNTOUCHED: Final = frozenset(
    "archive archives wholesale resale finale premiere carriere bienvenue drive live five"
    " business process access address wordpress hubspot sales salesforce microsoft"
    " analytics ads forms sheets docs teams typeform news sms gps ios saas iris paris tunis"
    " cours temps bras avis devis colis pays fois mois repas proces"
    " annee journee soiree matinee entree lycee musee donnee tournee duree dictee armee three"
    " agree coffee degree committee guarantee trainee attendee payee refugee referee pyrenees"
    " sauvegarde locaux scale motive semaine domaine lorraine ukraine migraine".split()
)
_FEMININE: Final = (  # (ending, what it becomes, letters of the shortest word with it)
    ("trice", "teur", 6), ("euse", "eur", 6), ("eux", "eur", 6), ("ee", "e", 5),
    ("iere", "ier", 6), ("llere", "ller", 7), ("ngere", "nger", 7), ("agere", "ager", 7),
    ("ienne", "ien", 7), ("eenne", "een", 7),
    ("nelle", "nel", 7), ("uelle", "uel", 7), ("urelle", "urel", 7), ("ielle", "iel", 7),
    ("ale", "al", 5), ("ante", "ant", 7), ("ente", "ent", 7), ("erte", "ert", 6),
    ("tive", "tif", 6), ("sive", "sif", 7), ("crete", "cret", 6), ("plete", "plet", 7),
    ("quiete", "quiet", 8), ("eure", "eur", 7), ("arde", "ard", 7),
    ("aine", "ain", 7), ("aise", "ais", 7), ("oise", "ois", 7),
)  # fmt: skip
_MASCULINE_PLURALS: Final = (
    ("eaux", "eau", 6), ("aux", "al", 6),
)  # fmt: skip
_ENDINGS: Final = (
    *((f"{ending}s", to, least + 1) for ending, to, least in _FEMININE if ending != "eux"),
    *_FEMININE,
    *_MASCULINE_PLURALS,
)
"""Feminine and masculine meet, one and many."""
_SHORTEST_PLURAL: Final = 4


def fold(text: str) -> str:
    """Lower case without accents or ligatures, with plain apostrophes."""
    plain = unicodedata.normalize("NFKD", text.lower().translate(_LIGATURES)).lower()
    plain = _ACCENTS.sub("", plain)
    if not plain.isascii():
        plain = "".join(char for char in plain if not unicodedata.combining(char))
    return plain.translate(_LIGATURES)


@lru_cache(maxsize=50_000)
def lemma(word: str) -> str:
    """The form under which a folded word is indexed: masculine and feminine, one and many meet."""
    if word in LEMMAS:
        return LEMMAS[word]
    if word in _UNTOUCHED or not word.isalpha():
        return word
    if word[-1:] == "s" and word[:-1] in _UNTOUCHED:
        return word[:-1]
    for ending, replacement, shortest in _ENDINGS:
        if len(word) >= shortest and word.endswith(ending):
            changed = word[: -len(ending)] + replacement
            return lemma(changed) if replacement == "e" else changed
    if (
        len(word) >= _SHORTEST_PLURAL
        and word.endswith("s")
        and not word.endswith(("ss", "us", "is", "os"))
    ):
        return lemma(word[:-1])
    return word


@lru_cache(maxsize=50_000)
def _meant(word: str) -> str:
    """A word's lemma, or the name of what a verb does."""
    found = DOING.get(word) or conjugated(word) or lemma(word)
    return DOING.get(found, found)


def normalise(text: str, *, keep_gender: bool = False) -> str:
    """Text or query as it is indexed and asked. Idempotent; about ten microseconds a query.

    `keep_gender` keeps gender words: for names, where "Dame" or "Boy" may be a family name.
    """
    folded = fold(text)
    if "ai" in folded:
        folded = _I_HAVE.sub(" ", folded)
    folded = _E_PREFIX.sub("e", _ELISION.sub("", folded))
    if _MAY_BE_INCLUSIVE.search(folded):
        folded = _BRACKETED.sub(r"\1\2", _INCLUSIVE.sub(r"\1\2\3", folded))
    if _MAY_BE_COMPOUND.search(folded):
        for pattern, joined in _COMPOUNDS:
            folded = pattern.sub(joined, folded)
    if not keep_gender and "/" in folded:
        folded = _GENDER_MARKERS.sub(" ", folded)
    words: list[str] = []
    for raw in _WORD.findall(folded):
        for part in (raw.strip(".-&@") or raw).split("-"):
            word = part.strip(".&@") or part
            if not word or (not keep_gender and word in GENDER_WORDS):
                continue
            said = _meant(word)
            if not words or words[-1] != said:  # "vendeur/vendeuse" says one thing
                words.append(said)
    return " ".join(words)


_STOP_FR: Final = (
    "a à au aux avec ce ces cet cette d dans de des du elle elles en est et eux il ils j je l la le"
    " les leur leurs lui m ma mais me mes mon n ne nos notre nous on ou où par pas pour qu que qui"
    " quoi s sa se ses si son sont sur t ta te tes ton tu un une vos votre vous y"
    " cherche cherchons recherchons besoin trouver quelqu'un quelque faut veux voudrais souhaite"
    " peut capable sachant svp bonjour merci"
)
_STOP_EN: Final = (
    "a an and any are as at be by can do for from has have he her his i in into is it its me my of"
    " on or our she so some someone somebody that the their them they this to us we who with you"
    " your need needed looking want find please help hello thanks"
)
STOP_WORDS: Final = frozenset(
    form for word in f"{_STOP_FR} {_STOP_EN}".split() for form in normalise(word).split()
)
"""Words that say nothing by themselves, in both languages, as they are indexed."""
