"""Owns how a document is said in EN 16931: fields named BT-n and BG-n, as factur-x takes them.

The constraints it satisfies are those of the standard's own schematron: category O forbids VAT
numbers (BR-O-02) and rates (BR-O-05), a seller is always identified (BR-CO-26), a delivery date
is always given, since the library's XML is invalid without one.
"""

from __future__ import annotations

import re
from typing import Any, Final

from marketplace.core.i18n import _, format_date, gettext
from marketplace.invoicing.rules import mentions
from marketplace.invoicing.rules.papers import Identity, Invoice, Outside, Paper
from marketplace.jurisdictions.rules import Category
from payments.money import Money

PAID_ONLINE: Final = "68"  # UNTDID 4461: an online payment service; no account number is shown
PAID_OUTSIDE: Final = "1"  # UNTDID 4461: not defined; the parties agree on it among themselves
SERVICES: Final = "S1"  # services, to be paid
ALREADY_PAID: Final = "S2"  # services, paid when the invoice is made (BT-23 of the French rules)
AFTER_ADVANCES: Final = "S4"  # services, the final invoice after payments on account
PEPPOL_BILLING: Final = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
PEPPOL_INVOICE: Final = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
"""BT-24 (PEPPOL-EN16931-R004): what a receiver on the network reads first."""
SIREN: Final = "0002"
SIRET: Final = "0009"
FRENCH_ADDRESS: Final = "0225"
BELGIAN_NUMBER: Final = "0208"
ONE: Final = "C62"
NO_RATE: Final = {Category.OUTSIDE_SCOPE}
UNEXPLAINED: Final = {Category.STANDARD, Category.ZERO_RATED}  # no exemption reason allowed
VAT_PREFIXES: Final = {"GR": "EL", "MC": "FR"}


def amount(money: Money) -> str:
    """An exact decimal with the cents that the currency has."""
    return f"{money.decimal:.{money.exponent}f}"


def percent(rate_ppm: int) -> str:
    """20.00 for 200,000; as many decimals as the rate has, two at least."""
    text = f"{rate_ppm / 10_000:.4f}".rstrip("0")
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.ljust(2, '0')}"


def paid_words(document: Invoice) -> str:
    """How it is settled, in the document's language; never a bank account."""
    if document.annuls:
        return gettext(ANNULLED, document.language)
    if document.outside is not None:
        return _outside_words(document, document.outside)
    day = format_date(document.paid_on, document.language)
    if document.paper is Paper.CREDIT_NOTE:
        return gettext("Given back on %(day)s.", document.language,
                       day=day)  # fmt: skip
    return gettext("Paid from held funds on %(day)s.", document.language, day=day)


ANNULLED: Final = _(
    "No money moves: this note cancels the contested invoice, and a new one takes its place."
)
_PAID: Final = _("Paid directly to %(seller)s, outside the platform, on %(day)s.")
_TO_PAY: Final = _("To be paid directly to %(seller)s, outside the platform, by %(day)s.")


def _outside_words(document: Invoice, outside: Outside) -> str:
    """The buyer pays the seller: the platform only records what both say of it."""
    language, seller = document.language, document.seller.name
    if document.paper is Paper.CREDIT_NOTE:
        return gettext("Settled directly between the parties, outside the platform.", language)
    if outside.paid_on is not None:
        day = format_date(outside.paid_on, language)
        return gettext(_PAID, language, seller=seller, day=day)
    day = format_date(outside.due_on, language)
    return gettext(_TO_PAY, language, seller=seller, day=day)


def notes(document: Invoice) -> list[dict[str, str]]:
    """The notes with their subject codes: mandatory mentions, mandate, reason of a correction."""
    found = [{"BT-21": subject, "BT-22": text} for subject, text in mentions.said(document)]
    if document.french:
        found.append({"BT-21": "BAR", "BT-22": "B2B"})
    if document.behalf:
        found.append({"BT-21": "REG", "BT-22": behalf_words(document)})
    found += [{"BT-21": "AAI", "BT-22": text} for text in general_words(document)]
    return found


def behalf_words(document: Invoice) -> str:
    """Who issues under a mandate (CGI, annexe II, art. 242 nonies)."""
    return gettext(
        "Issued by %(platform)s in the name and on behalf of %(seller)s.",
        document.language,
        platform=document.behalf,
        seller=document.seller.name,
    )


def general_words(document: Invoice) -> list[str]:
    """What else a reader must be told."""
    words = [gettext("Nature of the operation: supply of services.", document.language)]
    if document.reason:
        words.append(document.reason)
    if document.mention and document.category in UNEXPLAINED:
        words.append(document.mention)
    return words


