"""Owns the yearly figures of sellers and the reports made of them; never writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from marketplace.billing.queries import recorded
from marketplace.core import clock, tables
from marketplace.core.errors import NotFound
from marketplace.core.settings import settings
from marketplace.invoicing.models import SellerDetails
from marketplace.invoicing.queries.identities import operator
from marketplace.invoicing.rules import dpi, reporting
from marketplace.invoicing.rules.dpi import Reported
from marketplace.invoicing.rules.reporting import QUARTERS, Outside, Regime, SellerYear
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.parties import queries as parties
from payments import explorer

if TYPE_CHECKING:
    from marketplace.parties.models import Party
    from marketplace.web.sessions import Viewer

YEAR_FIRST: Final = 2020
YEAR_LAST: Final = 2200


@dataclass(frozen=True, slots=True)
class Row:
    """A seller with its figures in one currency and what the report lacks about it."""

    party: Party
    who: Reported
    figures: SellerYear
    lacks: tuple[str, ...]


def zone() -> str:
    """Where the operator's year begins and ends."""
    return jurisdictions.get(settings().platform_jurisdiction).time_zone


def regime(code: str) -> Regime:
    """A report by its code. Raises NotFound."""
    found = next((each for each in reporting.regimes() if each.code == code), None)
    if found is None:
        raise NotFound
    return found


def _span(year: int) -> tuple[datetime, datetime]:
    if not YEAR_FIRST <= year <= YEAR_LAST:
        raise NotFound
    where = ZoneInfo(zone())
    return datetime(year, 1, 1, tzinfo=where), datetime(year + 1, 1, 1, tzinfo=where)


async def tally(year: int, payee: str | None = None) -> list[SellerYear]:
    """The figures of a year, of all sellers or of one. Raises NotFound for a strange year."""
    since, until = _span(year)
    found = explorer.earnings(payee=payee, since=since.astimezone(UTC), until=until)
    outside = await recorded.confirmed(
        payee=UUID(payee) if payee else None, since=since.date(), until=until.date()
    )
    return reporting.tally([each async for each in found], zone(), map(_outside, outside))


def _outside(paid: recorded.Confirmed) -> Outside:
    return Outside(
        payee=str(paid.payee),
        part=str(paid.unit_id),
        paid_on=paid.paid_on,
        currency=paid.amount.currency,
        price_minor=paid.price.minor,
        vat_minor=(paid.amount - paid.price).minor,
    )


async def seller_year(
    viewer: Viewer, party_id: UUID, year: int
) -> tuple[Party, list[SellerYear], Regime | None]:
    """What a party of the viewer's earned in a year, and where it is reported. Raises NotFound."""
    party = await parties.get(viewer, party_id)
    if party.kind is not parties.PartyKind.ASSISTANT:
        raise NotFound
    regimes = (each for each in reporting.regimes() if party.country in each.countries)
    return party, await tally(year, str(party.id)), next(regimes, None)


async def details_of(party_id: UUID) -> SellerDetails | None:
    """What is kept of a seller for tax offices. Guard it before."""
    return await SellerDetails.get_or_none(party_id=party_id)


def is_person(party: Party) -> bool:
    """Whether the business is the person: then tax offices ask for their birth."""
    form = jurisdictions.get(party.jurisdiction).legal_form(party.legal_form)
    return form is None or form.personal


def reported(party: Party, details: SellerDetails | None) -> Reported:
    """A seller as a report names it."""
    person = is_person(party)
    number = "" if person else party.registration_number
    return Reported(
        person=person,
        name=party.legal_name,
        first_name=details.first_name if details else "",
        last_name=(details.last_name if details else "") or party.legal_name,
        country=party.country,
        street=", ".join(filter(None, (party.address_line1, party.address_line2))),
        postcode=party.postcode,
        town=party.town,
        tin=(details.tin if details else "") or number,
        tin_country=(details.tin_country if details else "") or party.country,
        registration=party.registration_number,
        vat_number=party.vat_number,
        birth_date=details.birth_date if details else None,
        birth_town=details.birth_town if details else "",
        birth_country=details.birth_country if details else "",
    )


async def rows(year: int, where: Regime) -> list[Row]:
    """Every seller of a report with its figures, from the first euro."""
    return (await by_regime(year, [where]))[where.code]


async def by_regime(year: int, regimes: Sequence[Regime]) -> dict[str, list[Row]]:
    """The same of several reports, by their code: the year is read once for all of them."""
    figures = await tally(year)
    ids = {UUID(each.payee) for each in figures}
    sellers = await parties.by_ids(ids)
    details = {row.party_id: row async for row in SellerDetails.filter(party_id__in=list(ids))}
    found: dict[str, list[Row]] = {each.code: [] for each in regimes}
    for each in figures:
        party = sellers[UUID(each.payee)]
        who = reported(party, details.get(party.id))
        row = Row(party, who, each, tuple(dpi.lacks(who)))
        for where in regimes:
            if party.country in where.countries:
                found[where.code].append(row)
    return found


def _ours() -> Reported:
    found = operator()
    return Reported(
        False, found.name, "", "", found.country, found.address_line1, found.postcode, found.town,
        found.registration_number, found.country, found.registration_number, found.vat_number,
    )  # fmt: skip


async def message(year: int, where: Regime) -> bytes:
    """The XML message of a report. Raises NotFound where the report is a table."""
    if where.message != "DPI":
        raise NotFound
    ours, sellers = _ours(), await rows(year, where)
    return dpi.message(
        ours,
        [(each.who, each.figures) for each in sellers],
        year=year,
        receiving=where.countries[0] if len(where.countries) == 1 else ours.country,
        reference=f"{ours.country}{year}-{ours.registration}-{where.code}",
        at=clock.now(),
    )


def table(found: Iterable[Row]) -> str:
    """The same as a table, to the cent: one line a seller, currency and quarter."""
    lines: list[list[object]] = [
        [*("seller name country tin vat_number currency quarter consideration fees price vat "
           "paid_outside activities lacks").split()]
    ]  # fmt: skip
    for row in found:
        for number in QUARTERS:
            quarter = row.figures.quarters[number]
            amounts = [
                row.figures.money(minor).decimal
                for minor in (quarter.consideration_minor, quarter.fees_minor, quarter.price_minor,
                              quarter.vat_minor, quarter.outside_minor)
            ]  # fmt: skip
            cells = [str(row.party.id), row.who.name, row.who.country, row.who.tin,
                     row.who.vat_number, row.figures.currency, f"Q{number}"]  # fmt: skip
            lines.append([*cells, *amounts, quarter.activities, " ".join(row.lacks)])
    return tables.rows(*lines, delimiter=";")
