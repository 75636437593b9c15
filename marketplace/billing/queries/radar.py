"""Owns the reads of an assistant's turnover against the limits of its place.

Turnover is the price before tax of what the ledger released (tips too, less what was taken back),
what both sides confirmed to be paid outside, and what the assistant declares beside. Amounts in
other currencies than the place's own are shown and never converted.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from marketplace.billing.models import DeclaredTurnover
from marketplace.billing.queries import recorded
from marketplace.billing.rules import radar as rules
from marketplace.core import clock
from marketplace.core.errors import NotFound
from marketplace.jurisdictions import queries as jurisdictions
from marketplace.jurisdictions.queries import Scheme
from marketplace.jurisdictions.rules import Line, Watch, crossings, exemption_ends
from marketplace.parties import queries as parties
from payments import explorer
from payments.money import Money

if TYPE_CHECKING:
    from marketplace.jurisdictions.queries import Jurisdiction, Limit
    from marketplace.parties.models import Party
    from marketplace.web.sessions import Viewer


@dataclass
class Turnover:
    """A calendar year's price before tax on the platform, by day, client and other currency."""

    currency: str
    days: list[tuple[date, int]] = field(default_factory=list)
    payers: list[str] = field(default_factory=list)
    """Who paid what stands at the same place in `days`."""
    clients: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    elsewhere: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, day: date, minor: int, currency: str, client: str) -> None:
        """One earning, negative for what went back."""
        if currency != self.currency:
            self.elsewhere[currency] += minor
            return
        self.days.append((day, minor))
        self.payers.append(client)
        self.clients[client] += minor

    @property
    def total(self) -> int:
        """The sum in the place's currency, in minor units."""
        return sum(minor for _day, minor in self.days)


@dataclass(frozen=True)
class Watched:
    """A limit with its line: what is used of it."""

    limit: Limit
    line: Line


@dataclass(frozen=True)
class Radar:
    """A year's turnover against each limit, the lowest first.

    `declared` is None while nothing was declared; `ends_on` the day from which VAT is due, `today`
    the day where the assistant is; `untaxed`: no VAT is levied at its place, so that VAT limits are
    about clients elsewhere.
    """

    party: Party
    year: int
    currency: str
    platform_minor: int
    months: tuple[int, ...]
    declared: DeclaredTurnover | None
    elsewhere: tuple[Money, ...]
    watched: tuple[Watched, ...]
    ends_on: date | None
    today: date
    untaxed: bool

    @property
    def declared_minor(self) -> int:
        """What was declared outside."""
        return self.declared.amount_minor if self.declared else 0

    @property
    def total_minor(self) -> int:
        """Platform and outside together."""
        return self.platform_minor + self.declared_minor


async def radar(viewer: Viewer, party_id: UUID, year: int | None = None) -> Radar:
    """An assistant's radar for one of its people. Raises NotFound, also for a business."""
    party = await parties.get(viewer, party_id)
    if party.kind is not parties.PartyKind.ASSISTANT or not jurisdictions.find(party.jurisdiction):
        raise NotFound
    return await of_party(party, year)


async def of_party(party: Party, year: int | None = None) -> Radar:
    """The same for commands and jobs; the present year where the assistant is."""
    place = jurisdictions.get(party.jurisdiction)
    today = clock.today(place.time_zone)
    year = year or today.year
    now = await turnover(party, year)
    declared = await _declared(party, year)
    status, form = place.tax_status(party.tax_status), place.legal_form(party.legal_form)
    scheme = status.scheme if status else Scheme.UNREGISTERED
    on = min(today, date(year, 12, 31))
    personal = bool(form and form.personal)
    vat = not jurisdictions.taxed_apart(place, party.subdivision, on)
    limits = [
        each
        for each in place.limits
        if rules.concerns(each, scheme, personal=personal, on=on, vat=vat)
    ]
    total = now.total + (declared.amount_minor if declared else 0)
    taxable = await _taxable(party, year, now, declared)
    used = {
        Watch.TURNOVER: sum(minor for _day, minor in taxable),
        Watch.REGIME: total,
        Watch.CLIENT: max(now.clients.values(), default=0),
    }
    by_code = {each.code: each for each in limits}
    return Radar(
        party=party,
        year=year,
        currency=place.currency,
        platform_minor=now.total,
        months=tuple(rules.by_month(now.days)),
        declared=declared,
        elsewhere=tuple(Money(minor, code) for code, minor in sorted(now.elsewhere.items())),
        watched=tuple(
            Watched(by_code[line.code], line) for line in crossings(limits, used, place.currency)
        ),
        ends_on=await _ends(party, year, limits, taxable) if scheme is Scheme.SMALL else None,
        untaxed=party.subdivision in _untaxed(place, on),
        today=today,
    )


async def _ends(
    party: Party, year: int, limits: list[Limit], taxable: list[tuple[date, int]]
) -> date | None:
    before, outside = await turnover(party, year - 1), await _declared(party, year - 1)
    last = sum(minor for _day, minor in await _taxable(party, year - 1, before, outside))
    return exemption_ends(limits, taxable, last, year)


async def _taxable(
    party: Party, year: int, found: Turnover, declared: DeclaredTurnover | None
) -> list[tuple[date, int]]:
    """The days and amounts of a year that count towards a VAT limit.

    Where no VAT is levied (Guyane) that is what clients elsewhere paid: services to a business
    there lie outside the tax. Nobody knows where what was declared beside was earned, so it does
    not count then.
    """
    place = jurisdictions.get(party.jurisdiction)
    end = date(year, 12, 31)
    untaxed = _untaxed(place, end)
    if party.subdivision in untaxed:
        clients = await parties.by_ids(map(UUID, found.clients))
        there = {str(each.id) for each in clients.values() if each.subdivision in untaxed}
        paid = zip(found.days, found.payers, strict=True)
        return [each for each, payer in paid if payer not in there]
    if declared is None:
        return found.days
    said = declared.declared_at.astimezone(ZoneInfo(place.time_zone)).date()
    return [*found.days, (min(said, end), declared.amount_minor)]


def _untaxed(place: Jurisdiction, on: date) -> set[str]:
    return {part.code for part in place.territories if part.untaxed and part.holds(on)}


async def _declared(party: Party, year: int) -> DeclaredTurnover | None:
    currency = jurisdictions.get(party.jurisdiction).currency  # of another place: not added up
    return await DeclaredTurnover.get_or_none(party_id=party.id, year=year, currency=currency)


async def turnover(party: Party, year: int) -> Turnover:
    """What a party earned on the platform in a calendar year of its place."""
    place = jurisdictions.get(party.jurisdiction)
    zone = ZoneInfo(place.time_zone)
    found = Turnover(place.currency)
    since, until = datetime(year, 1, 1, tzinfo=zone), datetime(year + 1, 1, 1, tzinfo=zone)
    async for each in explorer.earnings(payee=str(party.id), since=since, until=until):
        price = each.share.price
        day = each.at.astimezone(zone).date()
        if price:
            found.add(day, -price if each.back else price, each.share.currency, each.payer)
    for row in await recorded.confirmed(
        payee=party.id, since=date(year, 1, 1), until=date(year + 1, 1, 1)
    ):
        found.add(row.paid_on, row.price.minor, row.price.currency, str(row.payer))
    return found
