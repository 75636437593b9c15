"""Owns the VAT decision on a service: rules R1 to R12 over the facts of both sides.

Sources: Directive 2006/112/EC articles 44, 45 and 196; categories are those of EN 16931 (UNTDID
5305). Each rule stands with its source in rulebook.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any, Final

from marketplace.jurisdictions.rules import words
from marketplace.jurisdictions.rules.words import Words

QUEBEC_TAX: Final = "QST"
OUTSIDE_EU_CODE: Final = "VATEX-EU-O"
REVERSE_CHARGE_CODE: Final = "VATEX-EU-AE"


class Category(StrEnum):
    """EN 16931 VAT categories used here. K and G are for goods and never used."""

    STANDARD = "S"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    OUTSIDE_SCOPE = "O"
    ZERO_RATED = "Z"


class Scheme(StrEnum):
    """What a tax status means for VAT."""

    REGISTERED = "registered"  # charges VAT
    SMALL = "small"  # exempt at home under a small-business scheme
    UNREGISTERED = "unregistered"  # not (yet) a taxable person for VAT, or no VAT at all
    ZERO_RATED = "zero_rated"  # registered and exports without tax (India's LUT)


CHARGING: Final = frozenset({Scheme.REGISTERED, Scheme.ZERO_RATED})
"""Schemes under which tax is charged at home."""


class ClientKind(StrEnum):
    """Whether a customer acts as a business or as a private person."""

    BUSINESS = "business"
    CONSUMER = "consumer"


class NumberState(StrEnum):
    """What is known of a VAT number whose form is right."""

    NONE = "none"
    UNCHECKED = "unchecked"  # nobody was asked yet, or the register is away
    VALID = "valid"
    INVALID = "invalid"  # the tax office does not know it

    @property
    def usable(self) -> bool:
        """Whether it counts as a VAT number until the tax office says otherwise."""
        return self in {NumberState.UNCHECKED, NumberState.VALID}


@dataclass(frozen=True, slots=True)
class Tax:
    """One tax on a line: its name and rate in parts per million."""

    name: str
    rate_ppm: int


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a supply as the VAT rules see it on a day.

    `territory` is the VAT territory (MC and Réunion count as FR); `third_territory`: seen from
    others it lies outside the EU (Réunion: Directive 2006/112/EC, art. 6). `home_taxes` is what
    is charged at this side's own place; `untaxed` are the words where no VAT is levied at all
    (Guyane). `apart`: it levies taxes of its own, of which its country's schemes and their words
    say nothing (French Polynesia, the Canaries); `country_unsure`: nor do we know who owes the tax
    on a service from there to the rest of its country (Livigno). `proven`: shown to be a business
    by its register, with `registered_id`. `left_small_scheme`: turnover is above the limit that
    ends the exemption.
    `notice` is a warning that goes with the place.
    """

    country: str
    territory: str
    in_eu: bool
    scheme: Scheme
    number: NumberState = NumberState.NONE
    kind: ClientKind = ClientKind.BUSINESS
    third_territory: bool = False
    apart: bool = False
    country_unsure: bool = False
    proven: bool = False
    registered_id: bool = False
    subdivision: str = ""
    home_taxes: tuple[Tax, ...] = ()
    untaxed: Words | None = None
    mention: Words | None = None
    vatex: str | None = None
    export_category: Category = Category.OUTSIDE_SCOPE
    left_small_scheme: bool = False
    notice: str = ""

    @property
    def business(self) -> bool:
        """Whether it is a customer in business."""
        return self.kind is ClientKind.BUSINESS


@dataclass(frozen=True, slots=True)
class VatDecision:
    """How a service is taxed.

    `taxes` is empty when none is charged; `blocks` lists what must be settled before a signature
    or an invoice (codes of words.SENTENCES); mentions are "" when none is due.
    """

    category: Category
    rule: str
    taxes: tuple[Tax, ...] = ()
    mention_fr: str = ""
    mention_en: str = ""
    vatex: str | None = None
    blocks: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def rate_ppm(self) -> int:
        """The sum of all taxes in parts per million: exact also for Quebec (149,750)."""
        return sum(tax.rate_ppm for tax in self.taxes)

    @property
    def rates(self) -> tuple[int, ...]:
        """Each tax in parts per million, none that is nothing: each is rounded on its own."""
        return tuple(tax.rate_ppm for tax in self.taxes if tax.rate_ppm)

    def mention(self, locale: str) -> str:
        """The words in `fr` or `en`."""
        return self.mention_fr if locale == "fr" else self.mention_en

    def as_json(self) -> dict[str, Any]:
        """The decision as it is kept."""
        return asdict(self) | {"rate_ppm": self.rate_ppm}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> VatDecision:
        """The decision again as it was kept."""
        values = {name: value for name, value in kept.items() if name != "rate_ppm"}
        return cls(
            **values
            | {
                "category": Category(kept["category"]),
                "taxes": tuple(Tax(**each) for each in kept["taxes"]),
                "blocks": tuple(kept["blocks"]),
                "warnings": tuple(kept["warnings"]),
            }
        )


