"""Owns what is said not to be wanted: "sans prospection", "no calls"; never a meaning."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from search.language import GENDER_WORDS, fold
from search.senses.lexicon import meaningful
from search.senses.reading import Piece, read
from search.senses.talk import ordinary

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXCEPT: Final = (
    r"sans(?: aucune?)?|sauf|hors|hormis|excepte|a part"
    r"|without|except(?: for)?|excluding|apart from|other than"
)
_NOT: Final = re.compile(
    r"(?:(?<!\w)(?:(?:pas|jamais|plus|ni|au lieu|plutot que) d'"
    rf"|(?P<except>{_EXCEPT}|pas de|pas besoin de|ne veux pas de|jamais de|aucune?|zero"
    r"|au lieu de|au lieu du|plutot que(?: de)?"
    r"|ni(?! (?:and|contrib\w*|numbers?|tax|stamps?|for|returns?|payroll)\b)"
    r"|no|nor|neither|not(?: an?(?: (?:full|real|proper|whole))?)?|instead of|rather than"
    r"|(?:don'?t|do not) (?:want|need)(?: an?)?)"
    r"(?: (?:les?|la|des?|du|the|any))?\s+)"
    r"|(?:^|(?<!\w)(?:qui|who|that) )(?:ne (?:fait|fasse|font|gere|gerent|touche) pas(?: de)?"
    r"|(?:don'?t|doesn'?t|do not|does not|won'?t) (?:do|handle|touch))"
    r"(?: (?:les?|la|des?|du|the|any))?\s+"
    rf"|(?:^(?:{'|'.join(GENDER_WORDS)})?|[,;:.]|(?<!\w)(?:mais|et|surtout))"
    r"\s*pas (?:(?:les?|la|une?|mes|nos) |l')"
    r"|(?<!\S)-(?=\w))"
    r"(?P<what>(?:(?!\b(?:ni|mais|but)\b|\s-\w"
    r"|\b(?:et|and|or|ou) (?:sans|sauf|hors|pas de|pas d'|aucune?|no|not|without|except)\b)"
    r"[^,;:.!?()])*)"
)
_OR: Final = re.compile(r"\s(?:or|ou|nor)\s(?:d'|(?:les?|la|des?|du|the|any|an?)\s)?")
_AND: Final = re.compile(r"\s(?:or|ou|nor|et|and|&)\s(?:d'|de\s)?")
_NEW_WISH: Final = re.compile(r"(?:avec|with|pour|for|une?|an?|les?|la|the|des|du)\s|l'")
_LACKS: Final = re.compile(
    r"(?<!\w)(?:ai|as|a|avons|avez|ont|avais|avait|avions"
    r"|have|has|had|got|i've|we've|there is|y a)\s*$"
)
"""Whoever has none looks for one: "je n'ai pas de secretaire", "we have no bookkeeper"."""
_SINCE: Final = re.compile(r"\b(?:depuis|since|for (?:an?|the|two|three|months|weeks))\b")
_SAYING: Final = re.compile(r"(?:engagements?|fautes?|papiers?|rendez.?vous|rdv)(?!\w)")
"""What "sans" makes a saying of: nobody refuses work by it, nor is it searched for."""
_SHARED: Final = frozenset({("ads",), ("ad",), ("pub",)})
"""Words of several skills' names, which mean none of them by themselves."""
_DASH: Final = re.compile(r"(?<!\S)-(?=\w)")
_SHORT: Final = 3
"""So few words before a minus are a wish: "comptable -paie"; more are a sentence with a list."""
_KIND: Final = re.compile(
    r"(?P<noun>[^\W\d]{4,})\s*[,(]?\s*(?P<not>(?:pas|non|not)\s+(?P<kind>[^\W\d]{4,}))\)?"
)


def heard(text: str) -> str:
    """A text without ordinary names of products and without what is said not to be wanted.

    Empty when nothing else was said.
    """
    return _wanted(ordinary(text))


def refused_work(folded: str) -> Iterator[tuple[int, int]]:
    """From where to where a folded text names work that is not wanted, and nothing besides."""
    folded = _listed(folded)
    for match in _KIND.finditer(folded):
        if _of_another_kind(match) != match[0]:
            yield match.span("not")
    for match in _NOT.finditer(folded):
        parts = _refused(match)
        surely = parts and all(len(part) == 1 and _surely(part[0]) for part in parts)
        if surely and not _SAYING.match(match["what"]):
            said = match[0]
            yield match.end() - len(said.lstrip(" ,;:.")), match.start() + len(said.rstrip())


def _surely(piece: Piece) -> bool:
    """Whether words are surely work: "sans engagement" is no refusal of social media."""
    return piece.words in _SHARED or bool(piece.sense and (piece.sense.sure or piece.words[1:]))


def _wanted(text: str) -> str:
    """A text without what is said not to be wanted: "no phone", "sans prospection", "-medical"."""
    folded = _KIND.sub(_of_another_kind, _listed(fold(text)))
    wanted, times = _NOT.subn(_kept, folded)
    if not times and folded == fold(text):
        return text
    if meaningful(wanted):
        return wanted
    return "" if _all_refused(folded) else text


def _kept(match: re.Match[str]) -> str:
    """What is left of a refusal: the words behind what it names."""
    parts = _refused(match)
    if parts is None:
        return match[0]  # "not sure if a bookkeeper or an accountant" refuses neither
    left = (" ".join(one.words) for part in parts for one in part[1:])
    return " , ".join(["", *left, ""])


def _refused(match: re.Match[str]) -> list[list[Piece]] | None:
    """The readings of what a refusal names; None where it names no work."""
    if _LACKS.search(match.string, 0, match.start()) or _SINCE.search(match["what"]):
        return None
    between = _OR
    if match["except"] and re.fullmatch(_EXCEPT, match["except"]):
        further = _AND.split(match["what"])[1:]
        between = _OR if any(map(_NEW_WISH.match, further)) else _AND
    parts = [read(part) or [Piece(())] for part in between.split(match["what"])]
    return parts if all(map(_names, parts)) else None


def _names(part: list[Piece]) -> bool:
    """Whether a part begins with some work, or is one word that several kinds of work share."""
    return bool(part[0].sense) or (len(part) == 1 and part[0].words[:1] in _SHARED)


def _all_refused(folded: str) -> bool:
    """Whether a text says nothing but what is not wanted."""
    said = [match for match in _NOT.finditer(folded) if _refused(match)]
    return bool(said) and not meaningful(_NOT.sub(" ", folded))


def _of_another_kind(match: re.Match[str]) -> str:
    """A trade without the kind of it that is refused: "secretaire, pas medicale"."""
    pieces = read(f"{match['noun']} {match['kind']}")
    alone = read(match["kind"])
    whole = len(pieces) == 1 and pieces[0].sense and len(pieces[0].words) > 1
    by_itself = alone and alone[0].sense and alone[0].sense.sure
    return match["noun"] if whole and not by_itself else match[0]


def _listed(folded: str) -> str:
    """A text whose dashes begin the lines of a list, with commas for them."""
    first = _DASH.search(folded)
    if first is None:
        return folded
    before = folded[: first.start()].strip()
    wish = 0 < len(before.split()) <= _SHORT and any(piece.sense for piece in read(before))
    return folded if wish and not before.endswith(":") else _DASH.sub(",", folded)
