"""Owns the arithmetic of jurisdictions: numbers, VAT decisions, who can contract with whom.

Pure: it is given facts and never reads the data files. Source of the VAT rules: Directive
2006/112/EC articles 44, 45 and 196; categories are those of EN 16931 (UNTDID 5305).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from typing import Final

from stdnum.exceptions import ValidationError

from marketplace.core.errors import NotFound
from marketplace.core.i18n import _

PLATFORM_COUNTRY: Final = "FR"  # the instance's operator; moves to settings with the fee invoices
PLATFORM_VAT_PPM: Final = 200_000
NUMBER_LENGTH_MAX: Final = 60

EU: Final = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split()
)

# GST/HST/QST by province of the customer, in parts per million; valid on 2026-05 (paymavo.com).
CANADA_TAXES: Final[dict[str, tuple[tuple[str, int], ...]]] = {
    "CA-ON": (("TVH/HST", 130_000),),
    "CA-QC": (("TPS/GST", 50_000), ("TVQ/QST", 99_750)),
    "CA-NS": (("TVH/HST", 140_000),),
    "CA-NB": (("TVH/HST", 150_000),),
    "CA-NL": (("TVH/HST", 150_000),),
    "CA-PE": (("TVH/HST", 150_000),),
}
CANADA_GST: Final = (("TPS/GST", 50_000),)

REVERSE_CHARGE: Final = ("Autoliquidation", "Reverse charge")
OUTSIDE_EU: Final = (
    (
        "TVA non applicable : prestation située hors de l’Union européenne "
        "(art. 44 de la directive 2006/112/CE)"
    ),
    "Not subject to VAT: place of supply outside the EU (article 44, Directive 2006/112/EC)",
)
NOT_REGISTERED: Final = (
    "TVA non applicable : prestataire non assujetti",
    "No VAT: supplier not registered",
)
CANADA_SMALL: Final = (
    "TPS/TVH non applicable : petit fournisseur",
    "GST/HST not charged: small supplier",
)
CANADA_EXPORT: Final = (
    "Fourniture détaxée (service à un non-résident)",
    "Zero-rated supply (service to a non-resident)",
)
UNITED_STATES: Final = ("Sans TVA (États-Unis)", "No VAT (United States)")
EXPORT: Final = (
    "Exportation de services : TVA locale non facturée",
    "Export of services: no local VAT charged",
)
RECIPIENT_ACCOUNTS: Final = (
    " – autoliquidation par le preneur (art. 196 de la directive 2006/112/CE)",
    " – VAT to be accounted for by the recipient (article 196, Directive 2006/112/EC)",
)


class Category(StrEnum):
    """EN 16931 VAT categories used here."""

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


class UnknownJurisdiction(NotFound):
    """No data file describes this code."""

    message = _("We do not know this jurisdiction.")


class NumberRefused(ValueError):
    """A number fails its register's rules; the text says how, for tests and logs."""


@dataclass(frozen=True, slots=True)
class Tax:
    """One tax on a line: its name and rate in parts per million."""

    name: str
    rate_ppm: int


@dataclass(frozen=True, slots=True)
class VatDecision:
    """How a service is taxed.

    `taxes` is empty when none is charged; `blocks` lists what must be settled before an invoice
    may leave (codes); mentions are "" when none is due.
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
    def rate_bps(self) -> int:
        """The rate in basis points, rounded half up: for display; amounts use `rate_ppm`."""
        return (self.rate_ppm + 50) // 100


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a supply as the VAT rules see it.

    `territory` is the VAT territory (MC counts as FR), `home_taxes` its standard rate, `mention`
    its words at home on the day.
    """

    country: str
    territory: str
    in_eu: bool
    scheme: Scheme
    has_vat_number: bool
    subdivision: str = ""
    home_taxes: tuple[Tax, ...] = ()
    mention: tuple[str, str] | None = None
    vatex: str | None = None
    export_category: Category = Category.OUTSIDE_SCOPE


def check_number(modules: tuple[str, ...], pattern: str | None, prefix: str, number: str) -> str:
    """The number as its register writes it, compact. Raises NumberRefused."""
    number = unicodedata.normalize("NFKC", number).strip()
    odd = any(each.isnumeric() and not each.isascii() for each in number)
    if not 0 < len(number) <= NUMBER_LENGTH_MAX or not number.isprintable() or odd:
        msg = "empty, too long or not text"
        raise NumberRefused(msg)
    for name in modules:
        try:
            compact = str(import_module(name).validate(number))
        except ValidationError:
            continue
        except (ValueError, IndexError, KeyError, TypeError):  # modules meet strange input badly
            continue
        return compact if compact.startswith(prefix) else prefix + compact
    plain = re.sub(r"[\s./\-\u2010-\u2015]", "", number).upper()
    if pattern and re.fullmatch(pattern, plain, re.ASCII):
        return plain
    msg = f"no rule of {', '.join(modules) or pattern} accepts it"
    raise NumberRefused(msg)


