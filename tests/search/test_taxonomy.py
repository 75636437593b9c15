"""The vocabulary keeps its promises."""

from __future__ import annotations

import json

import pytest

from search import taxonomy
from search.errors import TaxonomyBroken
from search.language import normalise

NEEDED = (
    "reception administration email calendar invoicing bookkeeping data documents projects crm hr"
    " sales social ecommerce translation medical legal realestate it nocode"
).split()


def test_it_is_large_enough_and_covers_every_trade() -> None:
    assert len(taxonomy.skills()) >= 150
    assert len(taxonomy.tools()) >= 60
    served = {skill.group for skill in taxonomy.skills()}
    assert set(NEEDED) <= served


def test_every_term_has_names_and_synonyms_in_both_languages() -> None:
    for term in (*taxonomy.skills(), *taxonomy.tools()):
        assert term.fr, term.code
        assert term.en, term.code
        assert term.synonyms_fr, term.code
        assert term.synonyms_en, term.code


def test_labels_are_unique_within_a_language() -> None:
    for locale in ("fr", "en"):
        labels = [normalise(term.label(locale)) for term in taxonomy.skills()]
        assert len(set(labels)) == len(labels)


def test_labels_follow_the_locale_and_unknown_codes_stay_readable() -> None:
    assert taxonomy.label("invoicing", "fr") == "Facturation"
    assert taxonomy.label("invoicing", "en") == "Invoicing"
    assert taxonomy.label("no-such-code", "fr") == "no-such-code"
    assert taxonomy.is_skill("invoicing")
    assert taxonomy.is_tool("aircall")
    assert not taxonomy.is_skill("aircall")


@pytest.mark.parametrize(
    ("field", "value"), [("code", "Bad Code"), ("group", "nowhere"), ("fr", " ")]
)
def test_a_broken_entry_is_refused_by_name(field: str, value: str) -> None:
    raw = json.loads(taxonomy.DATA.read_text(encoding="utf-8"))
    raw["skills"][0][field] = value
    with pytest.raises(TaxonomyBroken):
        taxonomy.parse(raw)
