"""Words made comparable: consistent, idempotent, blind to gender."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.language import GENDER_WORDS, normalise


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Secrétaire", "secretaire"),
        ("l'accueil d’hôtesse", "accueil hote"),
        ("assistant·e virtuel·le", "assistant virtuel"),
        ("assistant(e) virtuel(le)", "assistant virtuel"),
        ("rédacteur·rice", "redacteur"),
        ("vendeur/vendeuse", "vendeur"),
        ("commerciales et commerciaux", "commercial et commercial"),
        ("secrétaire H/F", "secretaire"),
        ("sage-femme", "sagefemme"),
        ("Isle of Man", "isleofman"),
        ("e-mails", "email"),
        ("e-commerce", "ecommerce"),
        ("n8n", "n8n"),
        ("monday.com", "monday.com"),
        ("facturons relançait publiez", "facturation relance publication"),
        ("rendez le montant au client", "rendez le montant au client"),
    ],
)
def test_known_spellings_meet(text: str, expected: str) -> None:
    assert normalise(text) == expected


def test_gender_words_disappear_from_text_but_not_from_names() -> None:
    assert normalise("homme ou femme comptable") == normalise("comptable") or "ou" in normalise(
        "homme ou femme comptable"
    )
    assert normalise("une femme standardiste") == "une standardiste"
    assert normalise("Ms Dame", keep_gender=True) == "ms dame"


@given(st.text(max_size=60))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


@pytest.mark.parametrize("text", ["0@-0", "aide-femme", "homme-orchestre"])
def test_parts_of_a_joined_word_are_words_of_their_own(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
    assert normalise("femme-orchestre") == normalise("homme-orchestre")


@given(st.sampled_from(sorted(GENDER_WORDS)), st.sampled_from(["comptable", "saisie", "webmaster"]))
def test_a_gender_word_beside_a_trade_says_nothing(word: str, trade: str) -> None:
    assert normalise(f"{word} {trade}") == normalise(trade)


@pytest.mark.parametrize(
    "one",
    "année journée donnée semaine domaine soirée tournée degree committee coffee trainee scale"
    " animal journal national commerciale assistante".split(),
)
def test_one_and_many_of_a_noun_are_the_same(one: str) -> None:
    many = f"{one[:-1]}ux" if one.endswith("al") else f"{one}s"
    assert normalise(many) == normalise(one)
