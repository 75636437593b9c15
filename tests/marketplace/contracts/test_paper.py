"""The document: clauses in two languages, nothing empty, the same bytes every time."""

from __future__ import annotations

import io
import re
from itertools import product
from typing import Any

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.contracts.rules import clause_values, clauses, paper
from marketplace.contracts.rules.terms import Agreement
from marketplace.contracts.service import documents
from payments.fees import FeeTerms
from tests.marketplace.contracts.test_terms import START, agreements

KINDS: dict[str, dict[str, Any]] = {
    "hourly": {"kind": "hourly", "rate_minor": 2850, "weekly_cap_minutes": 450,
               "first_week": START},
    "flat_fee": {"kind": "flat_fee", "price_minor": 90_000, "periods": 3, "includes": "60 appels"},
    "project": {"kind": "project", "milestones": [
        {"title": "Audit", "price_minor": 50_000, "due_on": START, "criteria": "Rapport remis"}]},
}  # fmt: skip


def draft(terms: dict[str, Any], language: str, **more: Any) -> clause_values.Draft:
    values: dict[str, Any] = {
        "title": "Accueil et factures", "scope": "Répondre au téléphone\n#let x = {1} $ <a>",
        "currency": "EUR", "language": language, "starts_on": START, "notice_days": 14,
        "trial_days": 14, "time_zone": "Europe/Paris", "terms": terms, "fees": FeeTerms(),
    }  # fmt: skip
    return on_paper(Agreement.model_validate(values | more))


def on_paper(agreement: Agreement) -> clause_values.Draft:
    return clause_values.Draft(
        number="RL-2026-000001",
        version=1,
        agreement=agreement,
        business=clause_values.PartyOnPaper("business", "Atelier Dubois", ("SAS", "Lyon")),
        assistant=clause_values.PartyOnPaper("assistant", "Camille Martin", ("Lille",)),
        platform="Relais",
        law="France",
        tax="TVA 20 %",
    )


def test_both_languages_carry_the_same_clauses_and_conditions() -> None:
    french, english = clauses.clauses("fr"), clauses.clauses("en")
    assert [(c.id, c.when, c.family) for c in french] == [(c.id, c.when, c.family) for c in english]
    assert len({c.id for c in french}) == len(french)
    for one, other in zip(french, english, strict=True):
        assert len(one.text) == len(other.text)
        names = [set(re.findall(r"{(\w+)}", " ".join(c.text))) for c in (one, other)]
        assert names[0] == names[1], one.id


@pytest.mark.parametrize(
    ("language", "said"), [("fr", "10 jours ouvrés"), ("en", "10 business days")]
)
def test_a_notice_in_business_days_says_whose(language: str, said: str) -> None:
    drafts = [draft(KINDS["project"], language, notice_days=10, notice_in=counted)
              for counted in ("days", "business_days")]  # fmt: skip
    plain, business = ({c["id"]: c for c in paper.compose(each)["clauses"]} for each in drafts)
    assert business.keys() - plain.keys() == {"ending.notice"}
    assert said in business["ending"]["paragraphs"][0].replace("\u00a0", " ")
    assert "France" in business["ending.notice"]["paragraphs"][0]


def test_the_words_are_plain() -> None:
    for language, document in product(("fr", "en"), ("clauses", "amendment")):
        found = clauses.clauses(language, document)
        texts = " ".join(text for clause in found for text in clause.text)
        sentences = [s for s in re.split(r"[.?!]\s", texts) if s.strip()]  # a colon ends none
        assert sum(len(s.split()) for s in sentences) / len(sentences) < 22
        assert max(len(s.split()) for s in sentences) < 45
        assert not re.search(r"séquestre|escrow", texts, re.IGNORECASE)
        if language == "fr":
            foreign = (
                r"\b(?:the|and|feedback|deadline|milestones?|reporting|scope|freelance|flat)\b"
            )
            assert not re.search(foreign, texts, re.IGNORECASE)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_renders_in_both_languages(kind: str, language: str) -> None:
    data = paper.compose(draft(KINDS[kind], language))
    content = documents.render(data, 1_800_000_000)
    assert content == documents.render(data, 1_800_000_000)
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    assert "RL-2026-000001" in text
    assert "Camille Martin" in text
    assert "#let x = {1} $ <a>" in text  # what people write is text, never markup
    said = "\n".join(p for c in data["clauses"] for p in c["paragraphs"])
    assert "{" not in said
    assert "}" not in said
    wanted = "fonds provisionnés" if language == "fr" else "held funds"
    assert wanted in text


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", KINDS)
def test_recorded_payments_are_said_plainly_and_held_funds_are_not_promised(
    kind: str, language: str
) -> None:
    data = paper.compose(draft(KINDS[kind], language, rail="recorded"))
    ids = {clause["id"] for clause in data["clauses"]}
    assert "recorded_payments" in ids
    assert not [each for each in ids if each.startswith("held_funds")]
    text = "\n".join(p for c in data["clauses"] for p in c["paragraphs"])
    said = "sans fonds provisionnés" if language == "fr" else "without held funds"
    assert text.count(said) == 1
    assert "{" not in text
    held = {c["id"] for c in paper.compose(draft(KINDS[kind], language))["clauses"]}
    assert {each.removesuffix(".recorded") for each in ids if each.endswith(".recorded")} <= held
    assert "recorded_payments" not in held


@given(agreements(), st.sampled_from(["fr", "en"]))
@settings(max_examples=60)
def test_no_agreement_leaves_a_hole(agreement: Agreement, language: str) -> None:
    data = paper.compose(on_paper(agreement.model_copy(update={"language": language})))
    assert all(label and value for label, value in data["key_terms"])
    assert all(text.strip() for clause in data["clauses"] for text in clause["paragraphs"])


def test_an_empty_variable_or_a_brace_stops_the_document() -> None:
    for text in ("Hello {name}", "{}", "a {{ b", "{name!r}"):
        with pytest.raises(clauses.PaperIncomplete):
            clauses.fill(text, {"name": " "})
    assert clauses.fill("Hello {name}.", {"name": "x"}) == "Hello x."