def decide_vat(seller: Side, buyer: Side) -> VatDecision:
    """The VAT on a service under the general rule of place of supply."""
    if seller.scheme is Scheme.SMALL and seller.left_small_scheme:
        due = decide_vat(replace(seller, scheme=Scheme.REGISTERED, left_small_scheme=False), buyer)
        return replace(due, blocks=(*due.blocks, "supplier_left_small_scheme"))
    if seller.in_eu:
        return _from_eu(seller, buyer)
    if seller.country == "US":
        return _plain(Category.OUTSIDE_SCOPE, "R6", words.UNITED_STATES)
    if seller.country == "CA":
        return _from_canada(seller, buyer)
    home = seller.territory == buyer.territory
    found = _at_home(seller, "R10", seller) if home else _abroad(seller, buyer)
    if seller.country_unsure and not home and seller.country == buyer.country:
        found = replace(found, blocks=("territory_rate",))
    return _warned(found, "supplier_territory") if seller.apart else found


def _from_eu(seller: Side, buyer: Side) -> VatDecision:
    if seller.territory == buyer.territory:
        rule = "R1" if seller.scheme is Scheme.REGISTERED else "R1s"
        # Between businesses the rate is the customer's place's (Réunion), else the supplier's.
        return _at_home(seller, rule, buyer if buyer.business else seller)
    if not buyer.in_eu or buyer.third_territory:
        if buyer.business:
            return _plain(Category.OUTSIDE_SCOPE, "R4", words.OUTSIDE_EU, OUTSIDE_EU_CODE)
        return _warned(_at_home(seller, "R5", seller), "review_consumer_abroad")
    if not buyer.business:
        return _at_home(seller, "R3", seller)
    if buyer.number.usable:
        return _reverse_charge(seller, buyer, "R2")
    if buyer.number is NumberState.NONE and buyer.proven:
        return _reverse_charge(seller, buyer, "R2b")
    unknown = buyer.number is NumberState.INVALID
    warning = "customer_vat_number_invalid" if unknown else "ask_customer_vat_number"
    return _warned(_at_home(seller, "R3", seller), warning)


def _reverse_charge(seller: Side, buyer: Side, rule: str) -> VatDecision:
    blocks, warnings = [], ["ec_sales_list"]
    if seller.number is NumberState.NONE:
        blocks.append("supplier_vat_number")
    elif seller.number is NumberState.INVALID:
        blocks.append("supplier_vat_number_invalid")
    if rule == "R2b" and not buyer.registered_id:
        blocks.append("customer_registration")
    if buyer.number is NumberState.UNCHECKED:
        warnings.append("customer_vat_number_unchecked")
    return VatDecision(
        Category.REVERSE_CHARGE, rule, (), *words.REVERSE_CHARGE, REVERSE_CHARGE_CODE,
        tuple(blocks), tuple(warnings),
    )  # fmt: skip


def _from_canada(seller: Side, buyer: Side) -> VatDecision:
    if seller.scheme is not Scheme.REGISTERED:
        return _plain(Category.OUTSIDE_SCOPE, "R7", seller.mention or words.CANADA_SMALL)
    if buyer.country != "CA":
        return _plain(Category.ZERO_RATED, "R8", words.CANADA_EXPORT)
    warnings = [buyer.notice] if buyer.notice else []
    if any(QUEBEC_TAX in tax.name for tax in buyer.home_taxes):
        warnings.append("quebec_number")
    return VatDecision(
        Category.STANDARD, "R9", buyer.home_taxes, warnings=tuple(warnings),
        blocks=() if buyer.subdivision else ("customer_province",),
    )  # fmt: skip


def _at_home(seller: Side, rule: str, place: Side) -> VatDecision:
    """A supply in the seller's own VAT territory, taxed as at `place`."""
    if place.untaxed is not None:
        found = _plain(Category.OUTSIDE_SCOPE, "R1d", place.untaxed, OUTSIDE_EU_CODE)
        return _warned(found, place.notice) if place.notice else found
    if seller.apart and seller.scheme not in CHARGING:
        return VatDecision(Category.STANDARD, rule, blocks=("territory_rate",))
    if seller.scheme in CHARGING:
        blocks = () if place.home_taxes else ("territory_rate",)
        return VatDecision(Category.STANDARD, rule, place.home_taxes, blocks=blocks)
    said = seller.mention or words.NOT_REGISTERED
    if seller.scheme is Scheme.SMALL:
        return _plain(Category.EXEMPT, rule, said, seller.vatex)
    return _plain(Category.OUTSIDE_SCOPE, rule, said, OUTSIDE_EU_CODE if seller.in_eu else None)


def _abroad(seller: Side, buyer: Side) -> VatDecision:
    if seller.scheme in CHARGING:
        category, rule = seller.export_category, "R12"
    else:
        category, rule = Category.OUTSIDE_SCOPE, "R11"
    told = words.EXPORT if rule == "R12" or seller.apart else words.NOT_REGISTERED
    said = seller.mention or told
    if buyer.in_eu and buyer.business:
        own, added = said, words.RECIPIENT_ACCOUNTS
        said = (own[0] + added[0], own[1] + added[1])
    found = _plain(category, rule, said)
    registered = seller.scheme is not Scheme.UNREGISTERED
    warned = registered and not buyer.business
    return _warned(found, "review_consumer_abroad") if warned else found


def _plain(category: Category, rule: str, said: Words, vatex: str | None = None) -> VatDecision:
    return VatDecision(category, rule, (), said[0], said[1], vatex)


def _warned(decision: VatDecision, warning: str) -> VatDecision:
    return replace(decision, warnings=(*decision.warnings, warning))
