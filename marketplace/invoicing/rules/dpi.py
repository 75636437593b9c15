"""Owns the XML message by which platforms report sellers (OECD, Digital Platform Information 1.0).

The schema's amounts are whole units of currency. Bank accounts are known to Stripe alone, so that
the optional FinancialIdentifier is left out. The order of elements is the schema's own; STRUCTURE
says the part that we use, and `misplaced` checks a message against it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from xml.etree import ElementTree as ET

from marketplace.invoicing.rules.reporting import QUARTERS, Quarter, SellerYear
from payments.money import half_up

DPI: Final = "urn:oecd:ties:dpi:v1"
STF: Final = "urn:oecd:ties:dpistf:v1"
NEW_DATA: Final = "OECD1"
NEW_MESSAGE: Final = "DPI401"
NOTHING_TO_REPORT: Final = "DPI403"
BUSINESS_ADDRESS: Final = "OECD301"
REGISTERED_OFFICE: Final = "OECD304"

_ADDRESS: Final = ("CountryCode", "AddressFix")
_FOUR: Final = {
    "Consideration": tuple(f"ConsQ{n}" for n in QUARTERS),
    "NumberOfActivities": tuple(f"NumbQ{n}" for n in QUARTERS),
    "Fees": tuple(f"FeesQ{n}" for n in QUARTERS),
    "Taxes": tuple(f"TaxQ{n}" for n in QUARTERS),
}
STRUCTURE: Final[dict[str, tuple[str, ...]]] = {
    "DPI_OECD": ("MessageSpec", "DPIBody"),
    "MessageSpec": (
        "SendingEntityIN", "TransmittingCountry", "ReceivingCountry", "MessageType",
        "MessageRefId", "MessageTypeIndic", "ReportingPeriod", "Timestamp",
    ),
    "DPIBody": ("PlatformOperator", "ReportableSeller"),
    "PlatformOperator": ("ResCountryCode", "TIN", "IN", "VAT", "Name", "Address", "DocSpec"),
    "ReportableSeller": ("Identity", "RelevantActivities", "DocSpec"),
    "Identity": ("EntitySeller", "IndividualSeller"),
    "EntitySeller": ("Standard",),
    "IndividualSeller": ("Standard",),
    "Standard": ("EntSellerID", "IndSellerID"),
    "EntSellerID": ("ResCountryCode", "TIN", "IN", "VAT", "Name", "Address"),
    "IndSellerID": ("ResCountryCode", "TIN", "VAT", "Name", "Address", "BirthInfo"),
    "BirthInfo": ("BirthDate", "BirthPlace"),
    "BirthPlace": ("City", "CountryInfo"),
    "Address": _ADDRESS,
    "AddressFix": ("Street", "PostCode", "City"),
    "RelevantActivities": ("PersonalServices",),
    "PersonalServices": tuple(_FOUR),
    **_FOUR,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reported:
    """Who is reported. Empty text means "not known"; `person` has a birth date."""

    person: bool
    name: str
    first_name: str
    last_name: str
    country: str
    street: str
    postcode: str
    town: str
    tin: str
    tin_country: str
    registration: str
    vat_number: str
    birth_date: date | None = None
    birth_town: str = ""
    birth_country: str = ""


def lacks(who: Reported) -> list[str]:
    """What the message cannot do without, by the names of fields."""
    found = [name for name in ("town", "tin") if not getattr(who, name)]
    if who.person:
        found += [] if who.birth_date else ["birth_date"]
        found += [] if who.first_name else ["first_name"]
    return found


class _Builder:
    """Elements of the message by name."""

    def __init__(self, parent: ET.Element) -> None:
        self.at = parent

    def add(self, name: str, text: str = "", **attributes: str) -> _Builder:
        """A child; gives it, to go on inside."""
        made = ET.SubElement(self.at, f"{{{DPI}}}{name}", attributes)
        if text:
            made.text = text
        return _Builder(made)


def message(
    operator: Reported,
    sellers: Sequence[tuple[Reported, SellerYear]],
    *,
    year: int,
    receiving: str,
    reference: str,
    at: datetime,
) -> bytes:
    """The message of a year. `reference` begins every id in it; the same input, the same bytes."""
    ET.register_namespace("dpi", DPI)
    ET.register_namespace("stf", STF)
    root = ET.Element(f"{{{DPI}}}DPI_OECD", {"version": "1.0"})
    spec = _Builder(root).add("MessageSpec")
    spec.add("SendingEntityIN", operator.registration)
    spec.add("TransmittingCountry", operator.country)
    spec.add("ReceivingCountry", receiving)
    spec.add("MessageType", "DPI")
    spec.add("MessageRefId", reference)
    spec.add("MessageTypeIndic", NEW_MESSAGE if sellers else NOTHING_TO_REPORT)
    spec.add("ReportingPeriod", date(year, 12, 31).isoformat())
    spec.add("Timestamp", at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    body = _Builder(root).add("DPIBody")
    ours = body.add("PlatformOperator")
    _organisation(ours, operator, REGISTERED_OFFICE)
    _doc_spec(ours, f"{reference}-PO")
    for number, (who, figures) in enumerate(sellers, 1):
        _seller(body.add("ReportableSeller"), who, figures, f"{reference}-S{number:06d}")
    ET.indent(root)
    made: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return made


def _seller(at: _Builder, who: Reported, figures: SellerYear, reference: str) -> None:
    kind = at.add("Identity").add("IndividualSeller" if who.person else "EntitySeller")
    standard = kind.add("Standard")
    if who.person:
        _person(standard.add("IndSellerID"), who)
    else:
        _organisation(standard.add("EntSellerID"), who, BUSINESS_ADDRESS)
    _figures(at.add("RelevantActivities").add("PersonalServices"), figures)
    _doc_spec(at, reference)


def _numbers(at: _Builder, who: Reported) -> None:
    at.add("ResCountryCode", who.country)
    if who.tin:
        at.add("TIN", who.tin, issuedBy=who.tin_country or who.country)
    else:
        at.add("TIN", unknown="true")


def _organisation(at: _Builder, who: Reported, address: str) -> None:
    _numbers(at, who)
    if who.registration:
        at.add("IN", who.registration, issuedBy=who.country, INType="BRN")
    if who.vat_number:
        at.add("VAT", who.vat_number)
    at.add("Name", who.name)
    _address(at, who, address)


def _person(at: _Builder, who: Reported) -> None:
    _numbers(at, who)
    if who.vat_number:
        at.add("VAT", who.vat_number)
    name = at.add("Name")
    name.add("FirstName", who.first_name or "NFN")
    name.add("LastName", who.last_name)
    _address(at, who, BUSINESS_ADDRESS)
    birth = at.add("BirthInfo")
    if who.birth_date:
        birth.add("BirthDate", who.birth_date.isoformat())
    if who.birth_town and who.birth_country:
        place = birth.add("BirthPlace")
        place.add("City", who.birth_town)
        place.add("CountryInfo").add("CountryCode", who.birth_country)


def _address(at: _Builder, who: Reported, kind: str) -> None:
    address = at.add("Address", legalAddressType=kind)
    address.add("CountryCode", who.country)
    fixed = address.add("AddressFix")
    if who.street:
        fixed.add("Street", who.street)
    if who.postcode:
        fixed.add("PostCode", who.postcode)
    fixed.add("City", who.town)


def _figures(at: _Builder, figures: SellerYear) -> None:
    amounts: dict[str, Callable[[Quarter], int]] = {
        "Consideration": lambda quarter: quarter.consideration_minor,
        "NumberOfActivities": lambda quarter: quarter.activities,
        "Fees": lambda quarter: quarter.fees_minor,
        "Taxes": lambda _: 0,
    }
    for name, of in amounts.items():
        group = at.add(name)
        for element, number in zip(_FOUR[name], QUARTERS, strict=True):
            value = of(figures.quarters[number])
            if name == "NumberOfActivities":
                group.add(element, str(value))
            else:
                group.add(element, str(whole(value, figures)), currCode=figures.currency)


def whole(minor: int, figures: SellerYear) -> int:
    """An amount in whole units of its currency, halves away from zero."""
    return half_up(minor, 10 ** figures.money(minor).exponent)


def _doc_spec(at: _Builder, reference: str) -> None:
    spec = ET.SubElement(at.at, f"{{{DPI}}}DocSpec")
    ET.SubElement(spec, f"{{{STF}}}DocTypeIndic").text = NEW_DATA
    ET.SubElement(spec, f"{{{STF}}}DocRefId").text = reference


def misplaced(content: bytes) -> list[str]:
    """Elements that stand where STRUCTURE does not know them, or out of order; [] when sound."""
    found = []
    for element in ET.fromstring(content).iter():  # noqa: S314 - our own message
        name = _local(element)
        allowed = STRUCTURE.get(name)
        if allowed is None:
            continue
        order = [_local(child) for child in element]
        places = [allowed.index(child) if child in allowed else -1 for child in order]
        if -1 in places or places != sorted(places):
            found.append(f"{name}: {', '.join(order)}")
    return found


def _local(element: ET.Element) -> str:
    return re.sub(r"^\{.*\}", "", element.tag)
