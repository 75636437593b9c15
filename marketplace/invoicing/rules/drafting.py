"""Owns how money that moved in the ledger becomes the lines and taxes of a document.

The ledger is right: a document accounts for its amounts to the cent or is not made at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from marketplace.core.i18n import _
from marketplace.invoicing.rules.papers import Identity, Kind, TaxLine
from marketplace.jurisdictions.rules import QUEBEC_TAX, SENTENCES, Tax
from payments.fees import Share, tax_on
from payments.money import Money, half_up

MILLION: Final = 1_000_000
ROUNDED: Final = 3
"""How many minor units the tax on a part of a part may be off by rounding alone."""

# Money held before rates were exact: theirs were in hundredths of a percent, so half of one off.
WHOLE_BPS: Final = 100
ROUNDING_PARTS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Blocked(Exception):
    """A document cannot be made yet; `code` says why, and what to do (see WHY)."""

    code: str


WHY: Final[dict[str, str]] = {
    "mandate": _("The assistant has not signed the invoicing mandate yet."),
    "vat_mismatch": _(
        "The VAT collected under the contract is not the VAT due today: a person has to look."
    ),
    "operator": _("The operator’s own legal details are missing from the settings."),
    "qst_number": _(
        "The QST number of the assistant is missing: add it to its identity. An invoice with "
        "Quebec’s tax carries it."
    ),
    "lut_number": _(
        "The number of the assistant’s LUT (ARN) or its SAC code is missing: add both to its "
        "identity. An invoice for an export without tax from India carries them."
    ),
    "identity": _("The address or the registration number of a side is missing."),
    "original": _("It corrects an invoice that has not been issued yet."),
    "by_seller": _(
        "It corrects an invoice that the seller issued itself: it is for the seller to issue it."
    ),
    "rules": _("The file breaks a rule of the invoicing standard: a person has to look."),
    "gate": _("The check of the file could not be run; it is tried again."),
}


def why(code: str) -> str:
    """The sentence of a reason, to be translated; those of the VAT rules are their own."""
    return WHY.get(code) or SENTENCES.get(code, "")


def require_qst(seller: Identity, taxes: Sequence[Tax | TaxLine]) -> None:
    """Who charges Quebec's tax names its number (CA-QC.json: to be confirmed). Raises Blocked."""
    if any(QUEBEC_TAX in tax.name for tax in taxes) and not seller.qst_number:
        raise Blocked("qst_number")


def with_lut(mention: str, lut_number: str, sac_code: str) -> str:
    """The words of an export under a LUT with its number and the code of the service.

    IN.json, `lut_mentions`. Raises Blocked.
    """
    if not (lut_number and sac_code):
        raise Blocked("lut_number")
    return f"{mention} (LUT ARN {lut_number}, SAC {sac_code})"


def amounts(kind: Kind, share: Share) -> tuple[int, int]:
    """(before tax, tax) in minor units of what a document of this kind is about."""
    if kind is Kind.WORK:
        return share.price, share.price_vat
    if kind is Kind.CLIENT_FEE:
        return share.client_fee, share.client_fee_vat
    return share.assistant_fee, share.assistant_fee_vat


def asks_for(taxes: Sequence[Tax | TaxLine], net: Money, vat: Money) -> bool:
    """Whether these taxes on `net` are `vat`, up to what parts of a whole are rounded by."""
    whole = sum(tax.rate_ppm for tax in taxes)
    slack = ROUNDED + (net.minor // ROUNDING_PARTS if whole % WHOLE_BPS else 0)
    due = half_up(net.minor * whole, MILLION)
    return abs(vat.minor - due) <= slack and (bool(taxes) or not vat)


def tax_lines(taxes: Sequence[Tax | TaxLine], net: Money, vat: Money) -> tuple[TaxLine, ...]:
    """The taxes by name, each rounded on the price, as the law says (EN 16931, BR-CO-17).

    On the last part of a price `vat`, which was collected, may be a cent off: the rounding of the
    document. `taxes` are those of a decision, or of the invoice that is corrected. Raises Blocked
    when they ask for another amount.
    """
    if not asks_for(taxes, net, vat):
        raise Blocked("vat_mismatch")
    return tuple(
        TaxLine(tax.name, tax.rate_ppm, tax_on(net, (tax.rate_ppm,)).minor) for tax in taxes
    )
