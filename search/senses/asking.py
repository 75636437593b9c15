"""Owns what the index is asked for a text: senses first, then the words left over."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Final

from babel import Locale

from search.language import fold, normalise
from search.senses.lexicon import group_mark, hints, key_of, known, lexicon, meaningful
from search.senses.reading import Piece, read
from search.senses.spelling import near_word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.senses.lexicon import Sense

HINT: Final = 0.5
"""What a hint weighs beside a phrase."""
NAME_MAX: Final = 2
"""A name has about so many words."""
LEFT_MAX: Final = 2
"""So many words beside what was recognised are still searched for; more of them are talk."""

_TALK: Final = frozenset(
    normalise(
        "faire aide aider gérer gestion occuper confiance personne sérieux expérience mois semaine"
        " chaque régulier urgent rapide petit petite entreprise boîte société équipe travail"
        " service mission tâche professionnel freelance indépendant distance télétravail virtuel"
        " assistant assistance virtual remote help manage management work reliable experienced"
        " small business company every month week regular good great best people person"
        " mettre remettre ordre propre vérifier place trop plus jamais toujours beaucoup nouveau"
        " keep put run look out after get give let make take up under over back new always never"
        " lot much more late own what about through go one two three times without"
    ).split()
)
_TRADE: Final = ("assistant virtuel", "virtual assistant", "assistance virtuelle", "VA")
"""What everyone here is: it says something only when nothing else is said."""
_NOT: Final = re.compile(
    r"(?:(?<!\w)(?:pas d'|(?:pas de|sans|sauf|hors|no|not|without|except)\s+)|(?<!\S)-(?=\w))"
    r"(?P<what>[^,;.!?]*)"
)
_BY_NAME: Final = re.compile(r"(?<!with )(?<!avec )(?<!sur )(?<!on )(?<!in )(?<!via )\bmake\b")
"""A verb far more often than the tool of this name, unless it has a capital or is used "with"."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the index is asked for a text: `words` best first; `codes` of what was recognised."""

    words: str
    codes: frozenset[str]


@lru_cache(maxsize=4096)
def asked(text: str, *, guess: bool = False) -> Asked:
    """What to ask the index for what someone typed: senses first, then the words left over.

    What most words speak for stands first: words are left out from the end. A word or two without
    a phrase may be a name or a town; `guess`, for when nobody has those words, reads on.
    """
    typed = _BY_NAME.sub(" ", text) if len(text.split()) > 1 else text
    pieces = read(_wanted(typed))
    if guess or len(pieces) > NAME_MAX or any(piece.sense for piece in pieces):
        pieces = _guessed(pieces)
    said = _said(pieces)
    if not said:
        return Asked(normalise(text), frozenset())
    left = [one.words[0] for one in pieces if not one.sense and _may_name(one.words[0])]
    kept = left if len(left) <= LEFT_MAX else []
    codes = frozenset().union(*(one.codes for one in said.values()))
    return Asked(" ".join([*said, *dict.fromkeys(kept)]), codes)


def _guessed(pieces: list[Piece]) -> list[Piece]:
    """The reading with what its other words hint at; for all odd ones, with longer slips."""
    if not any(piece.sense for piece in pieces):
        words = [piece.words[0] for piece in pieces]
        near = [word if word in known() else near_word(word) or word for word in words]
        pieces = read(" ".join(near)) if near != words else pieces
    return [
        piece
        if piece.sense or piece.words[0] in _languages()
        else Piece(piece.words, hints().get(piece.words[0]), HINT)
        for piece in pieces
    ]


def _may_name(word: str) -> bool:
    """Whether a word beside what was recognised may be a name, a place or a language."""
    return word in _languages() or (word not in _TALK and word not in known())


@lru_cache(maxsize=1)
def _languages() -> frozenset[str]:
    names = (Locale(one).languages.values() for one in ("fr", "en"))
    several = ("bilingue bilingual trilingue trilingual multilingue multilingual",)
    return frozenset(word for name in (*chain(*names), *several) for word in meaningful(name))


def _said(pieces: Sequence[Piece]) -> dict[str, Sense]:
    """Token -> sense, those that most words speak for first."""
    weight: dict[str, float] = defaultdict(float)
    for one in pieces:
        for code in one.sense.codes if one.sense else ():
            weight[code] += one.weight
    senses = [one.sense for one in pieces if one.sense]
    surest = sorted(senses, key=lambda one: -max(weight[code] for code in one.codes))
    said = {one.token: one for one in surest}
    groups = {
        one.token for one in surest if all(code.startswith(group_mark("")) for code in one.codes)
    }
    for unwanted in (groups, _trade()):
        if len(said) > 1:
            said = {token: one for token, one in said.items() if token not in unwanted} or said
    return said


def _wanted(text: str) -> str:
    """A text without what is said not to be wanted: "no phone", "sans prospection", "-medical"."""

    def kept(match: re.Match[str]) -> str:
        first, *others = read(match["what"]) or [Piece(())]
        return " , ".join(" ".join(one.words) for one in ([] if first.sense else [first]) + others)

    wanted = _NOT.sub(kept, fold(text))
    return wanted if meaningful(wanted) else text


@lru_cache(maxsize=1)
def _trade() -> frozenset[str]:
    return frozenset(sense.token for text in _TRADE if (sense := lexicon().get(key_of(text))))
