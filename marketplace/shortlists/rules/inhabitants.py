"""Owns what people of a French-speaking place are called: "lyonnaise" tells the town as well.

Made from the place's name by the usual endings, those of larger places that are made otherwise by
heart. A form too much only hides a word that hardly exists.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_ENDINGS: Final = ("ais", "ois", "ain", "ien", "een")
_LINKS: Final = ("", "n", "e", "ge")
"""Between name and ending: Lyonnais, Liégeois, Albigeois."""
_LEAST: Final = 3
_PLAIN_LEAST: Final = 4
"""Of a shorter stem only "-ois": "niçois"; "-ien" would be every technician's."""
_OTHERS: Final = {
    "angers": "angevin", "auvergne": "auvergnat", "besancon": "bisontin", "bordeaux": "bordelais",
    "bourgogne": "bourguignon", "bretagne": "breton", "etienne": "stephanois",
    "ile": "francilien", "limoges": "limougeaud", "lorraine": "lorrain",
    "mans": "manceau mancelle", "mayotte": "mahorais", "metz": "messin", "normandie": "normand",
    "occitanie": "occitan", "pau": "palois", "picardie": "picard", "poitiers": "poitevin",
    "provence": "provencal provencau", "reims": "remois", "rochelle": "rochelais",
    "savoie": "savoyard", "tours": "tourangeau tourangelle",
}  # fmt: skip
_NOT_OF: Final = frozenset({"france", "centre", "grand", "pays", "hauts"})
"""Parts of regions' names whose forms say other things: "français" is a language."""
_ALSO_WORDS: Final = frozenset(
    "anglais bourgeois chinois combien contain courtois entrain gardien hautain mauvais mountain"
    " parois paroissien parrain patois republicain sixteen terrain tournois villageois".split()
)
"""Forms that are everyday words: a "gardien" need not live in the Gard."""


def inhabitants(names: Iterable[str]) -> frozenset[str]:
    """The words for who lives there, masculine and singular; `names` are folded words of places."""
    found: set[str] = set()
    for name in names:
        found.update(_OTHERS.get(name, "").split())
        stem = name.removesuffix("es").removesuffix("e").removesuffix("y")
        if name in _NOT_OF or len(stem) < _LEAST:
            continue
        if len(stem) < _PLAIN_LEAST:
            found.add(f"{stem}ois")
        else:
            found.update(stem + link + ending for link in _LINKS for ending in _ENDINGS)
    return frozenset(found - _ALSO_WORDS)
