"""Owns the account of a contract or a payee that both sides may read.

Derived from the ledger; never stores anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from payments.ledger import book, chart
from payments.ledger.book import Booked
from payments.ledger.postings import Kind
from payments.models import (
    BankDispute,
    DisputeStatus,
    Holding,
    Movement,
    MovementKind,
    MovementStatus,
)
from payments.money import Money

_NAMED: Final[dict[Kind, tuple[int, tuple[str, ...]]]] = {
    Kind.FUND: (1, (chart.PLATFORM, chart.STRIPE_FEE)),
    Kind.RELEASE: (-1, ("payable",)),
    Kind.TIP: (-1, ("payable",)),
    Kind.REFUND_DUE: (-1, ("credit",)),
    Kind.SURPLUS: (-1, ("credit",)),
    Kind.REFUND: (1, ("credit",)),
    Kind.REFUND_FAILED: (-1, ("credit",)),
    Kind.DISPUTE_WON: (1, (chart.PLATFORM, chart.DISPUTE_FEE)),
    Kind.SET_OFF: (1, ("payable",)),
    Kind.FEE_RETURN: (1, (chart.CLIENT_FEE, chart.VAT)),
}
"""The accounts whose change a reader calls the amount of a step; otherwise the held money's."""
_RELEASED: Final = (Kind.RELEASE, Kind.TIP, Kind.CLAWBACK, Kind.DEBT)


class StatementMismatch(AssertionError):
    """The books contradict themselves; nothing is shown rather than something wrong."""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One step.

    `what` is the ledger's kind; `amount` is the step's own amount, `fees` what we took with it
    (fees and VAT on them), `held_change` and `held_after` what it did to the contract's held money.
    """

    at: datetime
    what: Kind
    holding: str | None
    target: str | None
    amount: Money
    fees: Money
    held_change: Money
    held_after: Money
    key: str
    reference: str | None


@dataclass(frozen=True, slots=True)
class ContractStatement:
    """Held money without fees.

    `funded = released + refunded + held + disputed`. `charged` is what the payer paid with fees,
    `returned` what went back to them with fees, `transferred` what reached the payee.
    """

    currency: str
    lines: tuple[StatementLine, ...]
    funded: Money
    released: Money
    refunded: Money
    held: Money
    disputed: Money
    charged: Money
    returned: Money
    transferred: Money


async def contract_statement(contract: str, currency: str = "EUR") -> ContractStatement:
    """Every step of a contract in order, with totals that must agree.

    Before the first payment request it is empty, in the given currency. Raises StatementMismatch
    when the books contradict themselves.
    """
    rows = await Holding.filter(contract=contract)
    if not rows:
        return ContractStatement(currency, (), *(Money.zero(currency) for _ in range(8)))
    currency = rows[0].currency
    held_codes = {chart.held(row.id) for row in rows}
    people = rows[0]
    lines, running = list[StatementLine](), 0
    totals: dict[Kind, int] = {}
    flows = {"charged": 0, "returned": 0, "transferred": 0}
    for booked in await book.of_contract(contract):
        change = -sum(booked.amount(code) for code in held_codes)
        running += change
        totals[booked.kind] = totals.get(booked.kind, 0) + change
        amount = _amount(booked, people, change)
        _count(flows, booked, amount)
        lines.append(_line(booked, currency, amount, change, running))

    def money(minor: int) -> Money:
        return Money(minor, currency)

    released = -sum(totals.get(kind, 0) for kind in _RELEASED)
    statement = ContractStatement(
        currency=currency,
        lines=tuple(lines),
        funded=money(totals.get(Kind.FUND, 0)),
        released=money(released),
        refunded=money(-totals.get(Kind.REFUND_DUE, 0)),
        held=money(running),
        disputed=money(-totals.get(Kind.DISPUTE_LOST, 0) - totals.get(Kind.RECOVERY, 0)),
        charged=money(flows["charged"]),
        returned=money(flows["returned"]),
        transferred=money(flows["transferred"]),
    )
    await _agree(statement, held_codes)
    return statement


async def _agree(statement: ContractStatement, held_codes: set[str]) -> None:
    parts = statement.released + statement.refunded + statement.held + statement.disputed
    if parts != statement.funded:
        raise StatementMismatch(f"funded {statement.funded}, accounted for {parts}")
    if -await book.total(held_codes, statement.currency) != statement.held:
        raise StatementMismatch("the running total is not the accounts' balance")


def _amount(booked: Booked, people: Holding, held_change: int) -> int:
    """What a reader calls the amount of this step."""
    if booked.kind is Kind.CARRY:
        return max(entry.amount.minor for entry in booked.entries)
    if booked.kind in (Kind.TRANSFER, Kind.DISPUTE_OPEN):
        return -booked.amount(chart.PLATFORM) - booked.amount(chart.DISPUTE_FEE)
    sign, codes = _NAMED.get(booked.kind, (0, ()))
    if not sign:
        return abs(held_change)
    named = {"payable": chart.payable(people.payee), "credit": chart.credit(people.payer)}
    return sign * sum(booked.amount(named.get(code, code)) for code in codes)


def _count(flows: dict[str, int], booked: Booked, amount: int) -> None:
    flow = {
        Kind.FUND: ("charged", 1),
        Kind.SURPLUS: ("charged", 1),
        Kind.REFUND: ("returned", 1),
        Kind.REFUND_FAILED: ("returned", -1),
        Kind.TRANSFER: ("transferred", 1),
    }.get(booked.kind)
    if flow is not None:
        flows[flow[0]] += flow[1] * amount


def _line(booked: Booked, currency: str, amount: int, change: int, running: int) -> StatementLine:
    fees = -sum(booked.amount(code) for code in (chart.COMMISSION, chart.CLIENT_FEE, chart.VAT))
    return StatementLine(
        at=booked.at,
        what=booked.kind,
        holding=booked.holding,
        target=booked.ref.get("target"),
        amount=Money(amount, currency),
        fees=Money(fees, currency),
        held_change=Money(change, currency),
        held_after=Money(running, currency),
        key=booked.key,
        reference=booked.source,
    )


@dataclass(frozen=True, slots=True)
class PayeeLine:
    """One step of what is owed to a payee.

    `change` is positive when released, negative when transferred.
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

    `owed` is released and not transferred yet, `transferred` what reached the payee.
    """

    lines: tuple[PayeeLine, ...]
    owed: dict[str, Money]
    transferred: dict[str, Money]


async def payee_statement(payee: str) -> PayeeStatement:
    """Everything released to and transferred to one payee, in order."""
    code = chart.payable(payee)
    lines = list[PayeeLine]()
    owed, transferred = dict[str, Money](), dict[str, Money]()
    for booked in await book.of_account(code):
        for entry in booked.entries:
            if entry.code != code:
                continue
            currency = entry.amount.currency
            owed[currency] = -entry.after
            if booked.kind is Kind.TRANSFER:
                transferred[currency] = (
                    transferred.get(currency, Money.zero(currency)) + entry.amount
                )
            lines.append(
                PayeeLine(
                    booked.at,
                    booked.kind,
                    booked.contract,
                    booked.holding,
                    -entry.amount,
                    -entry.after,
                    booked.source,
                )
            )
    return PayeeStatement(tuple(lines), owed, transferred)


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
