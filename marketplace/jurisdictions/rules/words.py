"""Owns the words of the VAT rules: what invoices say, and the sentence behind each code."""

from __future__ import annotations

from typing import Final

from marketplace.core.i18n import _, gettext, typographic

Words = tuple[str, str]
"""French and English: both are printed, whatever the language of the page."""


def _said(french: str, english: str) -> Words:
    return typographic(french), english


REVERSE_CHARGE: Final = _said("Autoliquidation", "Reverse charge")
OUTSIDE_EU: Final = _said(
    (
        "TVA non applicable : prestation située hors de l’Union européenne "
        "(art. 44 de la directive 2006/112/CE)"
    ),
    "Not subject to VAT: place of supply outside the EU (article 44, Directive 2006/112/EC)",
)
NOT_REGISTERED: Final = _said(
    "TVA non applicable : prestataire non assujetti",
    "No VAT: supplier not registered",
)
CANADA_SMALL: Final = _said(
    "TPS/TVH non applicable : petit fournisseur",
    "GST/HST not charged: small supplier",
)
CANADA_EXPORT: Final = _said(
    "Fourniture détaxée (service à un non-résident)",
    "Zero-rated supply (service to a non-resident)",
)
UNITED_STATES: Final = _said("Sans TVA (États-Unis)", "No VAT (United States)")
EXPORT: Final = _said(
    "Exportation de services : TVA locale non facturée",
    "Export of services: no local VAT charged",
)
RECIPIENT_ACCOUNTS: Final = _said(
    " – autoliquidation par le preneur (art. 196 de la directive 2006/112/CE)",
    " – VAT to be accounted for by the recipient (article 196, Directive 2006/112/EC)",
)

VAT_NAMES: Final = frozenset({"TVA", "VAT"})
"""How the data names a value added tax; other taxes (GST, QST) keep their names."""

SENTENCES: Final[dict[str, str]] = {
    # what must be settled before a contract is signed or an invoice leaves
    "supplier_vat_number": _(
        "The supplier needs a VAT number before the first service to a business in another EU "
        "country. Ask the tax office for one (it is free) and add it to the identity."
    ),
    "supplier_vat_number_invalid": _(
        "The tax office does not know the supplier’s VAT number. Correct it in the identity, or "
        "have it activated for transactions within the EU."
    ),
    "supplier_left_small_scheme": _(
        "The supplier’s turnover has passed the limit of the small-business exemption, so VAT is "
        "due. Register for VAT, then change the tax status and add the VAT number."
    ),
    "customer_province": _(
        "The tax depends on the customer’s province. Choose it in the customer’s identity."
    ),
    "territory_rate": _(
        "We do not know the tax that is charged at the supplier’s place. Ask the tax office, and "
        "write to us: we add it with its source."
    ),
    "customer_registration": _(
        "Without a VAT number the invoice must carry the customer’s registration number. Add it "
        "to the customer’s identity."
    ),
    # what is worth knowing, and stops nothing
    "ask_customer_vat_number": _(
        "The customer gave no VAT number, so VAT of the supplier’s country is charged. Add the "
        "number to have it charged by the customer instead."
    ),
    "customer_vat_number_invalid": _(
        "The tax office does not know the customer’s VAT number, so VAT of the supplier’s country "
        "is charged. Correct the number in the customer’s identity."
    ),
    "customer_vat_number_unchecked": _(
        "The customer’s VAT number has the right form. The tax office has not confirmed it yet."
    ),
    "ec_sales_list": _(
        "Services to businesses in other EU countries are declared every month (in France: the "
        "DES, on the customs’ site)."
    ),
    "provincial_sales_tax": _(
        "A provincial sales tax may be due beside the GST, for bookkeeping for example. Ask the "
        "province."
    ),
    "quebec_number": _("In Quebec the invoice also carries the supplier’s QST number."),
    "review_consumer_abroad": _(
        "For a private customer abroad some services follow other rules. Have this invoice "
        "checked once."
    ),
    "supplier_territory": _(
        "The supplier’s place has taxes of its own, which we do not know. Ask the tax office what "
        "the invoice must say."
    ),
    "territory_to_confirm": _(
        "What we know about the tax at the customer’s place is to be confirmed: ask the tax office."
    ),
}
"""Code of a block or warning -> English msgid that says what to do."""


def tax_name(name: str, language: str) -> str:
    """A tax as people of `fr` or `en` call it, whoever levies it."""
    return gettext("VAT", language) if name in VAT_NAMES else name
