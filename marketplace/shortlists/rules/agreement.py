"""Owns the one form in which French words that agree in gender are read; never reads a profile.

Women and men read the same by the lemmas of search.language, and by the lists here where those
stop: adjectives only said of people, and the articles before a word that was turned. What is said
of a thing keeps its form ("pièces classées"): it tells nothing of anybody.
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
_EUX: Final = (
    *("ieuse", "ueuse", "reuse", "gneuse", "mbreuse", "geuse", "culeuse", "puleuse", "yeuse"),
    *("anceuse", "ntilleuse", "rveilleuse"),
)
_OF_PEOPLE: Final = {
    "ravie": "ravi", "fiere": "fier", "franche": "franc", "discrete": "discret", "douce": "doux",
    "attentive": "attentif", "investie": "investi", "aguerrie": "aguerri", "assidue": "assidu",
    "convaincue": "convaincu", "sereine": "serein", "inquiete": "inquiet", "prete": "prêt",
    "sure": "sûr", "seule": "seul", "toute": "tout", "ouverte": "ouvert", "complete": "complet",
    "nee": "né",
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
    r"[^.;:!?\n]{0,200}|\bforte(?=\s+(?:de\b|d['’]))|(?<!['’])\bissue(?=\s+(?:d[eu]\b|d['’]))|(?:\btoute\s+)?\bseule(?=\s*(?:[.,;:!?]|$))",
    re.IGNORECASE,
)
_BEFORE: Final = re.compile(
    r"\b(une|la|cette|quelle|toute)(\s+(?:(?:plus|moins|toute|vraie|bonne|grande|seule|jeune|nouvelle|ancienne|excellente"
    r"|véritable|fidèle|précieuse|simple|future)\s+){0,2})([^\W\d_]+)",
    re.IGNORECASE,
)
_ARTICLES: Final = {"une": "un", "la": "le", "cette": "ce", "quelle": "quel", "toute": "tout"}
# Trades of one form: only the article tells. "La secrétaire" is as often somebody else.
_EPICENE: Final = frozenset(
    "comptable secretaire juriste polyglotte freelance graphiste specialiste interprete partenaire"
    " generaliste telesecretaire webmaster autodidacte bilingue trilingue perfectionniste"
    " collegue pedagogue gestionnaire responsable standardiste documentaliste biographe".split()
)


# Adjectives and participles; nouns of people are never said of a thing.
_OF_THINGS: Final = re.compile(rf"(?:ee|elle|ive|ale|[ae]nte|quotidienne|{'|'.join(_EUX)})s?$")
_PEOPLE: Final = frozenset(
    "chargee salariee employee associee deleguee attachee diplomee retraitee assistante consultante"
    " gerante representante intervenante debutante soignante aidante independante".split()
)
_FEMININE_THING: Final = re.compile(
    r".+(?:[stx]ion|[ae]nce|ture|[^e]tte|tude|erie|ade|aison|ite|ete|ogie|phie|omie|ergie)s?"
    r"|(?:piece|facture|banque|tva|page|commande|tache|fiche|base|boite|note|relance|caisse|feuille"
    r"|video|photo|image|newsletter|campagne|equipe|langue|clientele|offre|annonce|methode|reponse"
    r"|adresse|ligne|vente|demande|liste|boutique|marque|plateforme|heure|semaine|journee|annee|paie"
    r"|paye|charge|carte|route|lettre|copie|saisie|serie|ecriture|personne|donnee|entreprise|societe"
    r"|agence|presse|recherche|prise|mise|veille|garantie|partie|suite|table|forme|file|chaine|piste"
    r"|vie|voix|main|date|duree|entree|sortie|idee|reunion|cle|audience|depense|recette|dette|taxe"
    r"|echeance|maison|archive|compta|affaire|approche|rubrique|enveloppe|gamme|somme|norme|loi|zone|region|ville"
    r"|ecoute|etape|ecole|rigueur|humeur|valeur|couleur|envie|force|oreille|orthographe|plume|memoire"
    r"|souplesse|part|fois|chose|facon|maniere|pratique|periode|phase|clarte|volonte|qualite|idee|culture"
    r"|aventure|envergure|attente|startup|pme|maitrise|expertise|remise|franchise|crise|devise|experience|categorie|majorite|source|mesure|hausse|politesse)s?"
)
_FIRST: Final = frozenset(
    "nouvelle bonne grande petite ancienne premiere seconde derniere prochaine meilleure excellente"
    " certaine differente future reelle parfaite vieille vraie seule toute forte fine pleine"
    " diverse importante solide haute".split()
)
"""Adjectives that stand before what they are said of."""
_AND: Final = frozenset("et ou tres plus".split())
_NEXT: Final = re.compile(r"\s+([^\W\d_]+)")
_MANY: Final = re.compile(r"(?:personne|equipe|societe|agence|entreprise|structure)s?")
"""What does as people do."""
_MASCULINE: Final = frozenset("ete cote traite comite site squelette stade grade".split())
_MAY_STAND: Final = re.compile(
    r"et|ou|tres|bien|plus|moins|toujours|deja|non|pas|est|sont|sera|seront|etait|etaient|soit|chaque"
    r"|etre|ete|.+(?:ble|ique|ment)s?"
)
"""Between a thing and what is said of it."""
_OF: Final = frozenset("de d du des a au aux en l la le les".split())
_HANGS_BY: Final = frozenset("de d du des en a au aux pour".split())
_ARTICLE: Final = frozenset("l la le les un une vos votre mes ma sa ses leur leurs".split())
_TOKEN: Final = re.compile(r"[^\W\d_]+|[^\w\s'’-]")
_LOOK_BACK: Final = 80
"""So many letters before a word are searched for the thing that it is said of."""


def agreed(text: str) -> str:
    """A French text in which what is said of oneself, and articles before trades, have one form."""
    shown = _BEFORE.sub(_article, text)
    return _SELF.sub(lambda clause: _WORD.sub(_of_people, clause[0]), shown)


def _of_people(match: re.Match[str]) -> str:
    if before_thing(match.string, match.end(), match[0]):
        return match[0]
    return cased(match[0], _OF_PEOPLE.get(fold(match[0]), match[0]))


def _article(match: re.Match[str]) -> str:
    article, between, word = match.groups()
    plain = fold(word)
    if before_thing(match.string, match.end(), word) or is_thing(plain):
        return match[0]
    person = plain in _EPICENE if fold(article) != "la" else False
    if not person and neutral(word) == word:
        return match[0]
    turned = _ARTICLES[fold(article)]
    if turned == "ce" and (between.strip() or word)[0].lower() in "aeéiouh":
        turned = "cet"
    return cased(article, turned) + _WORD.sub(_of_people, between) + word


def cased(model: str, word: str) -> str:
    """A word in capitals where its model is, or with its first letter as there."""
    if model.isupper() and len(model) > 1:
        return word.upper()
    return word[0].upper() + word[1:] if model[0].isupper() else word


def neutral(word: str) -> str:
    """A French word in the form that stands for everybody: "rédactrice" reads "rédacteur"."""
    plain = fold(word)
    if plain in _ANYWHERE:
        return cased(word, _OF_PEOPLE[plain])
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
    plural = "" if not many or turned.endswith(("s", "x")) else "s"
    plural = "x" if plural and turned.endswith("eau") else plural  # nouveaux
    kept = next(
        (n for n, pair in enumerate(zip(single, turned, strict=False)) if pair[0] != pair[1]),
        min(len(single), len(turned)),
    )
    tail = turned[kept:] + plural
    made = word[:kept] + (tail.upper() if word.isupper() and len(word) > 1 else tail)
    return re.sub(r"èr(s?)$", r"er\1", made)  # conseillère, conseiller


def of_thing(text: str, start: int, word: str) -> bool:
    """Whether a word at a place of a text agrees with a thing that stands around it there."""
    plain = fold(word)
    if before_thing(text, start + len(word), word):
        return True
    if not _OF_THINGS.search(plain):
        return False
    before = _TOKEN.findall(text[max(0, start - _LOOK_BACK) : start])
    if not _ends_as_said(plain):  # "la personne chargée de", but "je suis chargée de"
        return bool(before) and bool(_MANY.fullmatch(fold(before[-1]))) and not _hangs(before[:-1])
    apart = False
    for number in range(len(before) - 1, -1, -1):
        one = fold(before[number])
        if one == ",":
            apart = True
        elif _ends_as_said(one) and neutral(before[number]) != before[number]:
            apart = False  # one more that is said of the same
        elif not one.isalpha() or apart:
            return False
        elif is_thing(one):
            return not _hangs(before[:number])  # "secrétaire de direction expérimentée"
        elif not (
            _MAY_STAND.fullmatch(one) or one in _OF or (number and fold(before[number - 1]) in _OF)
        ):
            return False
    return False


def before_thing(text: str, end: int, word: str) -> bool:
    """Whether a word that ends there agrees with a thing behind it: "une nouvelle organisation"."""
    if fold(word).removesuffix("s") not in _FIRST:
        return False
    while behind := _NEXT.match(text, end):
        plain = fold(behind[1])
        if plain.removesuffix("s") not in _FIRST and plain not in _AND:
            return is_thing(plain)
        end = behind.end()
    return False


def _hangs(before: list[str]) -> bool:
    """Whether what follows these words belongs to an earlier one, which may be a person."""
    kept = [one for each in before if (one := fold(each)) not in _ARTICLE]
    return bool(kept) and kept[-1] in _HANGS_BY


def _ends_as_said(plain: str) -> bool:
    return bool(_OF_THINGS.search(plain)) and plain.removesuffix("s") not in _PEOPLE


def is_thing(plain: str) -> bool:
    """Whether a folded word is a thing of feminine gender, such as one has to do with at work."""
    return bool(_FEMININE_THING.fullmatch(plain)) and plain.removesuffix("s") not in _MASCULINE


def _turned(single: str) -> str:
    if single.endswith("euse"):
        return single[:-2] + ("x" if single.endswith(_EUX) else "r")
    if single.endswith("ee") and len(single) >= _PARTICIPLE_LEAST:
        return single if single in _LOOK_PARTICIPLE else single[:-1]
    if not single.endswith("e"):
        return single
    return lemma(single)
