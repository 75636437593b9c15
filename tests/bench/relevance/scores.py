"""Owns asking the judged set and scoring the answers: nDCG@10, reciprocal rank, recall at 50."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from search.applying import applied
from search.client import SearchClient
from search.errors import SearchUnavailable
from search.keys import search_key
from search.phrases import Vocabulary, town_names
from search.query import SearchQuery
from search.sync import Administration
from tests.bench.relevance.queries import tuning, unseen
from tests.search.conftest import WORLD, indexed
from tests.search.corpus import NAMES, PLACES, TODAY, people
from tests.search.judged import ndcg

if TYPE_CHECKING:
    from search.answers import Answer
    from tests.search.judged import Judged

RELEVANT = 2
DEEP = 50
FOLLOWED = True
"""Whether those who follow a few results (search.nearby) are read after them, as on the page."""
PATIENCE = 30
_TOWNS = {name.lower(): slug for slug in PLACES for name in (slug, *NAMES.get(slug, ()))}
_MISSPELT = town_names.Misspelt(lambda: _TOWNS)


def _town(name: str) -> tuple[str, bool] | None:
    """As marketplace.directory.queries.placenames does, of the towns that are there."""
    for one in (town_names.SHORT.get(name, name), _MISSPELT.name(name)):
        if one in _TOWNS:
            return _TOWNS[one], True
    return None


KNOWN = Vocabulary(
    town=_town,
    country=lambda _name: None,
    region=lambda _name: None,
)


@dataclass(frozen=True)
class Row:
    """How one query was answered. `part` is "tuning" or "unseen"; `grades` are those of the first ten."""

    text: str
    family: str
    part: str
    ndcg: float
    rank: float
    recall: float
    found: int
    grades: tuple[int, ...]
    filters: tuple[str, ...]


async def measured(url: str, key: str) -> list[Row]:
    """Every query's row, on an index made for it; in its part."""
    admin = Administration(url, key, "relevance")
    client = SearchClient(url, search_key(key, admin.index), admin.index)
    await admin.ensure()
    await admin.upsert(people(), TODAY, wait=True)
    while len(await indexed(admin)) < len(people()):
        await asyncio.sleep(0.05)
    await client.open()
    try:
        parts = {"tuning": tuning(), "unseen": unseen()}
        return [await scored(client, one, name) for name, some in parts.items() for one in some]
    finally:
        await client.close()


async def _answer(client: SearchClient, asked: SearchQuery) -> Answer:
    """The answer, however long it takes: a busy machine says nothing about what is right."""
    for _again in range(PATIENCE):
        with suppress(SearchUnavailable):
            return await client.find(asked, TODAY)
        await asyncio.sleep(1)
    return await client.find(asked, TODAY)


async def scored(client: SearchClient, one: Judged, part: str) -> Row:
    """One query, asked as the page asks it."""
    asked = applied(SearchQuery(q=one.text), WORLD, KNOWN, "Europe/Paris")
    answer = await _answer(client, asked.changed(per_page=DEEP, facets=False))
    grades = {person.id: one.grade(person) for person in people()}
    after = [hit for one in answer.nearby for hit in one.hits] if FOLLOWED else []
    given = [grades[hit["id"]] for hit in [*answer.hits, *after]]
    right = sum(grade >= RELEVANT for grade in grades.values())
    first = next((at for at, grade in enumerate(given, 1) if grade >= RELEVANT), 0)
    reached = sum(grade >= RELEVANT for grade in given)
    return Row(
        text=one.text,
        family=one.family,
        part=part,
        ndcg=ndcg(given, list(grades.values())),
        rank=1 / first if first else 0.0,
        recall=reached / min(right, DEEP) if right else 1.0,
        found=answer.total,
        grades=tuple(given[:10]),
        filters=tuple(f"{name}={value}" for name, value in asked.filters if name != "q"),
    )
