"""Owns what a search becomes by the sentence in it, in sight and reversibly; reads no sentence.

Each piece that became a filter keeps the words it came from in the search itself (`said`), so the
address alone says what was understood. Taking such a filter away puts its words back as text,
unless they would ask for other work there, and marks them as text: they are not understood a
second time. A search field shows text and words as one sentence (`notes.sentence`): writing another
takes away what the one before said, and nothing that was chosen by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from search import notes
from search.language import fold
from search.notes import Why
from search.parameters import WITHIN_KM, Places
from search.phrases import Vocabulary
from search.query import WITH_PLACE, Problem, SearchQuery, canonical, parse
from search.understanding import WHERE, Piece, Understood, understand

_TIMES: Final = 4
_WHEN: Final = frozenset({"covers"})
_RATE: Final = frozenset({"rate_min", "rate_max"})
_MONEY: Final = frozenset({"currency"})
Pairs = list[tuple[str, str]]


def asked(
    pairs: Pairs, places: Places, known: Vocabulary, zone: str, *, anew: bool = False
) -> tuple[SearchQuery, list[Problem]]:
    """The search that was asked for with what its text says, and what was left out of it.

    The place that an order or a distance goes with may be in the text. `anew` as in `applied`.
    """
    query, problems = parse(pairs, places)
    query = applied(query, places, known, zone, anew=anew)
    said = dict(canonical(query))  # "à 30 km de Rennes" wins over what a form sends beside it
    alone = [(one.parameter, one.value) for one in problems if one.message == WITH_PLACE]
    waiting = [pair for pair in alone if pair[0] not in said]
    if query.near and alone:
        query, _none = parse([*canonical(query), *waiting], places)
        problems = [one for one in problems if one.message != WITH_PLACE]
    return query, problems


def applied(
    query: SearchQuery, places: Places, known: Vocabulary, zone: str, *, anew: bool = False
) -> SearchQuery:
    """The search with what its text says made into filters; the same again changes nothing.

    What is left may say more than it did beside what was taken out, so it is read again. `anew`:
    the text was written in the place of another sentence, and the filters of that one's words go.
    """
    if anew:
        query = _read(query, places, known, zone, anew=True)
    for _time in range(_TIMES):
        again = _read(query, places, known, zone)
        if again == query:
            break
        query = again
    return query


def _read(
    query: SearchQuery, places: Places, known: Vocabulary, zone: str, *, anew: bool = False
) -> SearchQuery:
    noted = [notes.parts(one) for one in query.said]
    as_text = frozenset(fold(words) for name, _value, words in noted if name == notes.AS_TEXT)
    understood = _near_one(query.q, known, zone, as_text)
    gone = _said_before(query) if anew else set()
    told = {(value, words) for name, value, words in noted if name == notes.UNSAID}
    unsaid = set(understood.unsaid) - told
    if not (understood.pieces or gone or unsaid):
        return query
    pairs = [pair for pair in canonical(query) if pair not in gone and pair[0] != "q"]
    held = [notes.parts(value) for name, value in pairs if name == "said"]
    kept = {fold(words) for name, _value, words in held if name not in notes.IN_TEXT}
    fresh = [one for one in understood.pieces if fold(one.words) not in kept]
    if ("near", query.near) in gone:
        words = notes.words_of(query, "near", query.near)
        if _said_so_far(query.within_km, understand(words, known, zone)):
            pairs = [pair for pair in pairs if pair[0] != "within_km"]
        else:
            fresh = [one for one in fresh if (one.parameter, one.words) != ("within_km", words)]
    pairs = list(_settled(pairs, fresh, anew=anew))
    # What the contract refuses (a rate out of range, too many values) leaves the whole sentence as
    # text: so do more notes than it takes, as a filter without its note is never written over.
    for text, some in ((understood.text, fresh), (query.q, [])):
        said = [(one.parameter, one.value) for one in some]
        # How far is said of a place and goes with it; changed by hand, it gives no words back.
        noted_now = [one for one in some if one.parameter != "within_km"]
        said += [("said", notes.note(one.parameter, one.value, one.words)) for one in noted_now]
        said += [("said", notes.note(notes.UNSAID, *one)) for one in sorted(unsaid)]
        changed, problems = parse([("q", text), *pairs, *said], places)
        refused = [one for one in problems if one.message != WITH_PLACE]
        if not refused:
            return changed
    return query


def _said_so_far(within_km: int, place: Understood) -> bool:
    """Whether a distance in kilometres is the one a place was said with, not chosen by hand."""
    said = [one.value for one in place.pieces if one.parameter == "within_km"]
    return str(within_km) == (said[0] if said else str(WITHIN_KM))


def _said_before(query: SearchQuery) -> set[tuple[str, str]]:
    """The filters that came from words, and their notes; those about text go with that text."""
    gone: set[tuple[str, str]] = set()
    for one in query.said:
        name, value, _words = notes.parts(one)
        if name not in notes.IN_TEXT:
            gone |= {(name, value), ("said", one)}
    return gone


def _near_one(text: str, known: Vocabulary, zone: str, as_text: frozenset[str]) -> Understood:
    """What a sentence says; of several towns none, as a search is near one.

    They stay text, and it is told.
    """
    found = understand(text, known, zone, as_text)
    towns = _towns(found)
    last = found
    for _time in range(_TIMES if towns else 0):
        last = understand(last.text, known, zone, as_text.union(towns))
        if not (others := _towns(last)).keys() - towns.keys():
            break
        towns |= others
    if len(towns) > 1:
        none = understand(text, known, zone, as_text.union(towns))
        told = tuple((Why.TOWNS, words) for words in sorted(towns.values()))
        return replace(none, unsaid=none.unsaid + told)
    return found


def _towns(found: Understood) -> dict[str, str]:
    """The words that say a town: folded -> as typed."""
    return {fold(one.words): one.words for one in found.pieces if one.parameter == "near"}


def _settled(pairs: Pairs, fresh: list[Piece], *, anew: bool) -> Iterator[tuple[str, str]]:
    """The search's own pairs without what the fresh pieces say anew.

    A single-valued filter is replaced; `anew`: a place or hours that were said before, too. With
    a rate goes the currency of the one before, which a form sends as well: "€" says no other.
    """
    said = {one.parameter for one in fresh}
    single = (said | _MONEY if said & _RATE else said) - notes.SEVERAL
    again = [some for some in (WHERE, _WHEN) if anew and some & said]
    held = [notes.parts(value)[:2] for name, value in pairs if name == "said"]
    left = {one for one in held if any(one[0] in some for some in again)}
    for name, value in pairs:
        about = notes.parts(value)[:2] if name == "said" else (name, value)
        if about[0] not in single and about not in left:
            yield name, value
