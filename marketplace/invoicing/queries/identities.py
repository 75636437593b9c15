"""Owns how a party, or the platform, stands on paper today; never writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from marketplace.core.settings import settings
from marketplace.invoicing.rules.drafting import Blocked
from marketplace.invoicing.rules.papers import Identity
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.jurisdictions.queries import TaxParty
from marketplace.places import queries as places

if TYPE_CHECKING:
    from marketplace.jurisdictions.models import TaxDecision
    from marketplace.jurisdictions.rules import VatDecision
    from marketplace.parties.models import Party

DEMO_NAME: Final = "Relais Démonstration SAS"
DEMO_SIREN: Final = "732829320"
DEMO_VAT: Final = "FR44732829320"


@dataclass(frozen=True, slots=True)
class Operator:
    """The platform as a party of its own invoices. `name` "" when it is not set up."""

    name: str
    jurisdiction: str
    legal_form: str
    registration_number: str
    vat_number: str
    tax_status: str
    address_line1: str
    postcode: str
    town: str
    country: str
    address_line2: str = ""
    subdivision: str = ""
    display_name: str = ""
    id: str = "platform"

    @property
    def legal_name(self) -> str:
        """As its papers name it."""
        return self.name


def operator() -> Operator:
    """Who runs this instance, from the settings; outside production an example stands in."""
    chosen = settings()
    example = not chosen.platform_legal_name and not chosen.production
    return Operator(
        name=DEMO_NAME if example else chosen.platform_legal_name,
        jurisdiction=chosen.platform_jurisdiction,
        legal_form="sas" if example else chosen.platform_legal_form,
        registration_number=DEMO_SIREN if example else chosen.platform_registration_number,
        vat_number=DEMO_VAT if example else chosen.platform_vat_number,
        tax_status=chosen.platform_tax_status,
        address_line1="1 place de la Bourse" if example else chosen.platform_address,
        postcode="75002" if example else chosen.platform_postcode,
        town="Paris" if example else chosen.platform_town,
        country=jurisdictions.get(chosen.platform_jurisdiction).country,
    )


def identity(party: Party | Operator, language: str) -> Identity:
    """The side as it is printed in this language. Raises Blocked when too little is known."""
    name = party.legal_name or party.display_name
    if not name:
        raise Blocked("operator" if isinstance(party, Operator) else "identity")
    place = jurisdictions.get(party.jurisdiction)
    form = place.legal_form(party.legal_form)
    if place.code == "FR" and party.legal_form == "sole_trader":
        name += " EI"  # Code de commerce, art. R. 526-27
    if place.code == "FR" and not party.registration_number:
        raise Blocked("operator" if isinstance(party, Operator) else "identity")
    kind = form.registration if form else place.legal_forms[0].registration
    return Identity(
        name=name,
        jurisdiction=place.code,
        country=place.country,
        country_name=places.country_name(place.country, language),
        own_id=f"RELAIS-{str(party.id)[-12:].upper()}",
        form=form.label(language) if form else "",
        address=tuple(filter(None, (party.address_line1, party.address_line2))),
        postcode=party.postcode,
        town=party.town,
        register=kind.label(language) if party.registration_number else "",
        registration=party.registration_number,
        vat_register=place.vat_number.label(language) if place.vat_number else "",
        vat_number=party.vat_number,
        qst_number=getattr(party, "qst_number", ""),
    )


def complete(party: Party) -> bool:
    """Whether enough is known of this side to print it."""
    try:
        identity(party, "en")
    except Blocked:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Taxation:
    """The VAT of a supply with what it rests on, to be kept with the document.

    `kept` is the contract's own decision where the document rests on that.
    """

    on: date
    seller: TaxParty
    buyer: TaxParty
    decision: VatDecision
    kept: TaxDecision | None = None


async def taxation(seller: Party | Operator, buyer: Party, on: date) -> Taxation:
    """The VAT on a service between the two on a day. Raises Blocked when a number is missing."""
    supplier = _ours(seller) if isinstance(seller, Operator) else await _known(seller)
    client = await _known(buyer)
    found = jurisdictions.vat_on_services(supplier, client, on)
    if found.blocks:
        raise Blocked(found.blocks[0])
    return Taxation(on, supplier, client, found)


async def _known(party: Party) -> TaxParty:
    return await jurisdictions.tax_party(party)


def _ours(found: Operator) -> TaxParty:
    return TaxParty(
        jurisdiction=found.jurisdiction,
        tax_status=found.tax_status,
        vat_number=found.vat_number,
        registration_number=found.registration_number,
    )


def zone(seller: Party | Operator) -> str:
    """Where the days of its papers begin and end."""
    return jurisdictions.get(seller.jurisdiction).time_zone


def behalf() -> str:
    """The platform's name as it stands in mandates and mentions."""
    return operator().name or settings().site_name
