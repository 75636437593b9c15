"""Who comes first for what people type, in French and English, on the real index."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from search.applying import applied
from search.language import fold
from search.query import SearchQuery
from tests.bench.relevance.scores import KNOWN
from tests.search.conftest import WORLD
from tests.search.corpus import TODAY, people, person
from tests.search.judged import JUDGED, ndcg

if TYPE_CHECKING:
    from tests.search.conftest import Directory

FORMS = (
    ("assistante virtuelle", "assistant virtuel", "assistant·e virtuel·le", "assistant(e) virtuel(le)"),
    ("rédactrice web", "rédacteur web", "rédacteur·rice web", "redacteur/trice web"),
    ("secrétaire", "secretaire", "SECRÉTAIRE", "secrétaire h/f", "femme secrétaire", "homme secrétaire"),
    ("traductrice", "traducteur", "traducteur/traductrice", "traducteur (H/F)"),
    ("conseillère clientèle", "conseiller clientèle", "conseiller.ère clientèle"),
    ("virtual assistant", "female virtual assistant", "male virtual assistant", "virtual assistants"),
    ("gestion d'agenda", "gestion d’agenda", "gestion agenda"),
)  # fmt: skip


async def test_the_judged_queries_are_answered_well(filled: Directory) -> None:
    scores = {}
    everyone = {person.id: person for person in people()}
    for judged in JUDGED:
        hits = await filled.ids(q=judged.text, facets="0")
        assert hits, f"nothing found for {judged.text!r}"
        grades = [judged.grade(everyone[id_]) for id_ in hits]
        scores[judged.text] = ndcg(grades, [judged.grade(one) for one in everyone.values()])
    mean = sum(scores.values()) / len(scores)
    worst = sorted(scores.items(), key=lambda row: row[1])[:8]
    assert mean >= 0.95, f"nDCG@10 {mean:.3f}, worst {worst}"
    assert worst[0][1] > 0.3, worst


@pytest.mark.parametrize("forms", FORMS, ids=lambda forms: forms[0])
async def test_gender_accents_and_spelling_never_change_the_answer(
    filled: Directory, forms: tuple[str, ...]
) -> None:
    first = await filled.find(q=forms[0], per_page="50")
    assert first.total
    for other in forms[1:]:
        answer = await filled.find(q=other, per_page="50")
        assert [hit["id"] for hit in answer.hits] == [hit["id"] for hit in first.hits], other


async def test_a_brand_name_is_never_corrected_into_a_near_word(filled: Directory) -> None:
    everyone = {person.id: person for person in people()}
    for brand in ("notion", "sage", "make", "slack", "xero"):
        hits = (await filled.find(q=brand, per_page="50")).hits
        assert hits
        assert brand in everyone[hits[0]["id"]].tools, brand


async def test_english_words_find_french_profiles(filled: Directory) -> None:
    english = await filled.ids(q="invoicing")
    french = await filled.ids(q="facturation")
    assert set(english[:5]) & set(french[:5])


HEADLINES = (
    "Standardiste bilingue anglais à Lyon, disponible le matin",
    "Comptable freelance spécialisée Pennylane, 10 ans d'expérience",
    "Votre bras droit pour l'administratif, la facturation et les relances",
    "Rédactrice web et community manager pour marques engagées",
    "L'assistante des artisans du bâtiment qui aime les devis",
    "I keep small teams organised, invoiced and on time",
    "Bookkeeper for creative studios, Xero and calm month-ends",
    "Mes journées commencent quand les vôtres débordent",
)


async def test_a_quoted_headline_finds_whose_it_is_first(empty: Directory) -> None:
    """Whatever its capitals, accents, order and small words; others who do the same follow."""
    everyone = people()
    owners = {
        headline: replace(everyone[40 * n + 7], headline_fr=headline)
        for n, headline in enumerate(HEADLINES)
    }
    changed = {one.id: one for one in owners.values()}
    await empty.admin.upsert([changed.get(one.id, one) for one in everyone], TODAY, wait=True)
    for headline, owner in owners.items():
        for typed in (
            headline,
            fold(headline).upper(),
            f"« {headline} » !",
            headline.replace(",", " -"),
        ):
            query = applied(SearchQuery(q=typed, facets=False), WORLD, KNOWN, "Europe/Paris")
            looser = query.changed(
                near="", near_point=None, near_towns=(), speaks=(), covers=(), skill=(), years=None
            )
            hits = (await empty.client.find(looser, TODAY)).hits
            assert hits[0]["id"] == owner.id, (typed, [person(hit).headline_fr for hit in hits[:3]])


async def test_words_of_what_nobody_does_find_nobody_by_themselves(empty: Directory) -> None:
    """Property adverts are "ads", too."""
    skills = ("property-listing", "job-posting")
    listing = replace(people()[0], skills=skills, skill_years=(3, 3), tools=())
    await empty.admin.upsert([listing], TODAY, wait=True)
    assert await empty.ids(q="annonces immobilières") == [listing.id]
    assert await empty.ids(q="google ads") == []
