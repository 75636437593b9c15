"""Variants by jurisdiction: every pair finds its clauses, in both languages, on paper."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import product
from typing import Any

import pypdf
import pytest

from marketplace.contracts.rules import clause_values, clauses, paper
from marketplace.contracts.rules.schedules import Basis, DataTool, transfers
from marketplace.contracts.service import documents
from marketplace.jurisdictions import queries as jurisdictions
from tests.marketplace.contracts.test_paper import KINDS, draft

PAIRS = (
    ("FR", "FR"), ("FR", "MA"), ("BE", "FR"), ("CH", "CH"), ("LU", "BE"), ("CA-QC", "CA-QC"),
    ("GB", "GB"), ("US-NY", "FR"), ("US-CA", "US-CA"), ("US-IL", "LU"), ("MA", "MA"), ("SN", "MG"), ("FR", "CA-QC"),
)  # fmt: skip
DATA = {
    "purpose": "Répondre aux appels",
    "data": ["Coordonnées"],
    "people": ["Clients"],
    "tools": [{"name": "Gmail", "country": "US"}],
}
KPIS = [{"key": "first_response", "target": 30}, {"key": "satisfaction", "target": 42}]


def placed(
    kind: str, language: str, client: str, assistant: str, **more: Any
) -> clause_values.Draft:
    return at(draft(KINDS[kind], language, **more), client, assistant)


def at(
    found: clause_values.Draft, client: str, assistant: str, *, company: bool = False
) -> clause_values.Draft:
    """The same document between two parties of these jurisdictions."""
    language = found.agreement.language

    def here(
        party: clause_values.PartyOnPaper, code: str, *, company: bool
    ) -> clause_values.PartyOnPaper:
        place = jurisdictions.get(code)
        return replace(
            party,
            place=code,
            place_name=place.name(language),
            country=place.country,
            company=company,
        )

    return replace(
        found,
        business=here(found.business, client, company=True),
        assistant=here(found.assistant, assistant, company=company),
        law=jurisdictions.get(assistant).name(language),
    )


def ids(data: dict[str, Any]) -> list[str]:
    return [clause["id"] for clause in data["clauses"]]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("client", "assistant"), PAIRS)
def test_a_pair_reads_the_same_in_both_languages_and_on_paper(
    kind: str, client: str, assistant: str
) -> None:
    texts = {}
    for language in ("fr", "en"):
        data = paper.compose(
            placed(kind, language, client, assistant, personal_data=DATA, kpis=KPIS)
        )
        texts[language] = ids(data)
        content = documents.render(data, 1_800_000_000)
        pages = pypdf.PdfReader(io.BytesIO(content)).pages
        text = " ".join("\n".join(page.extract_text() for page in pages).split())
        assert text.count("{") == text.count("{1}")
        assert "Gmail" in text
        assert ("Annexe 2" if language == "fr" else "Schedule 2") in text
        assert b"pdfaid:part" in content or b"/OutputIntents" in content
        first, second = (page.extract_text() for page in pages[:2])
        assert data["labels"]["key_terms"] in first  # a page of its own
        assert data["labels"]["clauses"] not in first
        assert data["labels"]["clauses"] in second
        last = max(n for n, page in enumerate(pages, 1)
                   if data["labels"]["signatures"] in page.extract_text())  # fmt: skip
        assert {box["page"] for box in documents.signature_boxes(data)} == {last}
    assert texts["fr"] == texts["en"]


def test_every_pair_of_jurisdictions_finds_one_clause_of_each_family() -> None:
    families = {clause.family for clause in clauses.clauses("fr")} - {""}
    taken = set()
    known = [place.code for place in jurisdictions.all()]
    found = draft(KINDS["project"], "fr")
    for client, assistant, company in product(known, known, (False, True)):
        pair = at(found, client, assistant, company=company)
        # every clause is met once; the French version that is handed over first (Quebec) too
        holds = clause_values.conditions(replace(pair, french_copy=company))
        chosen = clauses.chosen("fr", holds)
        assert sorted(c.family for c in chosen if c.family) == sorted(families)
        taken |= {clause.id for clause in chosen}
    variants = {clause.id for clause in clauses.clauses("fr") if clause.family}
    assert variants <= taken  # none is dead


@pytest.mark.parametrize(
    ("client", "assistant", "wanted"),
    [
        ("FR", "FR", {"late.rate.fr", "legal_documents.fr", "independence.signs.fr"}),
        ("FR", "MA", {"late.rate.fr", "legal_documents.ma", "independence.signs.ma"}),
        ("BE", "BE", {"late.rate.eu", "legal_documents.be", "independence.signs.be"}),
        ("LU", "LU", {"late.rate.eu", "legal_documents.any", "independence.signs.lu"}),
        ("DE", "FR", {"late.rate.de", "legal_documents.any", "independence.signs.fr"}),
        ("CH", "FR", {"late.rate.ch", "legal_documents.ch", "independence.signs.fr"}),
        ("GB", "GB", {"late.rate.gb", "legal_documents.any", "independence.signs.gb"}),
        ("CA-QC", "CA-QC", {"late.rate.any", "legal_documents.qc", "independence.signs.qc",
                            "language.qc"}),
        ("US-NY", "US-NY", {"legal_documents.us", "payment_date.us", "independence.signs.any"}),
        ("US-IL", "US-IL", {"legal_documents.us", "payment_date.us", "independence.signs.any"}),
        ("US-CA", "US-CA", {"legal_documents.us", "payment_date.us", "independence.signs.us_ca"}),
        ("MA", "MA", {"late.rate.ma", "legal_documents.ma.home", "independence.signs.ma"}),
        ("SN", "MG", {"late.rate.any", "legal_documents.any", "independence.signs.any",
                      "language.any"}),
    ],
)  # fmt: skip
def test_the_variants_of_a_pair(client: str, assistant: str, wanted: set[str]) -> None:
    assert wanted <= set(ids(paper.compose(placed("hourly", "fr", client, assistant))))


def test_personal_data_and_targets_come_only_when_declared() -> None:
    plain = paper.compose(placed("flat_fee", "en", "FR", "FR"))
    assert plain["personal_data"] is None
    assert {"personal_data.none"} == {i for i in ids(plain) if i.startswith("personal_data")}
    assert "kpi" not in ids(plain)
    full = paper.compose(placed("flat_fee", "en", "FR", "FR", personal_data=DATA, kpis=KPIS))
    assert {"personal_data", "kpi"} <= set(ids(full))
    assert full["kpis"][0][:2] == ("First answer", "within 30 minutes")
    assert full["kpis"][1][1] == "at least 4.2 out of 5"


@pytest.mark.parametrize(
    ("client", "country", "basis"),
    [
        ("FR", "BE", None), ("FR", "FR", None), ("FR", "CH", Basis.ADEQUACY),
        ("FR", "US", Basis.IN_PART), ("FR", "MA", Basis.CLAUSES), ("GB", "FR", Basis.ADEQUACY),
        ("GB", "IN", Basis.UK_CLAUSES), ("CH", "MG", Basis.CLAUSES), ("US", "FR", Basis.LOCAL),
    ],
)  # fmt: skip
def test_what_lets_data_leave(client: str, country: str, basis: Basis | None) -> None:
    found = transfers(client, client, "Camille", [DataTool(name="Tool", country=country)])
    assert [each.basis for each in found] == ([basis] if basis else [])
