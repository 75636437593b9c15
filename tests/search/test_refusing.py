"""What is said not to be wanted: never searched for, and what only looks like it is."""

from __future__ import annotations

import pytest

from search.senses import asked
from search.senses.refusing import heard


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("assistante sans prospection et sans relance", "assistante"),
        ("assistante sauf phoning et compta", "assistante"),
        ("VA except bookkeeping and payroll", "a VA"),
        ("assistant no bookkeeping and no payroll", "assistant"),
        ("assistante hors prospection et réseaux sociaux", "assistante"),
        ("community manager, no ads", "community manager"),
        ("community manager (no ads)", "community manager"),
        ("une secrétaire qui ne fait pas la compta", "une secrétaire"),
        ("doesn't do bookkeeping, only invoicing", "only invoicing"),
        ("pas un comptable mais un assistant", "un assistant"),
        ("secrétaire, pas médicale", "secrétaire"),
        ("secrétaire (pas médicale)", "secrétaire"),
        ("secrétaire pas médicale", "secrétaire"),
        ("facturation -relance", "facturation"),
        ("comptable -paie -juridique", "comptable"),
    ],
)
def test_what_is_refused_is_not_searched_for(text: str, wanted: str) -> None:
    assert asked(text).codes == asked(wanted).codes


@pytest.mark.parametrize("text", ["pas de phoning", "no cold calling", "zéro prospection"])
def test_who_only_refuses_asks_for_nobody_in_particular(text: str) -> None:
    assert heard(text) == ""
    assert asked(text).words == ""


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("je n'ai pas de secrétaire", "secrétaire"),
        ("je n'ai plus de secrétaire", "secrétaire"),
        ("we have no bookkeeper", "bookkeeper"),
        ("sans comptable depuis un mois", "comptable"),
        ("je n'ai pas de site internet", "site internet"),
    ],
)
def test_whoever_has_none_looks_for_one(text: str, wanted: str) -> None:
    assert asked(wanted).codes
    assert asked(text).codes == asked(wanted).codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (
            "Je cherche une assistante pour : -facturation -relance clients -tri des mails",
            {"invoicing", "client-follow-up", "email-triage"},
        ),
        (
            "Missions : -gestion des mails -facturation -relance des impayés",
            {"email-triage", "invoicing", "payment-reminders"},
        ),
    ],
)
def test_the_dashes_of_a_list_refuse_nothing(text: str, codes: set[str]) -> None:
    assert codes <= asked(text).codes


def test_one_who_has_asks_for_no_artificial_intelligence() -> None:
    for text in ("j'ai besoin d'une assistante", "j'ai un souci", "qu'ai-je à faire", "jai besoin"):
        assert "ai-assistance" not in asked(text).codes
    assert "ai-assistance" in asked("AI assistant").codes


def test_a_phrase_with_a_small_word_of_its_own_is_not_the_word_alone() -> None:
    assert "automation" not in asked("un coup de main").codes
    assert "automation" not in asked("besoin d'un coup de main pour ma compta").codes
    assert "restaurant-admin" not in asked("salon professionnel").codes
