"""Owns what the directory refuses and its fixed numbers; never reads or writes."""

from __future__ import annotations

from typing import Final

from marketplace.core.errors import Invalid
from marketplace.core.i18n import _

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
    "sort",
)
"""Parameters the plain PostgreSQL listing leaves out, and says so; of the orders some."""


class SearchMisread(Invalid):
    """A parameter of a search that does not exist or has a value we cannot read."""

    status = 400
    message = _("We could not read this search.")
