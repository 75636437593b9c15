"""Owns what the index is asked for a text: senses first, then the words left over."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from search.language import normalise
from search.senses.guessing import guessed, languages, slipped
from search.senses.lexicon import (
    group_of,
    is_group,
    key_of,
    known,
    lexicon,
    sense_of,
)
from search.senses.meaning import meant, model
from search.senses.reading import Piece, read
from search.senses.refusing import heard
from search.senses.talk import BESIDE
from search.senses.twins import with_twins
from search.taxonomy import is_skill, is_tool

if TYPE_CHECKING:
    from collections.abc import Sequence

    from search.senses.lexicon import Sense
    from search.senses.meaning import Evidence

LEARNT: Final = 8.0
"""What it weighs that a whole text certainly means a skill (meaning), or names a product."""
FOR_WHOM: Final = 0.7
"""What that weighs for a customer's trade, beside what is to be done."""
SURE: Final = 1.5
"""What a phrase weighs more that says by itself what is meant, and less that tells for whom."""
UNSURE: Final = 0.4
"""What a meaning weighs that a phrase has only in the light of others."""
TOOL: Final = 1.5
"""What the name of a product weighs: nobody says it in passing."""
FAINT: Final = 0.25
"""Evidence that is enough where no phrase was recognised."""
CERTAIN: Final = 0.75
"""Evidence that is enough although the one word or two may be a name."""
WITH_IT: Final = 4.0
"""What speaks for a skill when it is asked for beside a product that is named first."""
TOPIC: Final = 0.25
"""What a phrase weighs for all others of its group."""
TAIL: Final = 0.5
"""What speaks less for a sense than this share of the first one's weight was said in passing."""
NAME_MAX: Final = 2
"""A name has about so many words."""
AS_MUCH: Final = 0.8
"""What so large a share of the first one's weight speaks for is meant as much as that."""
AS_WELL: Final = 0.1
"""Who is told to do as well in so many sentences is as welcome."""
SENSES_MAX: Final = 5
"""So many senses are asked at most: what is said beside them would only be left out first."""
LEFT_MAX: Final = 2
"""So many words beside what was recognised are still searched for; more of them are talk."""

