"""Owns the decisions over the data: VAT on a service, our fee's VAT, who can contract with whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Protocol

from marketplace.core.errors import Invalid
from marketplace.core.i18n import gettext
from marketplace.core.settings import settings
from marketplace.jurisdictions import rules
from marketplace.jurisdictions.queries.data import (
    BadData,
    countries,
    find,
    get,
    known,
    of_country,
    rulebook,
    taxed_apart,
    territory,
)
from marketplace.jurisdictions.queries.numbers import check_vat
from marketplace.jurisdictions.rules import (
    SENTENCES,
    ClientKind,
    NumberState,
    Reach,
    Scheme,
    Side,
    Tax,
    VatDecision,
)
from marketplace.jurisdictions.schemas import Jurisdiction

EMPLOYED = "portage"
"""Tax status of who is employed by an umbrella company."""


class Taxed(Protocol):
    """What the tax rules need of a party."""

    jurisdiction: str
    subdivision: str
    tax_status: str
    vat_number: str
    registration_number: str


@dataclass(frozen=True, slots=True)
class TaxParty:
    """A party with what is known about its numbers and turnover on a day.

    `number` None: nobody was asked, so a number counts by its form. `proven`: its register shows
    it to be a business. `left_small_scheme_on`: from this day its exemption is over. `evidence` are
    the registers' answers it rests on: register, number, state, reference, time.
    """

    jurisdiction: str
    tax_status: str = ""
    vat_number: str = ""
    subdivision: str = ""
    registration_number: str = ""
    number: NumberState | None = None
    proven: bool = False
    left_small_scheme_on: date | None = None
    kind: ClientKind = ClientKind.BUSINESS
    evidence: tuple[str, ...] = ()


def in_eu(vat_territory: str) -> bool:
    """Whether a VAT territory belongs to the EU's (Monaco's does, being France's)."""
    found = known().get(vat_territory)
    return bool(found and found.in_eu)


def side(party: TaxParty, on: date) -> Side:
    """A party as the VAT rules see it on a day. Raises UnknownJurisdiction."""
    place = get(party.jurisdiction)
    status = place.tax_status(party.tax_status)
    part = territory(place, party.subdivision, on)
    apart = taxed_apart(place, party.subdivision, on)
    mention = status.mention(on) if status and not apart else None
    rates = part.vat_rates if part else place.vat_rates
    where = (part.vat_territory if part else None) or place.vat_territory
    eu = part.in_eu if part and part.in_eu is not None else in_eu(where)
    gone = party.left_small_scheme_on
    return Side(
        country=place.country,
        territory=where,
        in_eu=eu,
        third_territory=bool(part and part.third_territory),
        apart=apart,
        country_unsure=bool(part and part.country_unsure),
        scheme=status.scheme if status else Scheme.UNREGISTERED,
        number=_number(party),
        kind=party.kind,
        proven=party.proven,
        registered_id=bool(party.registration_number),
        subdivision=part.code if part else party.subdivision,
        home_taxes=tuple(Tax(rate.name, rate.rate_ppm) for rate in rates if rate.holds(on)),
        untaxed=(part.untaxed.fr, part.untaxed.en) if part and part.untaxed else None,
        mention=(mention.fr, mention.en) if mention else None,
        vatex=status.vatex if status and not apart else None,
        export_category=place.export_category,
        left_small_scheme=gone is not None and on >= gone,
        notice=(part.notice or "") if part else "",
    )


def _number(party: TaxParty) -> NumberState:
    if not party.vat_number:
        return NumberState.NONE
    return party.number or NumberState.UNCHECKED


def vat_on_services(seller: TaxParty, buyer: TaxParty, on: date) -> VatDecision:
    """How a service between two parties is taxed on a day; see rules.decide_vat."""
    return rules.decide_vat(side(seller, on), side(buyer, on))


def platform() -> TaxParty:
    """The operator of this instance as a supplier, from the settings."""
    chosen = settings()
    return TaxParty(
        jurisdiction=chosen.platform_jurisdiction,
        tax_status=chosen.platform_tax_status,
        vat_number=chosen.platform_vat_number,
        registration_number=chosen.platform_registration_number,
    )


def check_platform() -> None:
    """Raise BadData when the settings describe no operator that the rules can work with."""
    chosen = settings()
    place = find(chosen.platform_jurisdiction)
    if place is None:
        msg = f"RELAIS_PLATFORM_JURISDICTION: we do not know {chosen.platform_jurisdiction!r}"
        raise BadData(msg)
    if place.tax_status(chosen.platform_tax_status) is None:
        known = ", ".join(each.code for each in place.tax_statuses)
        msg = f"RELAIS_PLATFORM_TAX_STATUS: {place.code} knows {known}"
        raise BadData(msg)
    number = chosen.platform_vat_number
    try:
        right = not number or check_vat(place.code, number) == number
    except Invalid:
        right = False
    if not right:
        msg = f"RELAIS_PLATFORM_VAT_NUMBER: {number!r} is not a VAT number of {place.code}"
        raise BadData(msg)


def platform_fee_vat(party: TaxParty, on: date) -> VatDecision:
    """VAT on our fee to this party: an ordinary service to a business, by the same rules."""
    return vat_on_services(platform(), party, on)


def sentences(codes: Iterable[str], locale: str) -> list[str]:
    """What blocks and warnings say to people."""
    return [gettext(SENTENCES[code], locale) for code in codes]


def _seller(place: Jurisdiction, status: str, vat_number: bool) -> Side:
    found = place.tax_status(status)
    return Side(
        place.country,
        place.vat_territory,
        in_eu(place.vat_territory),
        found.scheme if found else Scheme.UNREGISTERED,
        NumberState.UNCHECKED if vat_number else NumberState.NONE,
    )


def can_contract_with(
    status: str, jurisdiction: str, *, has_vat_number: bool = False
) -> list[Reach]:
    """Whether such an assistant can contract with clients of each country and kind we know.

    `has_vat_number` is false for a number that the tax office does not know. Each answer names the
    rule that gives it and the rule's date; see rules.reach.
    """
    seller = _seller(get(jurisdiction), status, has_vat_number)
    book, found = rulebook(), []
    for country in countries():
        place = of_country(country)[0]
        for kind in ClientKind:
            buyer = Side(
                country, place.vat_territory, in_eu(place.vat_territory), Scheme.REGISTERED,
                kind=kind,
            )  # fmt: skip
            allowed, rule = rules.reach(seller, buyer, employed=status == EMPLOYED)
            as_of = book.rule(rule).as_of or book.as_of.isoformat()
            found.append(Reach(country, kind, allowed, rule, as_of))
    return found


@cache
def contract_tokens(
    status: str, jurisdiction: str, *, has_vat_number: bool = False
) -> tuple[str, ...]:
    """The tokens (FR:business, FR:consumer) of the clients such an assistant can contract with."""
    found = can_contract_with(status, jurisdiction, has_vat_number=has_vat_number)
    return tuple(each.token for each in found if each.allowed)
