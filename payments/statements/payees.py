"""Owns the account of a payee: what was released, what reached them, what was taken back.

Derived from the ledger and the movements; never stores anything.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from payments.ledger import book, chart
from payments.ledger.balanced import Kind
from payments.models import BankDispute, DisputeStatus, Movement, MovementKind, MovementStatus
from payments.money import Money


@dataclass(frozen=True, slots=True)
class PayeeLine:
    """One step of what is owed to a payee.

    `change` is positive when released, negative when transferred, taken back or become a debt of
    the payee's. `owed_after` is what was still to be transferred then.
    """

    at: datetime
    what: Kind
    contract: str | None
    holding: str | None
    change: Money
    owed_after: Money
    reference: str | None


@dataclass(frozen=True, slots=True)
class PayeeStatement:
    """By currency.

    `owed` is released and not transferred yet; `transferred` what reached the payee and was not
    `taken_back` since; `debt` what could not be taken back, and is set off against later releases.
    """

    lines: tuple[PayeeLine, ...]
    owed: dict[str, Money]
    transferred: dict[str, Money]
    taken_back: dict[str, Money]
    debt: dict[str, Money]


async def payee_statement(payee: str) -> PayeeStatement:
    """Everything released to, transferred to and taken back from one payee, in order."""
    released = await _on_account(chart.payable(payee))
    lent = await _on_account(chart.receivable(payee))
    reversed_ = await _reversals(payee)
    steps = [(line, True) for line in released]
    steps += [(line, False) for line in (*lent, *reversed_) if line.what is not Kind.SET_OFF]
    lines = list[PayeeLine]()
    owed, transferred = dict[str, Money](), dict[str, Money]()
    for line, still_to_come in sorted(steps, key=lambda step: step[0].at):
        currency = line.change.currency
        before = owed.get(currency, Money.zero(currency))
        owed[currency] = line.owed_after if still_to_come else before
        lines.append(replace(line, owed_after=owed[currency]))
        if line.what in (Kind.TRANSFER, Kind.PAID_BY_HAND):
            _add(transferred, -line.change)
    taken_back = dict[str, Money]()
    for line in reversed_:
        _add(taken_back, -line.change)
        _add(transferred, line.change)
    debt = {line.change.currency: -line.owed_after for line in lent}
    return PayeeStatement(tuple(lines), owed, transferred, taken_back, debt)


async def _on_account(code: str) -> list[PayeeLine]:
    return [
        PayeeLine(
            booked.at,
            booked.kind,
            booked.contract,
            booked.holding,
            -entry.amount,
            -entry.after,
            booked.source or booked.ref.get("reference"),
        )
        for booked in await book.of_account(code)
        for entry in booked.entries
        if entry.code == code
    ]


async def _reversals(payee: str) -> list[PayeeLine]:
    """What was transferred and came back: it never touches what is owed to the payee."""
    rows = Movement.filter(payee=payee, kind=MovementKind.REVERSAL, settled_at__isnull=False)
    return [
        PayeeLine(
            row.settled_at or row.created_at,
            Kind.CLAWBACK,
            row.contract,
            row.holding,
            -row.amount,
            Money.zero(row.currency),
            row.stripe_id,
        )
        for row in await rows.order_by("settled_at", "id")
    ]


def _add(sums: dict[str, Money], amount: Money) -> None:
    sums[amount.currency] = sums.get(amount.currency, Money.zero(amount.currency)) + amount


@dataclass(frozen=True, slots=True)
class Aside:
    """A transfer that could not leave, out of the queue since `at` and still owed."""

    amount: Money
    contract: str
    at: datetime


async def aside(payee: str) -> tuple[Aside, ...]:
    """What is owed to a payee and does not leave by itself, the oldest first."""
    rows = Movement.filter(payee=payee, status=MovementStatus.SET_ASIDE)
    return tuple(
        Aside(row.amount, row.contract, row.set_aside_at or row.created_at)
        for row in await rows.order_by("set_aside_at", "id")
    )


@dataclass(frozen=True, slots=True)
class Leaving:
    """A transfer that is owed and has not left. `at` None: it waits for the payee's set-up."""

    amount: Money
    contract: str
    at: datetime | None


async def leaving(payee: str) -> tuple[Leaving, ...]:
    """What leaves to a payee, the next first, then what waits for them.

    Not what waits for a bank to decide about its charge: nobody knows when that leaves.
    """
    disputed = await BankDispute.filter(status=DisputeStatus.OPEN).values_list(
        "funding_id", flat=True
    )
    waiting = (MovementStatus.QUEUED, MovementStatus.SENDING, MovementStatus.WAITING_PAYEE)
    rows = await Movement.filter(
        payee=payee, kind=MovementKind.TRANSFER, status__in=[each.value for each in waiting]
    ).order_by("next_attempt_at")
    found = [
        Leaving(
            row.amount,
            row.contract,
            None if row.status is MovementStatus.WAITING_PAYEE else row.next_attempt_at,
        )
        for row in rows
        if row.funding_id not in disputed or row.first_sent_at
    ]
    return tuple(sorted(found, key=lambda each: each.at is None))
