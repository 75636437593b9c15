"""Owns the reads of what the parts of a contract cost, and when they are paid at the latest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from marketplace.contracts.rules.instalments import Instalment, instalments
from marketplace.contracts.rules.states import PAY_DAYS, Rail
from marketplace.contracts.rules.terms import Agreement
from payments import escrow
from payments.fees import Quote, quote
from payments.money import Money

if TYPE_CHECKING:
    from uuid import UUID

    from marketplace.contracts.rules.clocks import Clocks


@dataclass(frozen=True)
class QuotedPart:
    """One instalment and every line of its price (payments.fees.quote).

    `wait`: days from the approval to its last day of payment, for safety or to pay directly.
    """

    part: Instalment
    quote: Quote
    wait: int = 0


async def hold_days(assistant_id: UUID, clocks: Clocks) -> int:
    """How many days the next release waits: the security hold of an assistant's first ones.

    Counted are milestones, periods and weeks that were paid to the end, whatever the parts.
    """
    if not clocks.hold_days or not clocks.hold_releases:
        return 0
    earlier = await escrow.paid_in_full(str(assistant_id), clocks.hold_releases)
    return clocks.hold_days if earlier < clocks.hold_releases else 0


async def planned(
    agreed: Agreement, assistant_id: UUID, since: date | None = None
) -> tuple[QuotedPart, ...]:
    """Each part with its price lines and the last day of its payment.

    After the security hold that is due today; where payments are only recorded, after the days
    that the business has to pay directly.
    """
    if agreed.rail is Rail.HELD:
        hold = await hold_days(assistant_id, agreed.clocks)
        return tuple(_dated(each, agreed, hold) for each in quoted(agreed, since))
    return tuple(_dated(each, agreed, PAY_DAYS) for each in quoted(agreed, since))


def _dated(quoted: QuotedPart, agreed: Agreement, days: int) -> QuotedPart:
    """Nothing is charged before the contract begins, also of a week that began before it."""
    part = quoted.part
    charged_on = max(part.charged_on, agreed.starts_on)
    dated = replace(part, charged_on=charged_on, paid_on=part.paid_on + timedelta(days=days))
    return replace(quoted, part=dated, wait=days)


def quoted(agreed: Agreement, since: date | None = None) -> tuple[QuotedPart, ...]:
    """Each part of the agreement with its price lines: the fee preview and, later, the ledger.

    By the hour, weeks that are over before `since` are left out.
    """
    return tuple(
        QuotedPart(part, quote(Money(part.price_minor, agreed.currency), agreed.fees))
        for part in instalments(agreed, since=since)
    )


def endless(agreed: Agreement) -> bool:
    """Whether weeks follow without an end, so that there is no total."""
    return agreed.ends_on is None and agreed.terms.kind == "hourly"


def total(parts: Iterable[QuotedPart], currency: str) -> Quote:
    """The sum of the parts, line by line: fees are rounded part by part, as they are charged."""
    quotes = [each.quote for each in parts]
    return Quote(
        **{
            name: Money.sum((getattr(each, name) for each in quotes), currency)
            for name in Quote.__dataclass_fields__
        }
    )


def summed(parts: tuple[QuotedPart, ...], agreed: Agreement) -> Quote:
    """What people are told of the whole: the sum, or one full week where no end is written."""
    return parts[-1].quote if parts and endless(agreed) else total(parts, agreed.currency)
