"""Owns what the directory refuses and its fixed numbers; never reads or writes."""

from __future__ import annotations

import re
from typing import Final

from marketplace.core.errors import Invalid
from marketplace.core.i18n import _
from search.language import fold

FALLBACK_SECONDS: Final = 2.0
"""How long the plain listing may take before the visitor is told to come back."""
BATCH: Final = 1000
"""Profiles sent at once: a change waits for one batch of a rebuild at most."""
FIRST_BATCH: Final = 4000
"""The same while the index is empty: nobody waits for a change, and fewer batches cost less."""
PAGE: Final = 5000
"""Versions compared at once."""
LISTINGS_AT_ONCE: Final = 4
"""Plain listings that may keep the database busy; the others wait within their time."""
MANY: Final = 200_000
"""From so many profiles on, counting takes longer than finding: results do not wait for it."""
SUGGESTION_LENGTH_MIN: Final = 2
FALLBACK_CANNOT: Final = (
    *("covers", "legal_form", "charges_vat", "can_contract_with", "verified", "payable", "explain"),
    *("q", "sort"),
)
"""Parameters the plain PostgreSQL listing leaves out, and says so; of the orders some."""

FORMS: Final = frozenset(
    "sas sasu sarl eurl sci scop srl ltd llc inc bvba gmbh corp m mr mrs ms mme mlle monsieur"
    " madame and et the of les des de du la le el al van von der den ter services service conseil"
    " consulting assistance groupe group france".split()
)
"""Words of many names, that make no two of them the same."""
NAME_WORDS_LEAST: Final = 2


def same_name(own: str, register: str) -> bool:
    """Whether two names, in whatever order and case, can be those of one person or company.

    One of them has all words of the other, at least two: a first name or a word of a trade in
    common is nobody's name.
    """
    written = [set(re.findall(r"[^\W_]+", fold(name))) for name in (own, register)]
    telling = [words - FORMS for words in written]
    fewer, more = sorted(telling, key=len)
    if written[0] == written[1]:
        return bool(written[0])
    if fewer == more:
        return bool(fewer)
    return len(fewer) >= NAME_WORDS_LEAST and fewer <= more


class SearchMisread(Invalid):
    """A parameter of a search that does not exist or has a value we cannot read."""

    status = 400
    message = _("We could not read this search.")
