"""Owns the shape of the data files: read strictly, so that a slip stops the start.

Amounts are integer minor units, tax rates parts per million (20 % = 200000, 9.975 % = 99750),
dates ISO 8601, where "2026" or "2026-05" say that only the year or the month is known.
"""

from marketplace.jurisdictions.schemas.base import Dated, Fact, Source
from marketplace.jurisdictions.schemas.entries import (
    Asked,
    Document,
    LegalForm,
    Limit,
    Mention,
    NumberKind,
    PaperNumber,
    Payable,
    Statement,
    TaxStatus,
    Territory,
    VatRate,
)
from marketplace.jurisdictions.schemas.jurisdiction import Jurisdiction, Rule, Rulebook

__all__ = [
    "Asked",
    "Dated",
    "Document",
    "Fact",
    "Jurisdiction",
    "LegalForm",
    "Limit",
    "Mention",
    "NumberKind",
    "PaperNumber",
    "Payable",
    "Rule",
    "Rulebook",
    "Source",
    "Statement",
    "TaxStatus",
    "Territory",
    "VatRate",
]
