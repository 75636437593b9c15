"""What Peppol BIS Billing 3.0 asks of a UBL file beyond EN 16931 (release 3.0.19, of May 2025).

Written anew from the published rules, whose own file names no licence to pass it on. Each rule
has the id it has there (`PEPPOL-EN16931-` left out); some are narrower, since we write fewer
things. What we never write has no rule here and is refused (`PEPPOL-UNWRITTEN`). Pure: a file in,
what it breaks out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from lxml import etree

from marketplace.invoicing.rules.en16931 import PEPPOL_BILLING, PEPPOL_INVOICE

UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd:Common"
NAMES: Final = {"cac": f"{UBL}AggregateComponents-2", "cbc": f"{UBL}BasicComponents-2"}
UNWRITTEN: Final = (
    "cac:AllowanceCharge cac:AdditionalDocumentReference cac:TaxRepresentativeParty cac:PayeeParty "
    "cac:PaymentMandate cbc:TaxCurrencyCode cbc:BaseQuantity cbc:DescriptionCode "
    "cbc:EmbeddedDocumentBinaryObject"
).split()
DATES: Final = "IssueDate DueDate TaxPointDate StartDate EndDate ActualDeliveryDate".split()
CATEGORIES: Final = {"AE": "AE", "IC": "K", "G": "G", "O": "O", **dict.fromkeys("DFIJ", "E")}
"""The VAT category that goes with the end of an exemption's code (VATEX-EU-...)."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: where it looks and what must hold there, both in XPath 1.0."""

    id: str
    where: str
    holds: str
    says: str


def _rules() -> tuple[Rule, ...]:
    net = "number(cbc:LineExtensionAmount)"
    due = "number(cbc:InvoicedQuantity | cbc:CreditedQuantity) * number(cac:Price/cbc:PriceAmount)"
    enterprise = "string-length(.) = 10 and 97 - substring(., 1, 8) mod 97 = substring(., 9)"
    return (
        Rule("R001", "/*", "cbc:ProfileID", "The business process is named."),
        Rule("R002", "/*", "count(cbc:Note) <= 1", "There is one note at most."),
        Rule("R003", "/*", "cbc:BuyerReference or cac:OrderReference/cbc:ID",
             "The buyer finds a reference of its own."),
        Rule("R004", "/*/cbc:CustomizationID", f". = '{PEPPOL_INVOICE}'",
             "The specification is that of Peppol BIS Billing 3.0."),
        Rule("R007", "/*/cbc:ProfileID", f". = '{PEPPOL_BILLING}'",
             "The business process is billing (01)."),
        Rule("R008", "//*[not(*)]", "normalize-space(.)", "No element is empty."),
        Rule("R010", "//cac:AccountingCustomerParty/cac:Party", "cbc:EndpointID",
             "The buyer has an electronic address."),
        Rule("R020", "//cac:AccountingSupplierParty/cac:Party", "cbc:EndpointID",
             "The seller has an electronic address."),
        Rule("R051", "//*[@currencyID]", "@currencyID = /*/cbc:DocumentCurrencyCode",
             "Every amount is in the currency of the invoice."),
        Rule("R053", "/*", "count(cac:TaxTotal[cac:TaxSubtotal]) = 1",
             "There is one total of VAT with its parts."),
        Rule("R054", "/*", "not(cac:TaxTotal[not(cac:TaxSubtotal)])",
             "There is no total of VAT without its parts."),
        Rule("R061", "//cac:PaymentMeans/cbc:PaymentMeansCode", ". != '49' and . != '59'",
             "A direct debit names its mandate, which we never write."),
        Rule("R110", "//cac:InvoiceLine | //cac:CreditNoteLine", "not(cac:InvoicePeriod)",
             "A line has no period of its own."),
        Rule("R120", "//cac:InvoiceLine | //cac:CreditNoteLine",
             f"{net} - {due} <= 0.02 and {due} - {net} <= 0.02",
             "The net amount of a line is its quantity times its price."),
        Rule("P0100", "/*/cbc:InvoiceTypeCode", ". = '380' or . = '386'",
             "An invoice is a 380, on account a 386."),
        Rule("P0101", "/*/cbc:CreditNoteTypeCode", ". = '381'",
             "A credit note is a 381."),
        *(
            Rule("P0104-P0111", f"//cac:TaxCategory[cbc:TaxExemptionReasonCode = 'VATEX-EU-{end}']",
                 f"cbc:ID = '{category}'", f"VATEX-EU-{end} goes with the VAT category {category}.")
            for end, category in CATEGORIES.items()
        ),
        Rule("F001", " | ".join(f"//cbc:{name}" for name in DATES), "string-length(.) = 10",
             "A date is written as year, month and day."),
        Rule("CL008", "//cbc:EndpointID", "@schemeID = '0208'",
             "An electronic address is a Belgian enterprise number (0208)."),
        Rule("PEPPOL-COMMON-R043", "//*[@schemeID = '0208']", enterprise,
             "A Belgian enterprise number has ten digits, the last two checking the others."),
        Rule("PEPPOL-UNWRITTEN", "/*", "not(" + " or ".join(f".//{one}" for one in UNWRITTEN) + ")",
             "There is nothing whose rules are not checked here."),
    )  # fmt: skip


@cache
def _compiled() -> tuple[tuple[Rule, Any, Any], ...]:
    return tuple(
        (rule, etree.XPath(rule.where, namespaces=NAMES), _test(rule.holds)) for rule in _rules()
    )


def _test(holds: str) -> Any:
    return etree.XPath(f"boolean({holds})", namespaces=NAMES)


def _named(rule: Rule) -> str:
    return rule.id if rule.id.startswith("PEPPOL") else f"PEPPOL-EN16931-{rule.id}"


def check(xml: bytes) -> tuple[list[tuple[str, str]], int]:
    """The rules a file breaks, as (id, what they ask), and how often a rule looked at something.

    Raises etree.XMLSyntaxError for what is no XML.
    """
    tree = etree.fromstring(xml).getroottree()
    looked, broken = 0, []
    for rule, where, holds in _compiled():
        found = where(tree)
        looked += len(found)
        if not all(holds(each) for each in found):
            broken.append((_named(rule), rule.says))
    return broken, looked