def fields(document: Invoice) -> dict[str, Any]:
    """The document for factur-x: amounts as exact text, dates as dates."""
    net, vat, total = (amount(each) for each in (document.net, document.vat, document.total))
    made: dict[str, Any] = {
        "BT-1": document.number,
        "BT-2": document.issued_on,
        "BT-3": document.paper.value,
        "BT-5": document.currency,
        "BT-12": document.contract,
        "BT-20": paid_words(document),
        "BT-72": document.ends_on,
        "BT-73": document.starts_on,
        "BT-74": document.ends_on,
        "BT-81": PAID_OUTSIDE if document.outside else PAID_ONLINE,
        "BT-82": paid_words(document),
        "BG-1": notes(document),
        "BG-3": [
            {"BT-25": each.number, "BT-26": each.issued_on}
            for each in (*document.corrects, *document.before)
        ],
        "BG-4": _party(document.seller, document),
        "BG-7": _party(document.buyer, document, buyer=True),
        "BG-23": [_breakdown(document)],
        "BG-25": _lines(document),
        "BT-106": net,
        "BT-109": net,
        "BT-110": vat,
        "BT-112": total,
        "BT-113": amount(document.paid),  # by held funds: all, before the invoice is made
        "BT-115": amount(document.left),
    }
    if document.rounding:
        made["BT-114"] = amount(document.rounding)
    if document.french:  # "already paid" allows of no rounding (BR-FR-CO-09)
        settled = not document.left and not document.rounding
        made["BT-23"] = ALREADY_PAID if settled else SERVICES
        if document.after_advances:
            made["BT-23"] = AFTER_ADVANCES
    if document.outside:
        made["BT-9"] = document.outside.due_on
    elif made.get("BT-23", ALREADY_PAID) == ALREADY_PAID:  # else no day in the past (BR-FR-CO-07)
        made["BT-9"] = document.paid_on
    return made


def peppol_fields(document: Invoice) -> dict[str, Any]:
    """The same as Peppol BIS Billing 3.0 wants it: rules PEPPOL-EN16931-R001, R002 and R003.

    One note at most, a process, and a reference that the buyer knows (BT-10): the contract.
    """
    texts = [note["BT-22"] for note in notes(document)]
    made = fields(document) | {"BT-10": document.contract, "BT-23": PEPPOL_BILLING}
    return made | {"BG-1": [{"BT-22": "\n".join(texts)}] if texts else []}


def _rate(document: Invoice) -> str | None:
    if document.category in NO_RATE:
        return None
    return percent(sum(tax.rate_ppm for tax in document.taxes))


def _breakdown(document: Invoice) -> dict[str, str]:
    made = {
        "BT-116": amount(document.net),
        "BT-117": amount(document.vat),
        "BT-118": document.category.value,
    }
    rate = _rate(document)
    if rate is not None:
        made["BT-119"] = rate
    if document.category not in UNEXPLAINED:
        made["BT-120"] = document.mention
        if document.vatex:
            made["BT-121"] = document.vatex
    return made


def _lines(document: Invoice) -> list[dict[str, str]]:
    rate = _rate(document)
    made = []
    for number, line in enumerate(document.lines, 1):
        net = amount(Money(line.net_minor, document.currency))
        # One piece at its price: quantity times price is then exact, also for a third of an hour.
        each = {
            "BT-126": str(number),
            "BT-153": line.text,
            "BT-129": "1",
            "BT-130": ONE,
            "BT-146": net,
            "BT-131": net,
            "BT-151": document.category.value,
        }
        if line.detail:
            each["BT-154"] = line.detail
        if rate is not None:
            each["BT-152"] = rate
        made.append(each)
    return made


def _party(party: Identity, document: Invoice, *, buyer: bool = False) -> dict[str, Any]:
    made: dict[str, Any] = {"name": party.name, "country_code": party.country}
    made |= dict(zip(("addr_l1", "addr_l2"), party.address, strict=False))
    if party.town:
        made["city"] = party.town
    if party.postcode:
        made["postcode"] = party.postcode
    if party.form and not buyer:
        made["legal_info"] = party.form
    made |= _legal(party)
    if document.category not in NO_RATE:
        made |= _tax_numbers(party, buyer=buyer)
    if "legal_identifier" not in made:
        made["identifiers"] = {"": party.own_id}
    return made


def _legal(party: Identity) -> dict[str, Any]:
    number = re.sub(r"[\s.\-]", "", party.registration)
    if not number:
        return {}
    if party.country == "FR":
        made: dict[str, Any] = {
            "legal_identifier": number[:9],
            "legal_identifier_schemeid": SIREN,
            "einvoicing_addr": number[:9],
            "einvoicing_addr_schemeid": FRENCH_ADDRESS,
        }
        if len(number) == 14:
            made["identifiers"] = {SIRET: number}
        return made
    if party.country == "BE":
        return {
            "legal_identifier": number,
            "legal_identifier_schemeid": BELGIAN_NUMBER,
            "einvoicing_addr": number,
            "einvoicing_addr_schemeid": BELGIAN_NUMBER,
        }
    return {"legal_identifier": party.registration}


def _tax_numbers(party: Identity, *, buyer: bool) -> dict[str, str]:
    number = re.sub(r"[\s.\-]", "", party.vat_number)
    if number[:2] in {party.country, VAT_PREFIXES.get(party.country)}:
        return {"vat_identifier": number}  # BR-CO-09: begins with the country
    if buyer:
        return {}
    # BT-32: a number that is no VAT number of the standard's form, or none at all.
    return {"tax_identifier": number or party.registration or party.own_id}
