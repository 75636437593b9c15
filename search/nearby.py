"""Owns who follows when a search finds few: one wish let go at a time; pure, never sends a query.

First those with kindred skills who meet every other filter: they can be of use, which somebody in
another town or above the price often cannot. Then those who miss one filter and no other.
They stand apart from what was found, under the wish they miss, and change neither it nor its order.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import inf
from typing import TYPE_CHECKING, Final

from search import answers, conditions, kindred, plan, senses, taxonomy
from search.query import dropped
from search.senses.lexicon import group_of, is_group

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from search.answers import Answer, Body
    from search.query import SearchQuery

FEW: Final = 8
"""With fewer results, others follow."""
KINDRED: Final = 8
"""So many people with kindred skills."""
EACH: Final = 3
"""So many for each other wish let go."""
NEXT: Final = 24
"""Of so many who fit best beyond a place, the nearest to it follow."""
TIERS: Final = (3, 8)
"""Kindred skills: who has one of the first three stands before who has one of the next five."""
WISHES_MAX: Final = 5
WORK: Final = "work"
"""Stands for the skills asked for, by filter or by words."""

Wish = tuple[str, str]
"""A parameter of the HTTP contract, or WORK, and its value."""


@dataclass(frozen=True, slots=True)
class Near:
    """People who miss one wish alone, `total` of them besides those found.

    Under WORK, `skills` are the kindred ones that count, the nearest first.
    """

    wish: Wish
    total: int
    hits: list[Body] = field(default_factory=list)
    skills: tuple[str, ...] = ()


def wanted(query: SearchQuery, answer: Answer) -> bool:
    """Whether others should follow: few were found, by words or filters that can be let go."""
    return query.page == 1 and answer.total < min(FEW, query.per_page) and bool(query.filters)


def bodies(
    query: SearchQuery, index: str, today: date, shown: Sequence[str]
) -> list[tuple[Wish, Body]]:
    """What to ask for each wish let go; `shown` are the ids of who was found."""
    plain = replace(query, facets=False, explain=False, per_page=EACH, page=1)
    looser = _same_conditions(replace(plain, per_page=KINDRED), index, today)
    for wish in query.filters:
        if wish[0] not in {"q", "skill"}:
            most = NEXT if wish[0] == "near" else EACH
            loose = replace(dropped(plain, *wish), per_page=most)
            looser.append((wish, plan.hits_query(loose, index, today)))
    others = f"NOT {conditions.only(shown)}" if shown else ""
    for _wish, body in looser:
        body["filter"] = _both(body["filter"], others)
    return [(wish, plan.counting_all(body)) for wish, body in looser[:WISHES_MAX]]


def _same_conditions(query: SearchQuery, index: str, today: date) -> list[tuple[Wish, Body]]:
    """Those with kindred skills, each tier without the people of the ones before it."""
    kept = replace(query, q="", skill=(), years=None, said=())
    found, before = [], ""
    for codes in _tiers(query):
        body = plan.hits_query(kept, index, today)
        having = f"skills IN [{', '.join(map(conditions.quoted, codes))}]"
        body["filter"] = _both(body["filter"], having, before)
        found.append(((WORK, ""), body))
        before = f"NOT {having}"
    return found


def _tiers(query: SearchQuery) -> list[tuple[str, ...]]:
    """The skills asked for with those nearest to them, then others near them; none if none was.

    Who has a skill that was asked for and was not found lacks another one that was.
    """
    near = _near(query)
    return [(*sorted(_meant(query)), *near[: TIERS[0]]), near[TIERS[0] :]] if near else []


def _meant(query: SearchQuery) -> frozenset[str]:
    """The skills asked for, by filter or by words; those of a group where only that was named."""
    codes = senses.asked(query.wish).codes.union(query.skill)
    named = frozenset(filter(taxonomy.is_skill, codes))
    trades = {group_of(code) for code in codes if is_group(code)}
    return named or frozenset(one.code for one in taxonomy.skills() if one.group in trades)


def _both(*parts: str) -> str:
    return " AND ".join(filter(None, parts))


def read(
    query: SearchQuery, asked: Sequence[tuple[Wish, Body]], results: Sequence[Body]
) -> list[Near]:
    """Who follows, each person once, without the wishes that nobody misses alone."""
    seen: set[str] = set()
    found: dict[Wish, Near] = {}
    for (wish, _body), result in zip(asked, results, strict=True):
        most = KINDRED if wish[0] == WORK else EACH
        before = found.get(wish) or Near(wish, 0, skills=_near(query) if wish[0] == WORK else ())
        new = [hit for hit in result["hits"] if hit["id"] not in seen]
        if wish[0] == "near":
            new.sort(key=lambda hit: _away(hit, query))
        hits = new[: most - len(before.hits)]
        seen |= {hit["id"] for hit in hits}
        for hit in hits:
            answers.placed(hit, query)
        total = before.total + answers.total(result)
        found[wish] = replace(before, total=total, hits=[*before.hits, *hits])
    return [one for one in found.values() if one.hits]


def _away(hit: Body, query: SearchQuery) -> float:
    """How far somebody is from the place asked for, in kilometres; last who is nowhere."""
    away = answers.placed(hit, query)
    return inf if away is None else away


def _near(query: SearchQuery) -> tuple[str, ...]:
    return kindred.nearest(_meant(query), TIERS[-1])
