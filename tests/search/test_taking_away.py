"""A filter that was read out of a sentence is taken away again: what becomes of its words."""

from __future__ import annotations

import pytest

from marketplace.directory.queries.placenames import VOCABULARY
from marketplace.directory.queries.world import PLACES
from search import senses
from search.applying import applied
from search.query import SearchQuery, canonical, dropped, parse

SENTENCE = "standardiste bilingue anglais à Lyon dispo le matin moins de 30 €"


def _applied(query: SearchQuery) -> SearchQuery:
    return applied(query, PLACES, VOCABULARY, "Europe/Paris")


def test_a_filter_taken_away_gives_its_words_back_and_they_stay_text() -> None:
    query = _applied(SearchQuery(q=SENTENCE))
    for name, value in query.filters:
        if name == "q":
            continue
        query = dropped(query, name, value)
        assert _applied(query) == query
    assert query.filters == [("q", query.q)]
    for words in ("à Lyon", "dispo le matin", "moins de 30 €"):
        assert words in query.q


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("standardiste bilingue anglais", "standardiste"),
        ("comptable anglais courant", "comptable"),
        ("german bookkeeper", "bookkeeper"),
        ("assistante qui parle espagnol", "assistante"),
        ("service client en espagnol", "service client"),
        ("bilingual french receptionist in Leeds", "receptionist"),
        ("standardiste avec assurance", "standardiste"),
        ("standardiste en Bretagne", "standardiste en Bretagne"),
        ("live chat evenings under £20", "live chat"),
    ],
)
def test_a_filter_taken_away_never_turns_the_work_into_another(text: str, left: str) -> None:
    """Neither by its chip, nor by the link of an empty page, nor unticked in the form."""
    query = _applied(SearchQuery(q=text))
    work = senses.asked(query.q).codes
    for name, value in query.filters[1:]:
        again = dropped(query, name, value)
        unticked = [pair for pair in canonical(query) if pair != (name, value)]
        sent, _problems = parse(unticked, PLACES)
        for one in (again, _applied(sent)):
            assert senses.asked(one.q).codes == work
            assert (name, value) not in one.filters
        query = again
    assert query.q.startswith(left)


@pytest.mark.parametrize(
    "text",
    ["London receptionist near", "lyon standardiste sur", "75011 secrétaire médicale dans",
     "Bretagne standardiste en"],
)  # fmt: skip
def test_words_given_back_behind_a_small_word_are_not_read_with_it(text: str) -> None:
    query = _applied(SearchQuery(q=text))
    [(name, value)] = query.filters[1:]
    again = dropped(query, name, value)
    assert _applied(again) == again
    assert again.filters == [("q", again.q)]


def test_a_filter_unticked_in_the_form_gives_its_words_back_too() -> None:
    query = _applied(SearchQuery(q="standardiste à Lyon"))
    pairs = [pair for pair in canonical(query) if pair[0] != "near"]
    again, _problems = parse(pairs, PLACES)
    assert again.q == "standardiste à Lyon"
    assert _applied(again).near == ""
