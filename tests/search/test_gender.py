"""Gender words and gendered forms over the whole judged set: never another answer or order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.bench.relevance.queries import held_out, judged

if TYPE_CHECKING:
    from tests.search.conftest import Directory

PAIRS = (
    ("assistante", "assistant"), ("rédactrice", "rédacteur"), ("traductrice", "traducteur"),
    ("conseillère", "conseiller"), ("téléopératrice", "téléopérateur"), ("correctrice", "correcteur"),
    ("monteuse", "monteur"), ("directrice", "directeur"), ("virtuelle", "virtuel"),
    ("secrétaire médicale", "secrétaire médical"), ("immobilière", "immobilier"),
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


async def test_gender_never_changes_who_comes_back_nor_in_which_order(filled: Directory) -> None:
    different = []
    for one in judged():
        first = await filled.ids(q=one.text, per_page="50", facets="0")
        for text in swapped(one.text):
            if await filled.ids(q=text, per_page="50", facets="0") != first:
                different.append((one.text, text))
    assert not different


def test_the_judged_set_is_large_and_a_third_of_it_is_held_out() -> None:
    texts = [one.text for one in judged()]
    assert len(set(texts)) == len(texts) >= 120
    assert len(held_out()) * 3 >= len(texts)
