"""Owns places named without a word that says "in": "devis Lyon BTP"; never looks them up itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from search.language import STOP_WORDS
from search.phrases.base import Found, Vocabulary
from search.phrases.places import COMPASS, NAME_WORDS, UNCERTAIN, WORD, WORDS_TOO
from search.phrases.refused import REFUSED
from search.senses.lexicon import known as words_of_work
from search.senses.lexicon import meaningful, named

_LANDS: Final = frozenset("qc uk usa fr be ch ca on gb ma tn sn lux".split())
"""Written after a town's name."""
_GOING: Final = re.compile(
    r"(?<!\w)(?:(?:moving|relocating|travel\w*|fly\w*|trips?|flights?) to|vers)\s+$"
)
_ORDINARY: Final = UNCERTAIN | WORDS_TOO
_NEAR: Final = frozenset("FR BE CH LU CA MA TN SN GB IE".split())
"""Countries whose regions are known by their name alone."""
_NO_LAND: Final = frozenset(
    "chad chili china cuba georgia guinea israel jersey jordan jordanie mali niger oriental panama"
    " parisienne togo turkey".split()
).union(COMPASS)
"""Names of lands that are words or people's names first: lands after "in" alone."""
_MATTER: Final = frozenset(
    "de d du des la le les l the to of for pour chez vers avec with entre between across et and"
    " air made"
    " tva vat droit law fiscalite impots tax"
    " taxes clients clientele clientes customers marche market exports export import pays".split()
)
"""Before a land's name: then the work is about it, not done there."""
_RATHER_LANDS: Final = frozenset({"quebec"})
"""Names of towns that mean the land around them where no word says "in"."""
_INSIDE_MAX: Final = 12
"""In so few words a place's name may stand anywhere without a word that says so."""
_BETWEEN: Final = re.compile(rf"[^\w'-]*[,;.(){REFUSED}\x00|/–][^\w'-]*")
_OF_A_PLACE: Final = frozenset(
    "time hours shift zone timezone accent voice office market tax court travail num connect inter"
    " televisions relance".split()
)
"""After a place's name: then it is theirs, and nobody is looked for there: "UK hours"."""
_PEOPLES: Final = frozenset({"suisse"})
"""Names of lands that tell of anything from there in lower case: "version suisse du site"."""


def towns(text: str, typed: Callable[[int, int], str], known: Vocabulary) -> Iterator[Found]:
    """Large towns with no word that says "in": at the beginning or end, in a short text anywhere.

    All of a text may be somebody's name: then only the largest towns near are meant. Inside, a name
    that may be an ordinary word is a town with a capital alone.
    """
    words = list(WORD.finditer(text))
    # "Montréal Canada": the town stands before the last word.
    behind = len(words) > 2 and _is_land(words[-1][0], known)
    whole = words and known.certain(text[words[0].start() : words[-1].end()])
    most = len(words) if whole else len(words) - 1
    for start, end, inside in _stretches(text, words, most, known, behind=behind):
        name = text[start:end]
        town = known.town(name)
        if name in _RATHER_LANDS or not (town and town[1]) or _GOING.search(text, 0, start):
            continue
        if known.unlikely(name) or _of_a_body(text, start, name):
            continue
        capital = typed(start, end)[:1].isupper()
        # A capital says nothing where a sentence begins.
        meant = name not in _ORDINARY or (capital and not _opens(text, start))
        if inside and not capital:
            meant = meant and known.certain(name) and name not in words_of_work()
        if meant:
            yield Found(start, end, (("near", town[0]),))


def _of_a_body(text: str, start: int, name: str) -> bool:
    """Whether it is the name of who the work is for: "chez Orange", "pour Orange"."""
    before = text[:start].split()[-1:]
    return before == ["chez"] or (before in (["pour"], ["for"]) and name in UNCERTAIN)


def lands(text: str, typed: Callable[[int, int], str], known: Vocabulary) -> Iterator[Found]:
    """A country, or a region of one near, with no word that says "in", or all of a text."""
    words = list(WORD.finditer(text))
    for start, end, inside in _stretches(text, words, len(words), known):
        name = text[start:end]
        country = known.country(name)
        region = "" if country else known.region(name) or ""
        if not (country or region) or name in _NO_LAND or name.isdecimal():
            continue
        before = next((one[0] for one in reversed(words) if one.end() <= start), "")
        if before in _MATTER or (inside and name in _PEOPLES and typed(start, end).islower()):
            continue
        if country:
            yield Found(start, end, (("country", country),))
        elif region[:2] in _NEAR and (name in _RATHER_LANDS or not known.town(name)):
            yield Found(start, end, (("region", region),))


def _is_land(name: str, known: Vocabulary) -> bool:
    named = known.country(name) or known.region(name)
    return name in _LANDS or bool(named and not known.town(name))


def _opens(text: str, start: int) -> bool:
    """Whether a sentence begins there."""
    return text[:start].rstrip()[-1:] in {"", ".", "!", "?", ":"}


def _stretches(
    text: str, words: list[re.Match[str]], most: int, known: Vocabulary, *, behind: bool = False
) -> Iterator[tuple[int, int, bool]]:
    """Where the name of a place may stand, the longest first, and whether that is inside.

    `behind`: it may be followed by its land.
    Inside only in a short text, and there between commas or right after the work: "devis Lyon BTP".
    """
    total = len(words)
    for count in range(min(NAME_WORDS, most), 0, -1):
        yield words[-count].start(), words[-1].end(), False
        if behind and count < total:
            yield words[-count - 1].start(), words[-2].end(), False
        yield words[0].start(), words[count - 1].end(), False
    inside = [
        at for at in range(1, total - 1) if total <= _INSIDE_MAX and known.begins(words[at][0])
    ]
    for count in range(min(NAME_WORDS, most), 0, -1):
        for at in inside:
            if at + count < total and _apart(text, words, at, at + count):
                yield words[at].start(), words[at + count - 1].end(), True


def _apart(text: str, words: list[re.Match[str]], first: int, after: int) -> bool:
    """Whether words inside a text stand for themselves, as a place beside the work does."""
    before = words[first - 1][0]
    if words[after][0] in _OF_A_PLACE or before in _MATTER or before in STOP_WORDS:
        return False
    if _BETWEEN.fullmatch(text, words[first - 1].end(), words[first].start()):
        if words[first][0] in UNCERTAIN:
            return False
        return bool(_BETWEEN.fullmatch(text, words[after - 1].end(), words[after].start()))
    said = [word[0] for word in words[max(0, first - 2) : first]]
    return any(named(meaningful(" ".join(some))) for some in (said[-1:], said))
