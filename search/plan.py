"""Owns what Meilisearch is asked for a search; pure, never sends it.

Counts are disjunctive where values are OR: the counts of a facet are taken as if nothing were
chosen in that facet. A facet whose values are ALL counts inside the result.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from search import notes, ranking, senses
from search.conditions import FIELDS, OR_FACETS, Parts, filters, joined, only, within
from search.index_settings import HIT, MAX_HITS, REASONS, shown
from search.language import normalise
from search.passing import EVERYONE_IS, anybody

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from search.query import SearchQuery
from search.answers import EVERYONE, Body, counted

SORTS: Final = {
    "rate": ["rate_eur_minor:asc", "standing:desc"],
    "-rate": ["rate_eur_minor:desc", "standing:desc"],
    "rating": ["standing:desc", "reviews:desc"],
    "response": ["response_minutes:asc", "standing:desc"],
    "newest": ["published_at:desc"],
}
WORDS_MAX: Final = 10
"""Meilisearch reads so many words of a text."""
UNASKED: Final = ["standing:desc", "reviews:desc", "published_at:desc"]
"""The order where no word is left to compare, whatever the filters: /ranking tells it."""


def _base(query: SearchQuery, index: str, *, every: bool = False) -> Body:
    """The words and what becomes of those that do not match; with `every` all must."""
    asked = senses.asked(query.wish)
    if every:
        words = "" if anybody(query) else asked.words
        return {"indexUid": index, "q": words, "matchingStrategy": "all"}
    if anybody(query):
        # Whoever has the skill of the trade's name stands first.
        words = f"{EVERYONE_IS} {asked.words}" if ranked(query) and asked.codes else ""
        return {"indexUid": index, "q": words, "matchingStrategy": "last" if words else "all"}
    if not ranked(query):
        return {"indexUid": index, "q": asked.needed, "matchingStrategy": "all"}
    # Recognised senses stand first, so the words that may be left out are the last ones.
    strategy = "last" if asked.codes else "frequency"
    return {"indexUid": index, "q": asked.words, "matchingStrategy": strategy}


def _quoting(query: SearchQuery, body: Body) -> str:
    """The text asked for, and last, so that it is left out first, the number of a headline.

    The words that became filters belong to it.
    """
    if body["matchingStrategy"] != "last":
        return str(body["q"])
    typed = [query.q, *(notes.parts(one)[2] for one in query.said)]
    some = body["q"].split()[: WORDS_MAX - 1]
    return " ".join(filter(None, [*some, senses.whole(" ".join(typed))]))


def ranked(query: SearchQuery) -> bool:
    """Whether words may be dropped: when the best come first, not when sorted by something else."""
    return query.sort in {"relevance", "distance"}


def relaxed(query: SearchQuery, bodies: Sequence[Body]) -> list[Body]:
    """The same queries for when nobody was found: with what the words may mean, or as typed.

    After senses the rarest word as typed may be left alone, if a word had no sense: else that is
    a word of what nobody does ("ads" of "Google Ads"). Without senses words are left out from the
    end: Meilisearch 1.21 finds nobody by frequency when the words left are equally frequent.
    Sorted by something else, only the words beside what was recognised are left out. Empty when
    that would ask the same again.
    """
    if anybody(query):
        return []
    if not ranked(query):
        asked = senses.asked(query.wish)
        return [{**body, "q": asked.senses} for body in bodies if asked.senses and asked.left]
    guessed = senses.asked(query.wish, guess=True)
    first = senses.asked(query.wish).words
    again = guessed.codes and guessed.words != first
    words = guessed.words if again else normalise(query.wish)
    by_words = senses.asked(query.wish).codes and not again
    looser = {"q": words, "matchingStrategy": "frequency" if by_words else "last"}
    same = first == looser["q"] and len(looser["q"].split()) < 2
    understood = by_words and all(map(str.isdigit, first.split()))
    if same:
        return []
    if understood:  # nobody does what is meant first: who does the rest of it
        rest = " ".join(first.split()[1:])
        return [{**body, "q": rest} for body in bodies] if rest else []
    return [{**body, **looser} for body in bodies]


def _sort(query: SearchQuery, text: str) -> Body:
    if query.sort in SORTS:
        return {"sort": SORTS[query.sort]}
    return {} if text else {"sort": UNASKED}


def _details(query: SearchQuery) -> Body:
    if not query.explain:
        return {}
    return {"showRankingScore": True, "showRankingScoreDetails": True}


def hits_query(
    query: SearchQuery,
    index: str,
    today: date,
    *,
    facets: bool = True,
    towns: Sequence[str] | None = None,
    parts: Parts | None = None,
) -> Body:
    """The query whose hits are shown, with the counts that need no query of their own.

    `towns` in the place of those around a place. `parts` are the query's filters, if at hand.
    """
    base = _base(query, index)
    own = parts = parts or filters(query, today)
    if towns is not None:
        parts = {**own, "near": within("city", towns)}
    body = {
        **base,
        **_sort(query, base["q"]),
        **_details(query),
        "q": _quoting(query, base),
        "filter": joined(parts),
        "page": query.page,
        "hitsPerPage": query.per_page,
        "attributesToRetrieve": _retrieved(query),
    }
    if facets and query.facets:
        body["facets"] = [
            FIELDS[name] for name in counted(query) if name not in OR_FACETS or name not in own
        ]
    return body


def counting_queries(query: SearchQuery, index: str, parts: Parts) -> list[tuple[str, Body]]:
    """One query without hits for each OR facet in which something is chosen."""
    asked = counted(query)
    base = _base(query, index)
    return [
        (
            name,
            {
                **base,
                "filter": joined(parts, without=name),
                "facets": [FIELDS[name]],
                "limit": 0,
            },
        )
        for name in OR_FACETS
        if name in parts and name in asked
    ]


def opening(
    query: SearchQuery, index: str, today: date, *, facets: bool = True
) -> tuple[list[Body], list[str]]:
    """What is asked first, in one multi-search, and the facets that have a query of their own.

    The hits, those counts, and who may take a turn (last, where there are turns).
    """
    parts = filters(query, today)
    counting = counting_queries(query, index, parts) if facets and query.facets else []
    turns = newcomers_query(query, index, today, parts=parts)
    hits = hits_query(query, index, today, facets=facets, parts=parts)
    bodies = [hits, *(body for _, body in counting)]
    return [*bodies, *([turns] if turns else [])], [name for name, _ in counting]


def counted_by(query: SearchQuery, today: date) -> tuple[str, ...]:
    """What the counts of a search depend on: neither its page nor its order, unless words drop."""
    parts = filters(query, today)
    base = _base(query, "")
    told = (base["q"], base["matchingStrategy"], str(query.towns))
    return (*told, *(f"{n}:{parts[n]}" for n in sorted(parts)))


def newcomers_query(
    query: SearchQuery,
    index: str,
    today: date,
    *,
    beside: Sequence[str] = (),
    parts: Parts | None = None,
) -> Body | None:
    """Who may take a turn: of the new profiles that match every word, those who drew the smallest.

    A few more than take one; `beside` are ids to leave out. None where no turns are.
    """
    if query.sort != "relevance" or query.page > 1:
        return None
    recent = f"published_at >= {ranking.new_since(today)}"
    others = f" AND NOT {only(beside)}" if beside else ""
    return {
        **_base(query, index, every=True),
        "sort": [f"{ranking.drawn_by(today)}:asc"],
        "filter": joined(parts or filters(query, today), extra=recent + others),
        "limit": ranking.QUOTA + ranking.SPARE,
        "attributesToRetrieve": _retrieved(query),
    }


def listed(turns: Body) -> Body:
    """The same query for the ids of the first LISTED candidates."""
    return {**turns, "limit": ranking.LISTED, "attributesToRetrieve": ["id"]}


def among_query(
    query: SearchQuery, index: str, today: date, ids: Sequence[str] | None = None
) -> Body:
    """Those of some people, or of all, who match what is meant and every filter, the best first.

    Where nothing was recognised they match every word.
    """
    asked = senses.asked(query.wish)
    meant = {"q": asked.senses} if asked.senses and not anybody(query) else {}
    return {
        **_base(query, index, every=True),
        **meant,
        "filter": joined(filters(query, today), extra="" if ids is None else only(ids)),
        "limit": MAX_HITS if ids is None else len(ids),
        "attributesToRetrieve": ["id", "published_at"],
    }


def counting_all(body: Body) -> Body:
    """The same query, telling how many there are also where Meilisearch stops counting."""
    return {**body, "facets": [EVERYONE]}


def _retrieved(query: SearchQuery) -> list[str]:
    return [*HIT, shown(query.locale), *(REASONS if query.explain else ())]
