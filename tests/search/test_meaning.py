"""What whole texts mean, as learnt: weights that fit their sources, sentences nobody listed."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search import taxonomy
from search.language import normalise
from search.learning.sources import as_well, digest, wishes
from search.senses.meaning import meant, model, signs
from search.senses.refusing import heard
from tests.bench.relevance.queries import unseen


def best(text: str) -> str:
    shares = meant(normalise(heard(text)))
    return max(shares, key=lambda code: shares[code])


def test_the_weights_were_learnt_from_these_sources() -> None:
    assert model().source == digest(), "learn anew: python -m search.learning"
    assert model().codes == tuple(sorted(term.code for term in taxonomy.skills()))
    assert model().as_well == as_well()


def test_every_sentence_is_of_known_skills_and_every_skill_has_many() -> None:
    times = {term.code: 0 for term in taxonomy.skills()}
    for text, codes in wishes():
        assert text.strip()
        for code in codes:
            times[code] += 1
    assert len({text for text, _codes in wishes()}) == len(wishes())
    assert min(times.values()) >= 50


def test_nothing_is_learnt_from_the_unseen_part() -> None:
    learnt = {normalise(text) for text, _codes in wishes()}
    assert learnt.isdisjoint(normalise(one.text) for one in unseen())


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("personne n'entend la sonnerie quand la perceuse tourne", "inbound-calls virtual-receptionist"),
        ("trois locataires ont deux mois de retard, il faut leur écrire", "payment-reminders property-management accounts-receivable"),
        ("my drawer of petrol receipts frightens the accountant", "expense-reports pre-accounting"),
        ("les tableaux de garde des infirmiers changent tous les jours", "staff-rostering"),
        ("make my slides for the trade fair look less like a spreadsheet", "presentation-design"),
        ("ranger dix ans de classeurs numérisés", "file-management"),
        ("tradiure la notice en alemand", "translation-de"),
    ],
)  # fmt: skip
def test_sentences_that_stand_nowhere_are_understood(text: str, right: str) -> None:
    assert text not in dict(wishes())
    assert best(text) in right.split()


@given(st.text(max_size=400))
def test_shares_are_shares_whatever_is_typed(text: str) -> None:
    shares = meant(normalise(text))
    assert all(0 < share <= 1 for share in shares.values())
    assert math.fsum(shares.values()) <= 1.001
    strong = [one * one for one in signs(normalise(text)).values()]
    assert not strong or math.isclose(math.fsum(strong), 1.0)


def test_what_says_nothing_means_nothing() -> None:
    assert meant("") == {}
    assert meant("§§") == {}
