"""Owns what is suggested while someone types: skills, tools, places, people; never guesses."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from marketplace.directory.queries import finding, views
from marketplace.directory.rules import SUGGESTION_LENGTH_MIN
from marketplace.directory.schemas import Suggestion
from marketplace.places import queries as places
from search import taxonomy
from search.errors import SearchError
from search.index_settings import shown
from search.language import fold, normalise

if TYPE_CHECKING:
    from search.taxonomy import Term

SKILLS: Final = 5
TOOLS: Final = 3
PLACES: Final = 2
PEOPLE: Final = 4


async def suggest(text: str, locale: str) -> list[Suggestion]:
    """Suggestions for what was typed, best first in each kind; none for a single letter."""
    typed = text.strip()[:80]
    if len(typed) < SUGGESTION_LENGTH_MIN:
        return []
    return [
        *_terms(taxonomy.skills(), typed, locale, SKILLS),
        *_terms(taxonomy.tools(), typed, locale, TOOLS),
        *_places(typed, locale),
        *await _people(typed, locale),
    ]


@cache
def _entries(kind: str, locale: str) -> tuple[tuple[str, int, Term], ...]:
    """(folded text, how official it is, term): label of the locale, other label, synonyms."""
    rows = []
    for term in taxonomy.skills() if kind == "skill" else taxonomy.tools():
        rows.append((fold(term.label(locale)), 0, term))
        rows += [(fold(text), 1, term) for text in term.labels]
        rows += [(fold(text), 2, term) for text in term.aliases]
    return tuple(rows)


def _terms(terms: tuple[Term, ...], typed: str, locale: str, limit: int) -> list[Suggestion]:
    kind = terms[0].kind
    wanted = fold(typed)
    lemmas = normalise(typed)
    best: dict[str, tuple[int, int, str]] = {}
    found: dict[str, Term] = {}
    for text, official, term in _entries(kind, locale):
        place = _match(text, wanted, lemmas)
        if place is None:
            continue
        rank = (place, official, text)
        if term.code not in best or rank < best[term.code]:
            best[term.code], found[term.code] = rank, term
    codes = sorted(best, key=lambda code: best[code])[:limit]
    return [
        Suggestion(
            kind=kind,
            value=code,
            label=found[code].label(locale),
            url=_url(locale, kind, code),
        )
        for code in codes
    ]


def _match(text: str, wanted: str, lemmas: str) -> int | None:
    """0 the text starts with it, 1 a word does, 2 its lemmas do; None no match."""
    if text.startswith(wanted):
        return 0
    if f" {wanted}" in text.replace("'", " ").replace("-", " "):
        return 1
    if lemmas and normalise(text).startswith(lemmas):
        return 2
    return None


def _url(locale: str, name: str, value: str) -> str:
    return f"/{locale}/assistants?{urlencode({name: value})}"


def _places(typed: str, locale: str) -> list[Suggestion]:
    return [
        Suggestion(
            kind="place",
            value=town.slug,
            label=town.name(locale),
            detail=places.whereabouts(town, locale),
            url=_url(locale, "near", town.slug),
        )
        for town in places.cities_matching(typed, limit=PLACES)
    ]


async def _people(typed: str, locale: str) -> list[Suggestion]:
    client = finding.connected()
    if client is None:
        return []
    try:
        rows = await client.names(normalise(typed, keep_gender=True), PEOPLE, locale)
    except SearchError:
        return []
    return [
        Suggestion(
            kind="person",
            value=one["slug"],
            label=one["name"],
            detail=one["headline"],
            url=one["url"],
        )
        # Documents of an older form (search.schema.SHAPE) tell nothing until they are written anew.
        for one in (views.facts(row, locale) for row in rows if shown(locale) in row)
    ]
