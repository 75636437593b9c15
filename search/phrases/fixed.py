"""Owns set phrases that stand for one value of a filter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from search.phrases.base import Found

_FIXED: Final = (
    (r"(?:sans tva|hors tva|no vat|without vat|non assujettie? a la tva)", ("charges_vat", "0")),
    (r"(?:au forfait|a forfait|flat[- ]fee|fixed[- ]price)", ("engagement", "flat_fee")),
    (r"(?:a l'heure|au temps passe|by the hour|hourly)", ("engagement", "hourly")),
    (r"(?:au projet|par projet|by project|per project)", ("engagement", "project")),
    (r"(?:identite verifiee|verified identity|id[- ]verified)", ("verified", "identity")),
)


def fixed(text: str) -> Iterator[Found]:
    """Set phrases that stand for one value."""
    for phrase, said in _FIXED:
        for match in re.finditer(rf"(?<!\w){phrase}(?!\w)", text):
            yield Found(match.start(), match.end(), (said,))
