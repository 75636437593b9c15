"""What a sentence says becomes filters in sight, and turns back into words."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.directory.queries.placenames import VOCABULARY
from marketplace.directory.queries.world import PLACES
from search import notes
from search.applying import applied, asked
from search.notes import Why
from search.query import SearchQuery, canonical, dropped, parse
from search.understanding import understand
from tests.bench.relevance.queries import tuning
from tests.search.sentences import FAR, HOURS, LANGUAGES, LEFT_ALONE, PAIRS, SAID, TOWNS, UNSAID

PARIS = "Europe/Paris"
SENTENCE = "standardiste bilingue anglais à Lyon dispo le matin moins de 30 €"


@pytest.mark.parametrize(("text", "rest", "filters"), SAID, ids=lambda one: str(one)[:40])
def test_what_is_said_with_a_cue_becomes_a_filter(text: str, rest: str, filters: set[str]) -> None:
    found = understand(text, VOCABULARY, PARIS)
    assert {f"{one.parameter}={one.value}" for one in found.pieces} == filters
    assert found.text == rest
    assert all(one.words in text for one in found.pieces)


@pytest.mark.parametrize(("text", "rest", "hours"), HOURS, ids=lambda one: str(one)[:40])
def test_hours_are_read_as_people_say_them_in_the_zone_they_name(
    text: str, rest: str, hours: set[str]
) -> None:
    found = understand(text, VOCABULARY, "Asia/Tokyo")
    assert {one.value for one in found.pieces if one.parameter == "covers"} == hours
    assert len(found.pieces) == len(hours)
    assert found.text == rest


def test_the_end_of_the_week_is_the_weekend_across_the_ocean_alone() -> None:
    text = "service client en fin de semaine"
    found = understand(text, VOCABULARY, "America/Toronto")
    assert [one.value for one in found.pieces] == ["sat-sun@09:00-18:00@America/Toronto"]
    assert found.text == "service client"
    assert understand(text, VOCABULARY, PARIS).pieces == ()


@pytest.mark.parametrize(("text", "rest", "spoken"), LANGUAGES, ids=lambda one: str(one)[:40])
def test_a_language_someone_must_speak_is_no_work_on_words(
    text: str, rest: str, spoken: set[str]
) -> None:
    found = understand(text, VOCABULARY, PARIS)
    assert {(one.parameter, one.value) for one in found.pieces} == {("speaks", s) for s in spoken}
    assert found.text == rest


@pytest.mark.parametrize(("text", "spoken"), PAIRS, ids=lambda one: str(one)[:40])
def test_who_translates_speaks_both_languages_and_the_words_stay_the_work(
    text: str, spoken: set[str]
) -> None:
    query = _applied(SearchQuery(q=text))
    assert {str(value) for name, value in query.filters if name == "speaks"} == spoken
    assert query.q == query.wish == notes.sentence(query) == text
    for name, value in query.filters[1:]:
        query = dropped(query, name, value)
        assert _applied(query) == query
    assert (query.q, query.filters) == (text, [("q", text)])


@pytest.mark.parametrize(("text", "rest", "place"), TOWNS, ids=lambda one: str(one)[:40])
def test_a_place_is_one_however_it_is_said(text: str, rest: str, place: str) -> None:
    found = understand(text, VOCABULARY, PARIS)
    assert [f"{one.parameter}={one.value}" for one in found.pieces] == [place]
    assert found.text == rest


@pytest.mark.parametrize(("text", "meant"), FAR)
def test_how_far_from_a_town_is_understood_and_goes_with_it(text: str, meant: set[str]) -> None:
    query = _applied(SearchQuery(q=text))
    assert query.q == "standardiste"
    assert {
        f"{name}={value}" for name, value in canonical(query) if name not in {"q", "said"}
    } == meant
    wider = replace(query, within_km=50)
    assert parse(canonical(wider), PLACES)[0].q == "standardiste"
    assert dropped(query, "near", query.near).within_km == 50


@pytest.mark.parametrize(("text", "words"), [(text, words) for text, *words in UNSAID])
def test_what_no_filter_can_say_is_never_its_opposite(text: str, words: list[str]) -> None:
    query = _applied(SearchQuery(q=text))
    assert (query.q, query.filters) == (text, [("q", text)])
    assert sorted(notes.unsaid(query.said)) == sorted(words)
    assert not any(one in query.wish for one in words)
    assert _applied(parse(canonical(query), PLACES)[0]) == query
    assert parse(canonical(query.changed(q="facturation")), PLACES)[0].said == ()


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_may_mean_the_work_itself_stays_text(text: str) -> None:
    found = understand(text, VOCABULARY, PARIS)
    assert (found.text, found.pieces) == (text, ())


NAMED = frozenset(
    "lyon paris toulouse villeurbanne bruxelles ixelles londres montreal berlin madrid milan lausanne dakar casablanca FR".split()
)


def test_no_word_of_the_judged_wishes_is_taken_for_a_town_it_is_not() -> None:
    """Nine thousand large towns: Trier, Manage and Ans among them. The judged index knows seven."""
    taken = {
        (one.value, query.text)
        for query in tuning()
        for one in understand(query.text, VOCABULARY, PARIS).pieces
        if one.parameter in {"near", "region", "country"}
    }
    assert len(taken) > 20
    assert not [row for row in taken if row[0] not in NAMED]


def _applied(query: SearchQuery) -> SearchQuery:
    return applied(query, PLACES, VOCABULARY, PARIS)


def test_the_whole_sentence_is_understood_and_says_from_which_words() -> None:
    query = _applied(SearchQuery(q=SENTENCE))
    assert query.q == "standardiste"
    assert set(query.said) == {
        "rate_max=3000|moins de 30 €",
        "covers=mon-fri@09:00-12:00@Europe/Paris|dispo le matin",
        "speaks=en:C1|bilingue anglais",
        "near=lyon|à Lyon",
    }
    again, problems = parse(canonical(query), PLACES)
    assert (again, problems) == (query, [])
    assert _applied(again) == query


@pytest.mark.parametrize(
    "text",
    ["secrétaire paris lyon", "comptable à Lyon ou Paris", "comptable Lyon, Paris et Lille",
     "Bruxelles secrétaire à Lyon", "quelqu'un de Lyon ou Paris", "standard à Lyon et à Paris le matin"],
)  # fmt: skip
def test_of_several_towns_none_is_chosen_and_none_is_lost(text: str) -> None:
    query = _applied(SearchQuery(q=text))
    assert query.near == ""
    assert len(notes.reasons(query.said)[Why.TOWNS]) > 1
    assert query.wish == query.q
    assert all(town in query.q for town in ("paris", "lyon", "Paris", "Lyon") if town in text)
    assert len(query.covers) == text.count("matin")
    assert _applied(query) == query


@pytest.mark.parametrize(
    "text", ["relance mardi matin, téléphone le week-end", "du 24/7 et le week-end les budgets"]
)
def test_what_is_left_is_read_until_it_says_nothing_more(text: str) -> None:
    query = _applied(SearchQuery(q=text))
    assert _applied(query) == query


def test_a_price_changed_by_hand_wins_over_the_same_words() -> None:
    query = _applied(SearchQuery(q="standardiste moins de 30 €"))
    changed = _applied(query.changed(rate_max=4000, q="standardiste moins de 30 €"))
    assert (changed.rate_max, changed.q) == (4000, "standardiste")


def test_while_someone_types_the_longer_words_replace_the_shorter() -> None:
    query = _applied(SearchQuery(q="standardiste de 8h à 1"))
    query = _rewritten(query, "standardiste de 8h à 18h")
    assert [str(one) for one in query.covers] == ["mon-fri@08:00-18:00@Europe/Paris"]
    typed = notes.sentence(query)
    query = _rewritten(query, f"{typed} moins de 4 €")
    query = _rewritten(query, f"{typed} moins de 40 €")
    assert (query.rate_max, len(query.covers)) == (4000, 1)


def _rewritten(query: SearchQuery, after: str) -> SearchQuery:
    """What follows when `after` is written in the search field, all else left as it is."""
    sent, _problems = parse(canonical(replace(query, q=after)), PLACES)
    return applied(sent, PLACES, VOCABULARY, PARIS, anew=True)


def _filters(query: SearchQuery) -> str:
    return " ".join(f"{name}={value.split('@')[0]}" for name, value in query.filters)


@pytest.mark.parametrize(
    ("before", "after", "left"),
    [
        (SENTENCE, "facturation", "q=facturation"),
        ("compta en Bretagne", "compta en Normandie", "q=compta region=FR-NOR"),
        ("compta samedi matin", "compta lundi matin", "q=compta covers=mon"),
        ("compta moins de 25 €", "compta", "q=compta"),
        ("compta £25/h", "compta", "q=compta"),
        ("compta à Paris", "", ""),
        ("compta à Paris", "compta à Paris moins de 30 €", "q=compta near=paris rate_max=3000"),
        ("compta le matin", "compta tous les jours le matin", "q=compta covers=mon-sun"),
        ("compta pour 20 à 30 €/h", "compta à Lyon", "q=compta near=lyon"),
    ],
)
def test_what_was_read_out_of_a_sentence_goes_with_its_words(
    before: str, after: str, left: str
) -> None:
    read = _applied(SearchQuery(q=before, available=True, country=("BE",)))
    query = _rewritten(read, after)
    assert (
        _filters(query).replace(" available=1", "").replace("country=BE", "").split()
        == left.split()
    )
    assert (query.available, query.country) == (True, ("BE",)), "these were chosen"
    assert all(notes.parts(one)[2] in after for one in query.said)
    assert _applied(query) == query


@pytest.mark.parametrize("opened", [False, True])
def test_another_sentence_says_all_anew_whether_the_first_was_just_typed_or_opened(
    opened: bool,
) -> None:
    query = _applied(SearchQuery(q="secrétaire à Lyon, moins de 30 euros", available=True))
    if opened:  # its address is all that is left of it
        query = parse(canonical(query), PLACES)[0]
    assert notes.sentence(query) == "secrétaire à Lyon moins de 30 euros"
    moved = _rewritten(query, "comptable à Marseille")
    assert _filters(moved) == "q=comptable near=marseille available=1"
    assert _filters(_rewritten(moved, "graphiste")) == "q=graphiste available=1"
    assert _filters(_rewritten(query, "")) == "available=1"


@pytest.mark.parametrize("text", [SENTENCE, "compta pour 20 à 30 €/h", "à Lyon", "devis", "£25/h"])
def test_the_sentence_of_a_search_asks_for_the_same_again(text: str) -> None:
    query = _applied(SearchQuery(q=text, available=True))
    again = _rewritten(query, notes.sentence(query))
    assert _filters(again) == _filters(query)
    assert _filters(_rewritten(again, f"{notes.sentence(again)} Notion")).startswith("q=")


@pytest.mark.parametrize(
    "text",
    [
        "standardiste bilingue anglais à Lyon lundi mardi mercredi jeudi vendredi 9h-12h 14h-17h moins de 30 €/h",
        "standard anglais courant lundi mercredi vendredi dimanche 8h-9h 10h-11h 12h-13h 14h-15h",
        "standard anglais courant lundi mercredi vendredi dimanche 8h-9h 10h-11h 12h-13h 14h-15h 16h-17h 18h-19h",
    ],
)  # fmt: skip
def test_however_much_is_said_no_filter_stays_that_cannot_be_written_over(text: str) -> None:
    query = _applied(SearchQuery(q=text))
    said = [pair for pair in query.filters if pair[0] != "q"]
    assert all(notes.words_of(query, *pair) for pair in said)
    assert notes.sentence(query).split() or not said
    assert _filters(_rewritten(query, "comptable")) == "q=comptable"


def test_words_of_which_a_filter_was_changed_by_hand_are_no_longer_said() -> None:
    read = _applied(SearchQuery(q="compta à Lyon pour 20 à 30 €/h"))
    for changes in ({"rate_max": 4000}, {"rate_min": None}):
        by_hand = parse(canonical(read.changed(**changes)), PLACES)[0]
        assert notes.sentence(by_hand) == "compta à Lyon"
        kept = {name: value for name, value in by_hand.filters if name.startswith("rate")}
        other = dict(_rewritten(by_hand, "graphiste").filters)
        assert {name: other[name] for name in kept} == kept


def test_how_far_someone_says_wins_over_what_a_form_sends_without_a_place() -> None:
    sent = [("q", "compta à 30 km de Rennes"), ("within_km", "50"), ("sort", "distance")]
    query, problems = asked(sent, PLACES, VOCABULARY, PARIS)
    assert (query.near, query.within_km, query.sort, problems) == ("rennes", 30, "distance", [])


def test_what_was_chosen_beside_the_words_stays_when_they_go() -> None:
    read = _applied(SearchQuery(q="compta à Lyon moins de 30 €"))
    near = parse([*canonical(read), ("within_km", "10"), ("sort", "distance")], PLACES)[0]
    again = _rewritten(near, "compta à Lyon et à jour")
    assert (again.near, again.within_km, again.sort, again.rate_max) == (
        "lyon",
        10,
        "distance",
        None,
    )
    gone = _rewritten(again, "compta")
    assert (gone.near, gone.within_km, gone.sort) == ("", 50, "relevance")
    far = _applied(SearchQuery(q="compta à 30 km de Rennes"))
    assert _rewritten(far, "compta à Rennes").within_km == 50
    wider = parse([p for p in canonical(far) if p[0] != "within_km"], PLACES)[0]
    said = "compta à 30 km de Rennes"
    assert [_rewritten(one, said).within_km for one in (far, wider)] == [30, 50]
    dearer = _rewritten(read.changed(rate_max=4000), "compta")
    assert (dearer.near, dearer.rate_max, dearer.said) == ("", 4000, ())


def test_gender_words_and_forms_never_change_what_is_understood() -> None:
    said = [
        understand(text, VOCABULARY, PARIS).pieces
        for text in (
            "une assistante bilingue anglais basée à Lyon",
            "un assistant bilingue anglais basé à Lyon",
        )
    ]
    assert [(p.parameter, p.value) for p in said[0]] == [(p.parameter, p.value) for p in said[1]]


def test_no_repetition_makes_understanding_slow() -> None:
    """Two hundred letters of anything cost milliseconds: a page is public."""
    for part in ("a ", "in ", "à la ", "de 8h a ", "bilingue anglais ", "1 a ", " ", "saint "):
        text = (part * 200)[:200]
        calls = Counter[str]()

        def counting(name: str, calls: Counter[str] = calls) -> tuple[str, bool] | None:
            calls[name] += 1
            return None

        understand(text, replace(VOCABULARY, town=counting), PARIS)
        assert calls.total() <= 400
        assert all(len(name) <= 200 for name in calls)


@given(st.text(max_size=80))
def test_no_text_breaks_it_and_nothing_is_lost_silently(text: str) -> None:
    found = understand(text, VOCABULARY, PARIS)
    assert found.pieces or found.text == text
    for one in found.pieces:
        _query, problems = parse([(one.parameter, one.value)], PLACES)
        assert not problems, one


@pytest.mark.parametrize(
    "text",
    ["de l'" * 250, ("pas " + "d' " * 18 + "x ") * 16 + "à Lyon", "french¨¨¨" * 110,
     "pas d'" * 160 + " à Lyon", "anglais, " * 110, "french" + " " * 990 + "x"],
)  # fmt: skip
def test_no_text_is_read_in_more_than_one_way_too_many(text: str) -> None:
    understand("anglais à Lyon", VOCABULARY, PARIS)  # what the first one waits for
    began = time.process_time()
    understand(text[:1000], VOCABULARY, PARIS)
    assert time.process_time() - began < 1
