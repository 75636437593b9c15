"""Owns what EN 16931 wants of an invoice that follows a decision; never builds one.

Numbers in brackets are the standard's business terms (BT) and rules (BR).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from marketplace.jurisdictions.rules.vat import Category, VatDecision

PPM_PER_PERCENT: Final = 10_000


class Need(StrEnum):
    """A number the standard makes compulsory, as one of two."""

    SELLER_TAX_ID = "seller_tax_id"  # BT-31 or BT-32 (BR-S/Z/E/AE-02)
    BUYER_TAX_OR_LEGAL_ID = "buyer_tax_or_legal_id"  # BT-48 or BT-47 (BR-AE-02)
    SELLER_LEGAL_OR_OWN_ID = "seller_legal_or_own_id"  # BT-30 or BT-29, as BT-31 may not stand


@dataclass(frozen=True, slots=True)
class InvoiceTax:
    """The VAT group of an invoice (BG-23) and which numbers may stand on it as data.

    `rate_percent` (BT-119, BT-152) is None where the standard forbids a rate; `reason_fr`, `_en`
    (BT-120) and `vatex` (BT-121) are "" and None where it forbids a reason, and `note_fr`, `_en`
    (BT-22) hold the words that are due all the same. `seller_vat_id` (BT-31) and `buyer_vat_id`
    (BT-48) may be printed on paper in any case. `expressible` is false for two taxes on one line.
    """

    category: str
    rate_percent: Decimal | None
    vatex: str | None
    reason_fr: str
    reason_en: str
    note_fr: str
    note_en: str
    seller_vat_id: bool
    buyer_vat_id: bool
    needs: tuple[Need, ...]
    expressible: bool


def invoice_tax(decision: VatDecision) -> InvoiceTax:
    """A decision in the terms of EN 16931."""
    category = decision.category
    outside = category is Category.OUTSIDE_SCOPE
    reasoned = category not in {Category.STANDARD, Category.ZERO_RATED}  # BR-S-10, BR-Z-10
    needs = [Need.SELLER_LEGAL_OR_OWN_ID if outside else Need.SELLER_TAX_ID]
    if category is Category.REVERSE_CHARGE:
        needs.append(Need.BUYER_TAX_OR_LEGAL_ID)
    return InvoiceTax(
        category=category.value,
        rate_percent=None if outside else Decimal(decision.rate_ppm) / PPM_PER_PERCENT,
        vatex=decision.vatex if reasoned else None,
        reason_fr=decision.mention_fr if reasoned else "",
        reason_en=decision.mention_en if reasoned else "",
        note_fr="" if reasoned else decision.mention_fr,
        note_en="" if reasoned else decision.mention_en,
        seller_vat_id=not outside,  # BR-O-02
        buyer_vat_id=not outside,
        needs=tuple(needs),
        expressible=len(decision.taxes) <= 1,
    )
