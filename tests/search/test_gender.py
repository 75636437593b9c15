"""Gender words and gendered forms over the whole judged set: never another answer or order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from search import plan
from search.query import SearchQuery
from tests.bench.relevance.queries import tuning, unseen
from tests.bench.relevance.scores import RELEVANT
from tests.search.corpus import TODAY, people

if TYPE_CHECKING:
    from tests.search.conftest import Directory

PAIRS = (
    ("assistante", "assistant"), ("rédactrice", "rédacteur"), ("traductrice", "traducteur"),
    ("conseillère", "conseiller"), ("téléopératrice", "téléopérateur"), ("correctrice", "correcteur"),
    ("monteuse", "monteur"), ("directrice", "directeur"), ("virtuelle", "virtuel"),
    ("community manager", "community manageuse"), ("clientes", "clients"), ("coach", "coache"),
    ("avocate", "avocat"), ("salariés", "salariées"), ("commerciale", "commercial"),
    ("employés", "employées"), ("agent", "agente"), ("artisan", "artisane"),
    ("secrétaire médicale", "secrétaire médical"), ("immobilière", "immobilier"),
)  # fmt: skip
ADJECTIVES = (
    ("dédié", "dédiée"), ("dévoué", "dévouée"), ("discret", "discrète"), ("gentil", "gentille"),
    ("débrouillard", "débrouillarde"), ("assermenté", "assermentée"), ("confirmé", "confirmée"),
    ("basé", "basée"), ("installé", "installée"), ("doué", "douée"), ("retraité", "retraitée"),
    ("poli", "polie"), ("attentif", "attentive"), ("bon", "bonne"), ("doux", "douce"),
    ("légal", "légale"), ("fiscal", "fiscale"), ("local", "locale"), ("général", "générale"),
    ("marocain", "marocaine"), ("québécois", "québécoise"), ("sénégalais", "sénégalaise"),
    ("magistrat", "magistrate"), ("apprenti", "apprentie"), ("meilleur", "meilleure"),
    ("débordé", "débordée"), ("spécialisé", "spécialisée"), ("européen", "européenne"),
    ("urgent", "urgente"), ("ouvert", "ouverte"), ("sportif", "sportive"), ("réel", "réelle"),
    ("ponctuel", "ponctuelle"), ("grec", "grecque"), ("breton", "bretonne"), ("prêt", "prête"),
)  # fmt: skip
AROUND = (
    "femme {}",
    "homme {}",
    "{} h/f",
    "{} (H/F)",
    "female {}",
    "male {}",
    "Mme {}",
    "{} woman",
)


def swapped(text: str) -> list[str]:
    """The same wish with the other gender, with gender words, and inclusively."""
    found = [around.format(text) for around in AROUND]
    for one, other in (*PAIRS, *((b, a) for a, b in PAIRS)):
        changed = re.sub(rf"(?<!\w){one}(?!\w)", other, text)
        if changed != text:
            found.append(changed)
    return found


def _asked(text: str) -> list[dict[str, object]]:
    """Everything the index is asked for a text; asked alike, it answers alike."""
    query = SearchQuery(q=text, per_page=50, facets=False)
    hits = plan.hits_query(query, "index", TODAY)
    return [hits, *plan.relaxed(query, [hits])]


async def test_gender_never_changes_who_comes_back_nor_in_which_order(filled: Directory) -> None:
    different, seen = [], {one.text for one in tuning()}
    for one in (*tuning(), *unseen()):
        asked = _asked(one.text)
        others = [text for text in swapped(one.text) if _asked(text) != asked]
        first = await filled.ids(q=one.text, per_page="50", facets="0") if others else []
        for text in others:
            if await filled.ids(q=text, per_page="50", facets="0") != first:
                # Whoever tunes must not read what is kept unseen.
                different.append((one.text, text) if one.text in seen else ("unseen", ""))
    assert not different


@pytest.mark.parametrize(("one", "other"), ADJECTIVES)
def test_adjectives_of_either_gender_ask_the_same(one: str, other: str) -> None:
    for text in [row.text for row in tuning()][::80]:
        for number in ("", "" if one[-1] in "sx" else "s"):
            his, hers = f"{text} {one}{number}", f"{text} {other}{'s' if number else ''}"
            assert _asked(his) == _asked(hers)


def test_the_judged_set_is_large_and_a_third_of_it_is_unseen() -> None:
    texts = [one.text for one in (*tuning(), *unseen())]
    assert len(set(texts)) == len(texts) >= 600
    assert len(unseen()) * 3 >= len(texts)


def test_every_unseen_query_is_new_and_has_someone_right() -> None:
    texts = {one.text.lower() for one in unseen()} - {one.text.lower() for one in tuning()}
    many, new = len(unseen()), len(texts)
    nobody = sum(max(map(one.grade, people())) < RELEVANT for one in unseen())
    assert many == new >= 160, "no text is shown: whoever tunes must not read them"
    assert not nobody
