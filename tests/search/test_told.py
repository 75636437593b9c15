"""What of a sentence is applied, what is told as not applied, and what is left to search for."""

from __future__ import annotations

import pytest

from marketplace.directory.queries.placenames import VOCABULARY
from marketplace.directory.queries.world import PLACES
from search import notes
from search.applying import applied
from search.passing import anybody
from search.query import SearchQuery, canonical, parse

REFUSALS = (
    ("pas de Malgache", "", "", {"pas de Malgache"}),
    ("secrétaire, surtout pas du Maroc", "secrétaire", "", {"surtout pas du Maroc"}),
    ("bookkeeper, no Indians", "bookkeeper", "", {"no Indians"}),
    ("bookkeeper, no India", "bookkeeper", "", {"no India"}),
    ("comptable mais pas de Belge", "comptable mais", "", {"pas de Belge"}),
    ("secrétaire, pas de personne à Madagascar", "secrétaire", "", {"pas de personne à Madagascar"}),
    ("must speak french, english not needed", "", "speaks=fr:B2", {"english not needed"}),
    ("comptable belge, pas de Français", "comptable", "country=BE", {"pas de Français"}),
)  # fmt: skip
PEOPLES = (
    ("comptable belge qui connaît la TVA belge", "comptable qui connaît la TVA belge", "country=BE", set()),
    ("British bookkeeper", "bookkeeper", "country=GB", set()),
    ("secrétaire québécoise", "secrétaire", "region=CA-QC", set()),
    ("secrétaire québécois", "secrétaire", "region=CA-QC", set()),
    ("comptabilité belge", "comptabilité belge", "", set()),
    ("sans Notion", "sans Notion", "", set()),
)  # fmt: skip


def read(text: str) -> SearchQuery:
    return applied(SearchQuery(q=text), PLACES, VOCABULARY, "Europe/Paris")


@pytest.mark.parametrize(
    ("text", "wish", "filters", "told"), REFUSALS + PEOPLES, ids=lambda one: str(one)[:40]
)
def test_what_no_filter_says_is_told_and_not_searched_for(
    text: str, wish: str, filters: str, told: set[str]
) -> None:
    query = read(text)
    assert " ".join(f"{name}={value}" for name, value in query.filters if name != "q") == filters
    assert set(notes.unsaid(query.said)) == told
    assert query.wish == wish
    again, problems = parse(canonical(query), PLACES)
    assert problems == []
    assert applied(again, PLACES, VOCABULARY, "Europe/Paris") == query


@pytest.mark.parametrize(
    "text", ["quelqu'un qui ne parle pas anglais", "someone who doesn't need to speak French",
             "no one from India please"],
)  # fmt: skip
def test_of_a_refusal_alone_nobody_is_searched_for_by_its_small_words(text: str) -> None:
    query = read(text)
    assert notes.unsaid(query.said)
    assert anybody(query)
