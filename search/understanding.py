"""Owns what a sentence says as filters; never guesses, never asks anyone, changes no search."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from typing import Final

from babel import Locale

from search import phrases, senses, taxonomy
from search.language import fold
from search.notes import Why
from search.passing import narrows_nothing
from search.phrases import REFUSED, Found, Vocabulary
from search.senses.lexicon import group_of, meaningful, named
from search.sentence import HEDGES, USED, Sentence

_BLANK: Final = str.maketrans({USED: " ", REFUSED: " "})
WHERE: Final = frozenset({"near", "country", "region"})
_WORD_WORK: Final = frozenset({"translation", "content", "documents"})
"""Groups of work of which a language may be the matter."""
_VERBS: Final = frozenset({"polish"})
_LA: Final = re.compile(r"La [A-ZÀ-Þ]")
"""Of a land, whatever else its name means: "La Réunion"."""
_ARTICLE: Final = re.compile(r"(?:l[ae]s?|the)\s+|l['’]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A filter and the words it came from."""

    parameter: str
    value: str
    words: str


@dataclass(frozen=True, slots=True)
class Understood:
    """What a sentence says: the text left to search for, and its filters.

    `unsaid` are words of the text that no filter can say ("pas à Paris"): never their opposite,
    each with why.
    """

    text: str
    pieces: tuple[Piece, ...]
    unsaid: tuple[tuple[Why, str], ...] = ()


def understand(
    text: str, known: Vocabulary, zone: str, as_text: frozenset[str] = frozenset()
) -> Understood:
    """The filters a sentence says; `zone` is the visitor's, `as_text` (folded) words to leave."""
    sentence = Sentence(text)
    pieces: list[Piece] = []
    for recognise in (
        lambda folded: phrases.prices(folded, zone),
        phrases.budgets,
        phrases.weekly_hours,
        lambda folded: phrases.windows(folded, zone),
        phrases.unspoken,
        phrases.pairs,
        phrases.spoken,
        phrases.fixed,
        phrases.forms,
        lambda folded: phrases.contracts(folded, known),
        phrases.dates,
        phrases.kinds,
        lambda folded: phrases.places(folded, sentence.words, known),
        lambda folded: phrases.peoples(folded, sentence.words, known),
    ):
        for found in _apart(recognise(sentence.folded), sentence):
            words = sentence.words(found.start, found.end)
            if _stays(words, as_text) or _is_work(words, found) or _unsaid(found, sentence):
                continue
            pieces += [Piece(name, value, words) for name, value in found.said]
            (sentence.leave if found.matter else sentence.use)(found.start, found.end)
    pieces += _bare_place(sentence, known, as_text, pieces)
    for found in _apart(phrases.unknown(sentence.folded, sentence.words, known), sentence):
        if not _stays(sentence.words(found.start, found.end), as_text):
            _unsaid(found, sentence)
    pieces += _bare_language(sentence, as_text, pieces)
    pieces += _practised(sentence, as_text)
    for start, end in senses.refused_work(sentence.folded.translate(_BLANK)):
        if not _stays(words := sentence.words(start, end), as_text):
            sentence.unsaid.append((Why.WORK, words))
            sentence.leave(start, end)
    rest = sentence.rest() if pieces else text
    return Understood(rest, tuple(pieces), tuple(sentence.unsaid))


def _stays(words: str, as_text: frozenset[str]) -> bool:
    """Whether words are to stay text: part of such words, or these with a small word before.

    Given back behind "receptionist near", "London" would be read once more, as "near London".
    """
    said = fold(words)
    return any(_within(said, one) or _within(one, said) for one in as_text if one)


def _within(some: str, words: str) -> bool:
    return bool(some in words and re.search(rf"(?<!\w){re.escape(some)}(?!\w)", words))


def _unsaid(found: Found, sentence: Sentence) -> bool:
    """Whether what was found is no filter: refused, said of others, or more than one can say."""
    place = found.said and found.said[0][0] in WHERE
    if place and phrases.theirs(sentence.folded, found.start, found.end):
        sentence.leave(found.start, found.end)
        return True
    stretch = phrases.refused(sentence.folded, found.start, found.end)
    if stretch or not found.said:
        start, end = stretch or (found.start, found.end)
        why = Why.REFUSED if stretch else found.why
        sentence.unsaid.append((why, sentence.words(start, end)))
        sentence.leave(start, end)
        return True
    return False


