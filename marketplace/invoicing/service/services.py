"""Owns what a document says of the services: the line, the days, and which part of a price it is.

Reads only. Days are those on which something was done, handed in or approved, never planned ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.terms import HourlyTerms, price_of_minutes
from marketplace.core.i18n import _, format_date, format_money, gettext
from marketplace.invoicing.queries import invoices as queries
from marketplace.invoicing.rules.papers import Earlier, Kind, Line, Paper
from marketplace.work import queries as work
from marketplace.work.rules import UnitKind
from payments.money import Money

if TYPE_CHECKING:
    from datetime import date

    from marketplace.contracts.models import Contract
    from marketplace.invoicing.models import Invoice
    from marketplace.work.models import Unit

FEE_NAMES: Final = {
    Kind.CLIENT_FEE: _("Platform fee: use of the marketplace and held funds"),
    Kind.ASSISTANT_FEE: _("Platform commission: introduction and held funds"),
}
TIP: Final = _("on a tip")
PART: Final = ":part:"
"""In the key of a release of a part that was paid before the whole was approved."""


async def said(
    row: Invoice, contract: Contract, unit: Unit | None, last: Invoice | None
) -> dict[str, Any]:
    """Type, line and days of a document; a credit note has the days of what it corrects (`last`).

    What is paid before the work is handed in is an invoice for a payment on account (UNTDID 1001:
    386). The last one of a price names the earlier ones (EN 16931, BG-3).
    """
    language = contract.language
    name = contract.title
    if unit is not None:
        part = part_name(unit, language)
        name = gettext("%(contract)s: %(part)s", language, contract=contract.title, part=part)
    if last is not None:
        found = queries.document(last)
        line = _line(row, unit, name, [], language)
        return {
            "paper": Paper.CREDIT_NOTE,
            "lines": (line,),
            "starts_on": found.starts_on,
            "ends_on": found.ends_on,
        }
    root, before = await queries.before(row)
    start, end, handed_in = await _days(row, contract, unit, before[-1] if before else None)
    ahead = unit is not None and PART in root.cause and not handed_in
    details = [await _hours(unit, row, contract)] if unit is not None else []
    details += _parts(row, unit, root, before, language, ahead=ahead)
    whole = unit is None or sum(each.net_minor for each in before) + row.net_minor
    final = bool(before) and not ahead and (unit is None or row.kind is not Kind.WORK
                                            or whole == unit.price_minor)  # fmt: skip
    return {
        "paper": Paper.ADVANCE if ahead else Paper.INVOICE,
        "lines": (_line(row, unit, name, [each for each in details if each], language),),
        "starts_on": start,
        "ends_on": end,
        "before": tuple(
            Earlier(each.number, each.issued_on)
            for each in before
            if final and each.number and each.issued_on
        ),
        "after_advances": final and any(each.paper is Paper.ADVANCE for each in before),
    }


def _line(row: Invoice, unit: Unit | None, name: str, details: list[str], language: str) -> Line:
    if row.kind is Kind.WORK:
        return Line(name, row.net_minor, ". ".join(details))
    about = name if unit is not None else f"{name} ({gettext(TIP, language)})"
    fee = gettext(FEE_NAMES[row.kind], language)
    return Line(fee, row.net_minor, ". ".join([about, *details]))


async def _days(
    row: Invoice, contract: Contract, unit: Unit | None, previous: Invoice | None
) -> tuple[date, date, bool]:
    """From when until when it was done, and whether it was handed in when it was earned."""
    zone = ZoneInfo(contract.time_zone)
    earned = row.earned_at.astimezone(zone).date()
    if unit is None:
        return earned, earned, True
    since = previous.earned_at if previous else None
    done = await work.days_done(unit, since, row.earned_at)
    done = [day for day in done if day <= earned]
    if done:
        return done[0], done[-1], True
    handed_in = [
        each.submitted_at.astimezone(zone).date()
        for each in await work.deliveries(unit.id)
        if each.submitted_at <= row.earned_at
    ]
    if unit.kind is UnitKind.PERIOD:
        end = min(unit.ends_on, earned)
        return min(unit.starts_on, end), end, bool(handed_in) or unit.ends_on <= earned
    day = max(handed_in, default=earned)
    return day, day, bool(handed_in)


def _parts(
    row: Invoice,
    unit: Unit | None,
    root: Invoice,
    before: list[Invoice],
    language: str,
    *,
    ahead: bool,
) -> list[str]:
    """Which part of a price this is, and what was invoiced of it before."""
    if unit is None:
        return []
    billed = sum(each.net_minor for each in before)
    work_line = row.kind is Kind.WORK and unit.kind is not UnitKind.WEEK
    if not before and PART not in root.cause:
        if not work_line or row.net_minor == unit.price_minor:
            return []
    values: dict[str, object] = {"n": len(before) + 1}
    if work_line:
        values["price"] = format_money(Money(unit.price_minor, unit.currency), language)
        if ahead:
            words = _("Payment on account: part %(n)s of the price of %(price)s before tax")
        elif before and billed + row.net_minor == unit.price_minor:
            words = _("Balance: part %(n)s of the price of %(price)s before tax")
        else:
            words = _("Part %(n)s of the price of %(price)s before tax")
    else:
        words = _("Part %(n)s")
    found = [gettext(words, language, **values)]
    if before:
        numbers = ", ".join(each.number for each in before if each.number)
        found.append(gettext(
            _("Invoiced before: %(sum)s before tax (%(numbers)s)")
            if numbers else _("Invoiced before: %(sum)s before tax"),
            language, sum=format_money(Money(billed, row.currency), language), numbers=numbers,
        ))  # fmt: skip
    return found


def part_name(unit: Unit, language: str) -> str:
    """A part of the work as people call it."""
    if unit.kind is UnitKind.MILESTONE:
        return unit.title
    if unit.kind is UnitKind.TOP_UP:
        return gettext("further pack", language)
    if unit.kind is UnitKind.WEEK:
        day = format_date(unit.starts_on, language)
        return gettext("week of %(day)s", language, day=day)
    return gettext("period %(n)s", language, n=unit.position)


async def _hours(unit: Unit, row: Invoice, contract: Contract) -> str:
    """The hours of a week that this line pays whole: of a part nobody knows which they are."""
    terms = contracts.agreement(contract).terms
    if not isinstance(terms, HourlyTerms) or row.kind is not Kind.WORK:
        return ""
    minutes = await work.minutes(unit.id) if unit.kind is UnitKind.WEEK else 0
    if not minutes or price_of_minutes(work.rate_minor(unit, terms), minutes) != row.net_minor:
        return ""
    hours = f"{minutes // 60} h {minutes % 60:02d}"
    return gettext("%(hours)s worked", contract.language, hours=hours)
