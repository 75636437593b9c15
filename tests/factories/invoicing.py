"""Makes mandates and documents, as they would stand on paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from marketplace.contracts.rules.evidence import NO_TRACE, Trace
from marketplace.invoicing.queries import invoices as queries
from marketplace.invoicing.rules import drafting
from marketplace.invoicing.rules.papers import Identity, Invoice, Kind, Line, Paper
from marketplace.invoicing.schemas import MandateDraft
from marketplace.invoicing.service import mandates
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.jurisdictions.queries import TaxParty
from marketplace.jurisdictions.rules import VatDecision
from marketplace.parties import queries as parties
from payments.fees import tax_on
from payments.money import Money
from tests.factories import work

DAY = date(2026, 11, 23)


async def mandated(people: work.Pair, locale: str = "fr", trace: Trace = NO_TRACE) -> None:
    """The assistant signs the mandate in force."""
    party = await parties.by_id(people.assistant_id)
    text = await queries.mandate_text(party, locale)
    draft = MandateDraft(sha256=text.sha256, agree=True)
    await mandates.sign(people.assistant, party.id, draft, locale=locale, trace=trace)


@dataclass
class Side:
    """A party as the VAT rules and the paper need it."""

    jurisdiction: str
    tax_status: str = ""
    vat_number: str = ""
    registration_number: str = ""
    subdivision: str = ""

    @property
    def taxed(self) -> TaxParty:
        """For the VAT rules."""
        return TaxParty(
            self.jurisdiction,
            self.tax_status,
            self.vat_number,
            self.subdivision,
            self.registration_number,
        )

    def identity(self, name: str) -> Identity:
        """On paper."""
        return Identity(
            name=name,
            jurisdiction=self.jurisdiction,
            country=jurisdictions.get(self.jurisdiction).country,
            country_name=self.jurisdiction,
            own_id=f"RELAIS-{name[:4].upper()}",
            form="EI",
            address=("3 quai Vauban",),
            postcode="59000",
            town="Lille",
            register="Registre",
            registration=self.registration_number,
            vat_register="TVA",
            vat_number=self.vat_number,
            qst_number="1234567890TQ0001" if self.jurisdiction == "CA-QC" else "",
        )


def paper(
    seller: Side, buyer: Side, net: int = 84_000, currency: str = "EUR", **changed: Any
) -> tuple[Invoice, VatDecision]:
    """An invoice between the two with the tax of the decision table."""
    found = jurisdictions.vat_on_services(seller.taxed, buyer.taxed, DAY)
    price = Money(net, currency)
    values: dict[str, Any] = {
        "paper": Paper.INVOICE,
        "kind": Kind.WORK,
        "number": "A00042-000017",
        "issued_on": DAY,
        "language": "fr",
        "currency": currency,
        "seller": seller.identity("Camille Martin"),
        "buyer": buyer.identity("Atelier Dubois"),
        "lines": (Line("Assistance virtuelle", net, "30 h 00 effectuées"),),
        "taxes": drafting.tax_lines(found.taxes, price, tax_on(price, found.rates)),
        "category": found.category,
        "mention": found.mention_fr,
        "vatex": found.vatex or "",
        "starts_on": DAY - timedelta(days=7),
        "ends_on": DAY,
        "paid_on": DAY,
        "contract": "R-2026-000123",
        "behalf": "Relais SAS",
    }
    return Invoice(**(values | changed)), found
