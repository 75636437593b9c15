"""Owns who follows when a search finds few: one wish let go at a time; pure, never sends a query.

First those of the same trade who meet every filter, then those who miss one filter and no other.
They stand apart from what was found, under the wish they miss, and change neither it nor its order.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from search import plan, senses, taxonomy
from search.query import dropped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from search.plan import Answer, Body
    from search.query import SearchQuery

FEW: Final = 8
"""With fewer results, others follow."""
EACH: Final = 3
"""So many people for each wish let go."""
WISHES_MAX: Final = 5
WORK: Final = "work"
"""Stands for the skills asked for, by filter or by words."""

Wish = tuple[str, str]
"""A parameter of the HTTP contract, or WORK, and its value."""


@dataclass(frozen=True, slots=True)
class Near:
    """People who miss one wish alone, `total` of them besides those found."""

    wish: Wish
    total: int
    hits: list[Body] = field(default_factory=list)


def wanted(query: SearchQuery, answer: Answer) -> bool:
    """Whether others should follow: few were found, by words or filters that can be let go."""
    return query.page == 1 and answer.total < min(FEW, query.per_page) and bool(query.filters)


def bodies(
    query: SearchQuery, index: str, today: date, shown: Sequence[str]
) -> list[tuple[Wish, Body]]:
    """What to ask for each wish let go; `shown` are the ids of who was found."""
    plain = replace(query, facets=False, explain=False, per_page=EACH, page=1)
    looser = [*_same_trade(plain, index, today)]
    for wish in query.filters:
        if wish[0] not in {"q", "skill"}:
            looser.append((wish, plan.hits_query(dropped(plain, *wish), index, today)))
    others = f"NOT {plan.only(shown)}" if shown else ""
    for _wish, body in looser:
        body["filter"] = " AND ".join(filter(None, [body["filter"], others]))
    return looser[:WISHES_MAX]


def _same_trade(query: SearchQuery, index: str, today: date) -> Iterator[tuple[Wish, Body]]:
    codes = {*senses.asked(query.q).codes, *query.skill}
    terms = [term for code in sorted(codes) if (term := taxonomy.term(code))]
    groups = {term.group for term in terms if term.kind == "skill"}
    if not groups:
        return
    near = [term.code for term in taxonomy.skills() if term.group in groups]
    kept = replace(query, q="", skill=(), years=None, said=())
    body = plan.hits_query(kept, index, today)
    trade = f"skills IN [{', '.join(map(plan.quoted, near))}]"
    yield (WORK, ""), body | {"filter": " AND ".join(filter(None, [body["filter"], trade]))}


def read(
    query: SearchQuery, asked: Sequence[tuple[Wish, Body]], results: Sequence[Body]
) -> list[Near]:
    """Who follows, each person once, without the wishes that nobody misses alone."""
    seen: set[str] = set()
    found = []
    for (wish, _body), result in zip(asked, results, strict=True):
        hits = [hit for hit in result["hits"] if hit["id"] not in seen]
        seen |= {hit["id"] for hit in hits}
        for hit in hits:
            plan.placed(hit, query)
        if hits:
            found.append(Near(wish, int(result["totalHits"]), hits))
    return found
