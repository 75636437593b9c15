"""Owns the reading of the jurisdictions' data files and what follows from them; never writes.

Every file is read and checked once; a malformed one raises BadData at start, naming the entry.
"""

from __future__ import annotations

import builtins
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from pydantic import ValidationError

from marketplace.core.errors import Invalid
from marketplace.core.i18n import _
from marketplace.core.ids import slugify
from marketplace.jurisdictions import rules
from marketplace.jurisdictions.rules import (
    Category,
    NumberRefused,
    Reach,
    Scheme,
    Side,
    Tax,
    UnknownJurisdiction,
    VatDecision,
)
from marketplace.jurisdictions.schemas import Jurisdiction, LegalForm, NumberKind, TaxStatus

if TYPE_CHECKING:
    from datetime import date

__all__ = [
    "Category",
    "Jurisdiction",
    "LegalForm",
    "NumberKind",
    "Reach",
    "Scheme",
    "Tax",
    "TaxStatus",
    "UnknownJurisdiction",
    "VatDecision",
]

DATA: Final = Path(__file__).parent / "data"
FIRST: Final = ("FR", "BE", "CH", "LU", "MC", "CA-QC", "CA")
REFUSED: Final = _("This number is not right: check each digit. It looks like %(example)s.")


class BadData(Exception):
    """A data file cannot be used, never a person's mistake; names the file and the entry."""


class Taxed(Protocol):
    """What the tax rules need of a party."""

    jurisdiction: str
    subdivision: str
    tax_status: str
    vat_number: str


def load(folder: Path) -> dict[str, Jurisdiction]:
    """Read every *.json of a folder. Raises BadData on the first that is wrong."""
    found: dict[str, Jurisdiction] = {}
    for path in sorted(folder.glob("*.json")):
        try:
            entry = Jurisdiction.model_validate_json(path.read_text("utf-8"))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            msg = f"{path.name}: {where}: {first['msg']}"
            raise BadData(msg) from error
        if entry.code != path.stem:
            msg = f"{path.name} describes {entry.code}"
            raise BadData(msg)
        found[entry.code] = entry
    if not found:
        msg = f"{folder} holds no jurisdiction"
        raise BadData(msg)
    return found


@cache
def _known() -> dict[str, Jurisdiction]:
    return load(DATA)


def get(code: str) -> Jurisdiction:
    """The jurisdiction of a code (FR, CA-QC). Raises UnknownJurisdiction."""
    found = _known().get(code)
    if found is None:
        raise UnknownJurisdiction
    return found


def find(code: str) -> Jurisdiction | None:
    """The jurisdiction of a code, or None."""
    return _known().get(code)


def all(locale: str = "fr") -> list[Jurisdiction]:  # noqa: A001 - read as jurisdictions.all()
    """Every jurisdiction: the francophone ones first, then by name."""
    order = {code: place for place, code in enumerate(FIRST)}
    return sorted(
        _known().values(),
        key=lambda each: (order.get(each.code, len(order)), slugify(each.name(locale))),
    )


def of_country(country: str) -> list[Jurisdiction]:
    """The jurisdictions of a country (ISO 3166-1), the whole country first."""
    return sorted((j for j in _known().values() if j.country == country), key=lambda j: j.code)


def legal_forms(code: str) -> tuple[LegalForm, ...]:
    """The legal forms of a jurisdiction, sole traders first."""
    return get(code).legal_forms


def tax_statuses(code: str) -> tuple[TaxStatus, ...]:
    """The tax statuses of a jurisdiction."""
    return get(code).tax_statuses


def _check(kinds: builtins.list[NumberKind], field: str, number: str) -> str:
    for kind in kinds:
        try:
            return rules.check_number(kind.modules, kind.pattern, kind.prefix, number)
        except NumberRefused:
            continue
    raise Invalid({field: (REFUSED, {"example": kinds[0].example})})


def check_registration(code: str, number: str, legal_form: str = "") -> str:
    """The registration number as its register writes it (552008443).

    `legal_form` picks the register; without it any register of the jurisdiction may accept.
    Raises Invalid under the field `registration_number`.
    """
    place = get(code)
    form = place.legal_form(legal_form)
    kinds = [form.registration] if form else [each.registration for each in place.legal_forms]
    return _check(kinds, "registration_number", number)


def check_vat(code: str, number: str) -> str:
    """The VAT number with its country prefix where it has one (FR40303265045).

    Checks form and check digits, not whether the tax office knows it. Raises Invalid under the
    field `vat_number`; where there is no VAT every number is refused.
    """
    kind = get(code).vat_number
    if kind is None:
        raise Invalid({"vat_number": _("There is no VAT number in this country.")})
    return _check([kind], "vat_number", number)


def side(party: Taxed, on: date) -> Side:
    """A party as the VAT rules see it on a day. Raises UnknownJurisdiction."""
    place = get(party.jurisdiction)
    status = place.tax_status(party.tax_status)
    mention = status.mention(on) if status else None
    rates = [rate for rate in place.vat_rates if rate.holds(on)]
    return Side(
        country=place.country,
        territory=place.vat_territory,
        in_eu=place.vat_territory in rules.EU,
        scheme=status.scheme if status else Scheme.UNREGISTERED,
        has_vat_number=bool(party.vat_number),
        subdivision=party.subdivision or (place.code if "-" in place.code else ""),
        home_taxes=tuple(Tax(rate.name, rate.rate_ppm) for rate in rates),
        mention=(mention.fr, mention.en) if mention else None,
        vatex=status.vatex if status else None,
        export_category=place.export_category,
    )


def vat_on_services(seller: Taxed, buyer: Taxed, on: date) -> VatDecision:
    """How a service between two businesses is taxed on a day; see rules.decide_vat."""
    return rules.decide_vat(side(seller, on), side(buyer, on))


def platform_fee_vat_bps(party: Taxed) -> int:
    """VAT on our fee to this party, in basis points: 2000 or 0."""
    place = get(party.jurisdiction)
    return rules.platform_fee_bps(
        place.vat_territory,
        in_eu=place.vat_territory in rules.EU,
        has_vat_number=bool(party.vat_number),
    )


def charges_vat(jurisdiction: str, tax_status: str) -> bool:
    """Whether invoices of this status carry VAT at home."""
    status = get(jurisdiction).tax_status(tax_status)
    return bool(status and status.charges_vat)


def can_contract_with(
    status: str, jurisdiction: str, *, has_vat_number: bool = False
) -> builtins.list[Reach]:
    """Whether such an assistant can contract with businesses of each country we know.

    Each answer names the rule that gives it; see rules.reach.
    """
    place = get(jurisdiction)
    in_eu = place.vat_territory in rules.EU
    seller = Side(place.country, place.vat_territory, in_eu, Scheme.REGISTERED, has_vat_number)
    reaches = []
    for country in sorted({each.country for each in _known().values()}):
        buyer = of_country(country)[0]
        allowed, rule = rules.reach(seller, buyer.vat_territory, employed=status == "portage")
        reaches.append(Reach(country, allowed, rule, place.as_of.isoformat()))
    return reaches


def contract_tokens(
    status: str, jurisdiction: str, *, has_vat_number: bool = False
) -> builtins.list[str]:
    """The tokens (FR:business) of the countries such an assistant can contract with."""
    found = can_contract_with(status, jurisdiction, has_vat_number=has_vat_number)
    return [each.token for each in found if each.allowed]


def payable(code: str) -> bool:
    """Whether held funds can be paid out there; otherwise payments are only recorded."""
    return get(code).payable.value