_TRADE: Final = ("assistant virtuel", "virtual assistant", "assistance virtuelle", "VA")
"""What everyone here is: it says something only when nothing else is said."""
_TRADES: Final = "trades"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the index is asked for a text: `words` best first; `codes` of what was recognised.

    Of the words, `senses` are what everyone found must have, `left` those that stand beside them;
    the others only tell who comes first.
    """

    words: str
    codes: frozenset[str]
    senses: str = ""
    left: str = ""

    @property
    def needed(self) -> str:
        """What all must have where all words count."""
        return " ".join(filter(None, (self.senses, self.left))) or self.words


@lru_cache(maxsize=4096)
def asked(text: str, *, guess: bool = False) -> Asked:
    """What to ask the index for what someone typed: senses first, then the words left over.

    What most words speak for stands first: words are left out from the end. A word or two without
    a phrase may be a name or a town; `guess`, for when nobody has those words, reads on.
    """
    wish = heard(text)
    if not wish.strip():
        return Asked("", frozenset())
    pieces = slipped(read(wish))
    if guess or len(pieces) > NAME_MAX or any(piece.sense for piece in pieces):
        pieces = guessed(pieces)
    if guess and not any(piece.sense for piece in pieces):
        pieces = guessed(pieces, weakly=True)
    spoken = _spoken(wish)
    said = _said(pieces, spoken)
    if not said:
        short = not guess and len(pieces) <= NAME_MAX
        said = (
            {}
            if short and len(wish.split()) <= NAME_MAX
            else _faintly(spoken, CERTAIN if short else FAINT)
        )
    if not said:
        return Asked(normalise(text), frozenset())
    left = [
        one.words[0]
        for one in pieces
        if not (one.sense and one.sense.token in said) and _stays(one)
    ]
    kept = dict.fromkeys(left if len(left) <= LEFT_MAX else [])
    codes = frozenset().union(*(one.codes for one in said.values()))
    # Who does surely what is meant stands before those who may: their numbers are left out first.
    surely = [one.surely for one in said.values() if one.surely]
    return Asked(" ".join([*said, *surely, *kept]), codes, " ".join(said), " ".join(kept))


def _stays(piece: Piece) -> bool:
    """Whether a word beside what was meant may be a name, a place or a language."""
    word = piece.words[0]
    if word in languages():
        return len(piece.words) == 1
    return not piece.sense and word not in BESIDE and word not in known()


def _said(pieces: Sequence[Piece], spoken: Evidence) -> dict[str, Sense]:
    """Token -> sense, those that most words speak for first; hints only where they agree."""
    senses = [(one, one.sense) for one in pieces if one.sense]
    weight, agreed = _weighed(senses, spoken)
    some = {sense.token: sense for _piece, sense in senses}.values()
    sure = {one for one in some if one.sure or one.codes & agreed}
    # Whom one works for says less than what is to be done, if only hinted.
    rest = {one for one in sure if _tells_for_whom(one)}
    sure -= rest
    ranked = sorted(
        some,
        key=lambda one: (
            -_heaviest(one, weight)[0]
            - (SURE if one in sure else -SURE if _tells_for_whom(one) else 0.0)
        ),
    )
    meant = agreed.union(*(one.sure for one in ranked if not _tells_for_whom(one)))
    said = {one.token: one for one in ranked if one.sure or not meant or one.codes & meant}
    groups = {one.token for one in ranked if all(map(is_group, one.codes))}
    for unwanted in (groups, _trade()):
        if len(said) > 1:
            said = {token: one for token, one in said.items() if token not in unwanted} or said
    said = _foremost(said, weight)
    said = _heard(said, weight)
    said = {one.token: one for one in map(with_twins, list(said.values())[:SENSES_MAX])}
    return {token: _first_of(one, weight) for token, one in said.items()}


def _first_of(sense: Sense, weight: dict[str, float]) -> Sense:
    """The sense with the number of who comes first of those it may mean.

    "Un vol et une chambre": who insures against theft follows who books flights. Nobody does
    before somebody whom the phrase means by itself as well, or who is as welcome.
    """
    codes = sorted(
        (code for code in sense.codes if not is_group(code)),
        key=lambda code: (weight.get(code, 0.0), code),
        reverse=True,
    )
    if len(codes) > 1 and not _as_good(codes, sense, weight):
        return replace(sense, surely=sense_of({codes[0]}).token)
    return sense if _heaviest(sense, weight)[1] in sense.sure else replace(sense, surely="")


def _as_good(codes: list[str], sense: Sense, weight: dict[str, float]) -> bool:
    """Whether another of the codes is meant as much as the first, the heaviest."""
    first, *others = codes
    would_do = model().as_well.get(first, {})
    return any(
        {first, other} <= sense.sure
        or weight.get(other, 0.0) >= AS_MUCH * weight.get(first, 0.0)
        or would_do.get(other, 0.0) >= AS_WELL
        for other in others
    )


def _spoken(wish: str) -> Evidence:
    """Skill -> what the whole wish speaks for it: the root keeps a second one in sight."""
    return {code: math.sqrt(share) for code, share in meant(normalise(wish)).items()}


def _faintly(spoken: Evidence, least: float) -> dict[str, Sense]:
    """What the words speak for most when no phrase was recognised, if they say enough."""
    best = max(spoken, key=lambda code: (spoken[code], code), default="")
    return _one(best) if best and spoken[best] >= least else {}


def _foremost(said: dict[str, Sense], weight: dict[str, float]) -> dict[str, Sense]:
    """What is said, after the skill most words speak for if no phrase names it first.

    Beside a product stands what is to be done with it: "hubspot clean up".
    """
    if not said:
        return said
    best = max(weight, key=lambda code: (weight[code], code))
    if best not in next(iter(said.values())).codes and not is_group(best):
        said = {**_one(best), **said}
    if is_tool(best):
        skills = {code: heavy for code, heavy in weight.items() if is_skill(code)}
        skill = max(skills, key=lambda code: (skills[code], code), default="")
        if skills.get(skill, 0.0) >= WITH_IT and all(
            skill not in one.codes for one in said.values()
        ):
            said |= _one(skill)
    return said


def _one(code: str) -> dict[str, Sense]:
    sense = sense_of({code}, {code})
    return {sense.token: sense}


def _heard(said: dict[str, Sense], weight: dict[str, float]) -> dict[str, Sense]:
    """What is said, without what far fewer words speak for than for the first: said in passing.

    Products aside, which are never said in passing.
    """
    heavy = {token: _heaviest(one, weight)[0] for token, one in said.items()}
    named = {token for token, one in said.items() if all(map(is_tool, one.codes))}
    least = TAIL * max((heavy[token] for token in said if token not in named), default=0.0)
    return {token: one for token, one in said.items() if token in named or heavy[token] >= least}


def _weighed(
    senses: Sequence[tuple[Piece, Sense]], spoken: Evidence
) -> tuple[dict[str, float], frozenset[str]]:
    """What speaks for each code, and the codes that hints agree on: as good as said."""
    hinted = Counter(code for _piece, one in senses for code in one.codes - one.sure)
    agreed = frozenset(code for code, times in hinted.items() if times > 1 and not is_group(code))
    weight: dict[str, float] = defaultdict(float)
    topics: dict[str, float] = defaultdict(float)
    for piece, one in senses:
        for topic in {group_of(code) for code in one.codes}:
            topics[topic] += piece.weight * TOPIC
        for code in one.codes:
            weight[code] += piece.weight * _force(code, one, agreed)
            if code in one.sure and is_tool(code):
                weight[code] += LEARNT
    for code, says in spoken.items():
        weight[code] += LEARNT * says * (FOR_WHOM if group_of(code) == _TRADES else 1.0)
    return {code: heavy + topics[group_of(code)] for code, heavy in weight.items()}, agreed


def _force(code: str, sense: Sense, agreed: frozenset[str]) -> float:
    if code not in sense.sure and code not in agreed:
        return UNSURE
    return TOOL if is_tool(code) else 1.0


def _tells_for_whom(sense: Sense) -> bool:
    """Whether a hint tells the customer's trade, which says less than what is to be done."""
    return all(group_of(code) == _TRADES for code in sense.codes)


def _heaviest(sense: Sense, weight: dict[str, float]) -> tuple[float, str]:
    return max((weight.get(code, 0.0), code) for code in sense.codes)


@lru_cache(maxsize=1)
def _trade() -> frozenset[str]:
    return frozenset(sense.token for text in _TRADE if (sense := lexicon().get(key_of(text))))