def _bare_place(
    sentence: Sentence, known: Vocabulary, as_text: frozenset[str], pieces: list[Piece]
) -> list[Piece]:
    """A large town or a land without "in" beside some work: "standardiste Paris"; a land alone."""
    placed = any(piece.parameter in WHERE for piece in pieces)
    towns = phrases.towns(sentence.folded, sentence.words, known)
    lands = phrases.lands(sentence.folded, sentence.words, known)
    for found in _apart(chain(towns, lands), sentence):
        words = sentence.words(found.start, found.end)
        work = named(meaningful(words)) and not _LA.match(words)
        if _stays(words, as_text) or work or _unsaid(found, sentence) or placed:
            continue
        rest = _plain(sentence.folded[: found.start] + " " + sentence.folded[found.end :])
        others = " ".join(one for one in rest.split() if not known.certain(one))
        alone = HEDGES.issuperset(others.split()) or narrows_nothing(others)
        if not (alone or senses.asked(rest).codes):
            continue
        sentence.use(found.start, found.end)
        return [Piece(name, value, words) for name, value in found.said]
    return []


def _bare_language(sentence: Sentence, as_text: frozenset[str], pieces: list[Piece]) -> list[Piece]:
    """Languages beside some work that is not on words: "german bookkeeper"."""
    left = sentence.folded.translate(_BLANK)
    found = phrases.bare_language(left)
    if found is None or any(piece.parameter == "speaks" for piece in pieces):
        return []
    if named(meaningful(left)):
        return []  # "correspondance anglaise" is a work of its own
    words = sentence.words(found.start, found.end)
    rest = sentence.folded[: found.start] + sentence.folded[found.end :]
    codes = senses.asked(_plain(rest)).codes
    of_words = all(group_of(code) in _WORD_WORK for code in codes)
    if not codes or of_words or _stays(words, as_text):
        return []
    if not _of_work(words, sentence.folded[: found.start], sentence.folded[found.end :]):
        return []
    if _unsaid(found, sentence):
        return []
    sentence.use(found.start, found.end)
    return [Piece(name, value, words) for name, value in found.said]


def _practised(sentence: Sentence, as_text: frozenset[str]) -> list[Piece]:
    """Years of practice, of the one skill that the sentence names: that of "in", else before."""
    for found in _apart(phrases.years(sentence.folded), sentence):
        words = sentence.words(found.start, found.end)
        if _stays(words, as_text):
            continue
        before, after = sentence.folded[: found.start], sentence.folded[found.end :]
        nearest = after if phrases.years_in(found, sentence.folded) else before
        skill = _one_skill(nearest) or _one_skill(f"{before} {after}")
        if _unsaid(found if skill else replace(found, said=()), sentence):
            continue
        sentence.use(found.start, found.end)
        return [Piece(name, value, words) for name, value in (("skill", skill), *found.said)]
    return []


def _one_skill(folded: str) -> str:
    """The one skill a text names; empty where it names none or several."""
    skills = [code for code in senses.asked(_plain(folded)).codes if taxonomy.is_skill(code)]
    return skills[0] if len(skills) == 1 else ""


def _plain(folded: str) -> str:
    return folded.translate(_BLANK).strip()


def _of_work(language: str, before: str, after: str) -> bool:
    """Whether a language stands right beside the work: "german bookkeeper", no "german cars"."""
    if language in _VERBS:
        return False
    said = before.translate(_BLANK).split()
    follows = after.translate(_BLANK).split() if fold(language) in _english() else []
    beside = (said[-1:], said[-2:], follows[:1], follows[:2])
    return any(named(meaningful(" ".join(some))) for some in beside if some)


@cache
def _english() -> frozenset[str]:
    """English names of languages, which stand before what they tell of."""
    return frozenset(fold(name) for name in Locale("en").languages.values())


def _apart(found: Iterator[Found], sentence: Sentence) -> Iterator[Found]:
    for one in found:
        there = sentence.folded[one.start : one.end]
        if USED not in there and REFUSED not in there:
            yield one


def _is_work(words: str, found: Found) -> bool:
    """Whether the words name a skill or tool ("in Notion"): then they are no place.

    With a capital only a tool is meant: "à Mâcon" is a town, whatever a "maçon" does.
    """
    if not found.said or found.said[0][0] not in WHERE:
        return False
    name = _ARTICLE.sub("", words.split(None, 1)[-1])
    sense = named(meaningful(name))
    if sense is None:
        return False
    return not name[:1].isupper() or any(taxonomy.is_tool(code) for code in sense.codes)
