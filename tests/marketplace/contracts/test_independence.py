"""Signs of disguised employment: found in both languages, never in the ordinary, never an obstacle."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.contracts.rules import clauses
from marketplace.contracts.rules.independence import FULL_TIME, SIGNS, folded, named, signs
from marketplace.contracts.rules.terms import Agreement, HourlyTerms
from tests.marketplace.contracts.test_paper import KINDS, draft

SHOWN = (
    ("imposed_hours", "Présence de 9h à 17h tous les jours"),
    ("imposed_hours", "Answer the phone from 9am to 5pm"),
    ("imposed_hours", "Respecter les horaires de bureau"),
    ("exclusivity", "Clause d’exclusivité pendant le contrat"),
    ("exclusivity", "No other clients during the contract"),
    ("imposed_place", "Travail dans nos locaux le mardi"),
    ("imposed_place", "Two days on site each week"),
    ("hierarchy", "Sous l’autorité du directeur commercial"),
    ("hierarchy", "She reports to the manager every morning"),
    ("sanctions", "Un retard donne lieu à un avertissement"),
    ("sanctions", "A fee is deducted if a call is missed"),
    ("leave", "Congés à faire valider un mois avant"),
    ("leave", "Ask for leave two weeks before"),
    ("substitution", "L’assistante ne peut pas se faire remplacer"),
    ("integration", "Écrire avec l’adresse e-mail de l’entreprise"),
    ("integration", "Introduce yourself as our employee"),
    ("equipment", "Un ordinateur fourni par la société"),
    ("monitoring", "Captures d’écran toutes les dix minutes"),
    ("monitoring", "Screenshots are taken"),
    ("salary", "Salaire mensuel et congés payés"),
    ("salary", "Three months of probation period"),
)
ORDINARY = (
    "Répondre au téléphone et noter les messages, sous deux heures",
    "Tri des e-mails, factures, relances des impayés, tenue de l’agenda",
    "Answer e-mails within a day, prepare quotes and invoices, keep the calendar",
    "Prise de rendez-vous sur Doctolib, rappel des patients, compte rendu chaque vendredi",
    "Bookkeeping in Xero, monthly report, VAT return prepared for the accountant",
)


def agreed(scope: str, kind: str = "hourly", **terms: Any) -> Agreement:
    return draft(KINDS[kind] | terms, "fr", scope=scope).agreement


@pytest.mark.parametrize(("wanted", "text"), SHOWN)
def test_a_sign_is_found_with_the_words_that_show_it(wanted: str, text: str) -> None:
    found = {each.sign.id: each for each in signs(agreed(f"Tenir l’agenda.\n{text}\nAppels."))}
    assert wanted in found
    assert found[wanted].excerpt in text or found[wanted].excerpt.strip("…") in text


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_work_shows_none(text: str) -> None:
    assert signs(agreed(text)) == ()


def test_a_full_time_cap_is_a_sign_of_its_own() -> None:
    assert [f.sign for f in signs(agreed(ORDINARY[0], weekly_cap_minutes=35 * 60))] == [FULL_TIME]
    assert signs(agreed(ORDINARY[0], weekly_cap_minutes=35 * 60 - 30)) == ()


def test_a_cap_changed_later_counts_from_the_present_week_on() -> None:
    first = agreed(ORDINARY[0]).terms
    assert isinstance(first, HourlyTerms)
    weeks = [first.first_week + timedelta(weeks=n) for n in range(5)]
    raises = [
        {"from_week": weeks[1], "minutes": 40 * 60},
        {"from_week": weeks[3], "minutes": 10 * 60},
    ]
    changed = agreed(ORDINARY[0], raises=raises)
    found = [named(signs(changed, monday)) for monday in weeks]
    assert found == ["full_time"] * 3 + ["none"] * 2


def test_each_sign_names_a_clause_of_the_contract_and_a_source() -> None:
    known = {clause.id for clause in clauses.clauses("fr")}
    for sign in (*SIGNS, FULL_TIME):
        assert sign.clause in known
        assert sign.source
    assert len({sign.id for sign in SIGNS}) == len(SIGNS)


@given(st.text(max_size=300))
@settings(max_examples=100)
def test_any_text_can_be_read(text: str) -> None:
    assert len(folded(text)) <= len(text)
    signs(agreed("Appels et agenda " + text.replace("\x00", "")))
