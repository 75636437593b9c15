"""Owns what is suggested while someone types: skills, tools, places, people; never guesses."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from marketplace.core.i18n import LOCALES
from marketplace.directory.queries import finding, placenames, views, world
from marketplace.directory.rules import SUGGESTION_LENGTH_MIN
from marketplace.directory.schemas import Suggestion
from marketplace.places import queries as places
from search import phrases, taxonomy
from search.errors import SearchError
from search.index_settings import shown
from search.language import STOP_WORDS, fold, normalise
from search.phrases.spoken import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from search.taxonomy import Term

TERMS: Final = {"skill": 5, "tool": 3}
WEAK: Final = 2
"""From this match on (a word inside, or its stem) a skill stands behind a place of that name,"""
WEAKLY: Final = 2
"""and so many of them are enough."""
SPOKEN: Final = 2
SPOKEN_AT: Final = "B2"
LANDS: Final = 2
PLACES: Final = 3
TOWNS: Final = 6
PEOPLE: Final = 4
ENDING_WORDS: Final = 4
ENDING_LENGTH_MIN: Final = 3
LEADING: Final = STOP_WORDS | {normalise(word) for word in ("près", "near", "around")}
"""Words that lead on to what is being typed, as `normalise` writes them."""


async def suggest(text: str, locale: str) -> list[Suggestion]:
    """Suggestions for what was typed, best first in each kind; none for a single letter.

    Where nothing begins with all of it, its longest ending that something begins with counts, and
    the words before it stay looked for: "comptable lyo" offers Lyon beside "comptable".
    """
    typed = " ".join(text.split())[: placenames.TYPED_MAX]
    if len(typed) < SUGGESTION_LENGTH_MIN:
        return []
    found = _named(typed, "", locale) + await _people(typed, locale)
    for rest, ending in () if found else _endings(typed):
        if found := _named(ending, rest, locale):
            break
    return found


def learn() -> None:
    """Read every name now, or the first letter somebody types waits for it."""
    for locale in LOCALES:
        _named("learn", "", locale)


def _named(typed: str, rest: str, locale: str) -> list[Suggestion]:
    """All that is named so: what begins so before what only has a word that does."""
    skills, weak = _terms(taxonomy.skills(), typed, rest, locale)
    tools, _weak = _terms(taxonomy.tools(), typed, rest, locale)
    spoken = _languages(typed, rest, locale) if rest else []
    where = [*_lands(typed, rest, locale), *_places(typed, rest, locale)]
    if spoken or (where and weak):
        return [*spoken, *tools, *where, *skills[:WEAKLY]]
    return [*skills, *tools, *where]


def _languages(typed: str, rest: str, locale: str) -> list[Suggestion]:
    """Languages to be spoken beside the work that was typed before: "standardiste ang"."""
    begun = fold(typed)
    return [
        Suggestion(
            kind="speaks",
            value=f"{code}:{SPOKEN_AT}",
            label=world.label("speaks", f"{code}:{SPOKEN_AT}", locale),
            url=_url(locale, "speaks", f"{code}:{SPOKEN_AT}", rest),
        )
        for code in LANGUAGES
        if fold(world.language_name(code, locale)).startswith(begun)
    ][:SPOKEN]


def _endings(typed: str) -> Iterator[tuple[str, str]]:
    """(what comes before, less the words that lead on; an ending of whole words), longest first."""
    words = typed.split()
    for start in range(max(1, len(words) - ENDING_WORDS), len(words)):
        ending, before = " ".join(words[start:]), words[:start]
        if len(ending) < ENDING_LENGTH_MIN or normalise(ending) in LEADING:
            continue
        while before and normalise(before[-1]) in LEADING:
            before.pop()
        yield " ".join(before), ending


@cache
def _entries(kind: str, locale: str) -> tuple[tuple[str, str, int, Term], ...]:
    """(folded text, its lemmas, how official it is, term): label of the locale, other, synonyms."""
    rows = []
    for term in taxonomy.skills() if kind == "skill" else taxonomy.tools():
        texts = [(term.label(locale), 0), *((text, 1) for text in term.labels)]
        texts += [(text, 2) for text in term.aliases]
        rows += [(fold(text), normalise(text), official, term) for text, official in texts]
    return tuple(rows)


def _terms(
    terms: tuple[Term, ...], typed: str, rest: str, locale: str
) -> tuple[list[Suggestion], bool]:
    """Those that match best, of equals those of whose names most do; whether none begins so."""
    kind = terms[0].kind
    wanted, lemmas = fold(typed), normalise(typed)
    matched: dict[str, list[tuple[int, int, str]]] = {}
    for text, its_lemmas, official, term in _entries(kind, locale):
        place = _match(text, its_lemmas, wanted, lemmas)
        if place is not None:
            matched.setdefault(term.code, []).append((place, official, text))
    ranks = {code: (min(rows)[0], -len(rows), min(rows)) for code, rows in matched.items()}
    found = [
        Suggestion(
            kind=kind,
            value=code,
            label=world.label(kind, code, locale),
            url=_url(locale, kind, code, rest),
        )
        for code in sorted(ranks, key=lambda code: ranks[code])[: TERMS[kind]]
    ]
    return found, all(min(rows)[0] >= WEAK for rows in matched.values())


def _match(text: str, its_lemmas: str, wanted: str, lemmas: str) -> int | None:
    """0 the text is it, 1 starts with it, 2 a word does, 3 its lemmas do; None no match."""
    if text.startswith(wanted):
        return int(text != wanted)
    if f" {wanted}" in text.replace("'", " ").replace("-", " "):
        return 2
    if " " in wanted and text.replace(" ", "").startswith(wanted.replace(" ", "")):
        return 1  # "air c"
    return 3 if lemmas and its_lemmas.startswith(lemmas) else None


def _url(locale: str, name: str, value: str, rest: str) -> str:
    said = {"q": rest} if rest else {}
    return f"/{locale}/assistants?{urlencode({**said, name: value})}"


def _lands(typed: str, rest: str, locale: str) -> list[Suggestion]:
    return [
        Suggestion(
            kind=kind,
            value=code,
            label=world.label(kind, code, locale),
            detail=places.country_name(code[:2], locale) if kind == "region" else "",
            url=_url(locale, kind, code, rest),
        )
        for kind, code in placenames.lands_starting(typed)[:LANDS]
    ]


def _places(typed: str, rest: str, locale: str) -> list[Suggestion]:
    return [
        Suggestion(
            kind="place",
            value=town.slug,
            label=town.name(locale),
            detail=places.whereabouts(town, locale),
            url=_url(locale, "near", town.slug, rest),
        )
        for town in places.cities_matching(typed, limit=PLACES) or _parted(typed)
    ]


def _parted(typed: str) -> list[places.City]:
    """The town of which a part is typed by its number: "75011", "paris 1"."""
    if not any(char.isdecimal() for char in typed):
        return []
    whole = fold(typed)
    name = phrases.part_of_town(whole) or phrases.part_of_town(f"{whole}e")
    town = places.city_named(name) if name else None
    return [town] if town else []


def suggest_towns(text: str, locale: str) -> list[Suggestion]:
    """Towns for a field of a form: `value` is what to write there, and there is no address."""
    typed = text[: placenames.TYPED_MAX]
    found = places.cities_matching(typed, limit=TOWNS)
    meant = None if found else placenames.town_typed(typed)
    return [
        Suggestion(
            kind="place",
            value=places.written(town, locale),
            label=town.name(locale),
            detail=places.whereabouts(town, locale),
            url="",
        )
        for town in found or ([meant] if meant else [])
    ]


async def _people(typed: str, locale: str) -> list[Suggestion]:
    client = finding.connected()
    name = normalise(typed, keep_gender=True)
    if client is None or not name:  # an empty name, of "!!", is everybody's
        return []
    try:
        rows = await client.names(name, PEOPLE, locale)
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