def decide_vat(seller: Side, buyer: Side) -> VatDecision:
    """The VAT on a service between businesses (general rule of articles 44 and 196)."""
    if seller.in_eu:
        return _from_eu(seller, buyer)
    if seller.country == "US":
        return _plain(Category.OUTSIDE_SCOPE, "R6", UNITED_STATES)
    if seller.country == "CA":
        return _from_canada(seller, buyer)
    if seller.country == buyer.country:
        return _at_home(seller, "R10")
    return _abroad(seller, buyer)


def _from_eu(seller: Side, buyer: Side) -> VatDecision:
    if seller.territory == buyer.territory:
        return _at_home(seller, "R1" if seller.scheme is Scheme.REGISTERED else "R1s")
    if not buyer.in_eu:
        return _plain(Category.OUTSIDE_SCOPE, "R4", OUTSIDE_EU, "VATEX-EU-O")
    if not buyer.has_vat_number:
        home = _at_home(seller, "R3")
        return VatDecision(
            home.category,
            home.rule,
            home.taxes,
            home.mention_fr,
            home.mention_en,
            home.vatex,
            warnings=("ask_customer_vat_number",),
        )
    return VatDecision(
        Category.REVERSE_CHARGE,
        "R2",
        (),
        *REVERSE_CHARGE,
        "VATEX-EU-AE",
        blocks=() if seller.has_vat_number else ("supplier_vat_number",),
        warnings=("ec_sales_list",),
    )


def _from_canada(seller: Side, buyer: Side) -> VatDecision:
    if seller.scheme is not Scheme.REGISTERED:
        return _plain(Category.OUTSIDE_SCOPE, "R7", CANADA_SMALL)
    if buyer.country != "CA":
        return _plain(Category.ZERO_RATED, "R8", CANADA_EXPORT)
    rates = CANADA_TAXES.get(buyer.subdivision, CANADA_GST)
    warnings = {
        "": ("ask_customer_province",),
        "CA-BC": ("provincial_sales_tax",),
        "CA-MB": ("provincial_sales_tax",),
        "CA-SK": ("provincial_sales_tax",),
    }.get(buyer.subdivision, ())
    taxes = tuple(Tax(name, ppm) for name, ppm in rates)
    return VatDecision(Category.STANDARD, "R9", taxes, warnings=warnings)


def _at_home(seller: Side, rule: str) -> VatDecision:
    if seller.scheme is Scheme.REGISTERED:
        return VatDecision(Category.STANDARD, rule, seller.home_taxes)
    words = seller.mention or NOT_REGISTERED
    if seller.scheme is Scheme.SMALL:
        return _plain(Category.EXEMPT, rule, words, seller.vatex)
    return _plain(Category.OUTSIDE_SCOPE, rule, words, "VATEX-EU-O" if seller.in_eu else None)


def _abroad(seller: Side, buyer: Side) -> VatDecision:
    if seller.scheme in {Scheme.REGISTERED, Scheme.ZERO_RATED}:
        category, rule = seller.export_category, "R12"
        words = seller.mention or EXPORT
    else:
        category, rule, words = Category.OUTSIDE_SCOPE, "R11", seller.mention or NOT_REGISTERED
    if buyer.in_eu:
        words = (words[0] + RECIPIENT_ACCOUNTS[0], words[1] + RECIPIENT_ACCOUNTS[1])
    return _plain(category, rule, words)


def _plain(
    category: Category, rule: str, words: tuple[str, str], vatex: str | None = None
) -> VatDecision:
    return VatDecision(category, rule, (), words[0], words[1], vatex)


def platform_fee_bps(customer_territory: str, *, in_eu: bool, has_vat_number: bool) -> int:
    """VAT on our fee in basis points: an ordinary service of a French supplier to a business."""
    if customer_territory == PLATFORM_COUNTRY:
        return PLATFORM_VAT_PPM // 100
    if not in_eu:
        return 0
    return 0 if has_vat_number else PLATFORM_VAT_PPM // 100


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether a party can contract with businesses of a country, by which rule, as of when."""

    country: str
    allowed: bool
    rule: str
    as_of: str

    @property
    def token(self) -> str:
        """What the directory filters on."""
        return f"{self.country}:business"


def reach(seller: Side, buyer_territory: str, *, employed: bool) -> tuple[bool, str]:
    """Whether a seller can contract with a business of that VAT territory, and by which rule.

    C1 at home; C2 within the EU with a VAT number; C2n refused for want of one (a number is due
    before the first service to another member state); C3 from the EU outwards; C4 from outside;
    C5 a person employed by an umbrella company contracts through it, at home only.
    """
    at_home = seller.territory == buyer_territory
    if employed:
        return at_home, "C5"
    if at_home:
        return True, "C1"
    if seller.in_eu and buyer_territory in EU:
        return seller.has_vat_number, "C2" if seller.has_vat_number else "C2n"
    return True, "C3" if seller.in_eu else "C4"
