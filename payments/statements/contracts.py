"""Owns the account of a contract that both sides may read.

Derived from the ledger; never stores anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from payments.ledger import book, chart
from payments.ledger.balanced import Kind
from payments.ledger.book import Booked
from payments.models import Holding
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
    Kind.PAID_BY_HAND: (1, ("payable",)),
    Kind.FEE_RETURN: (1, (chart.CLIENT_FEE, chart.VAT)),
    Kind.CLAWBACK: (1, (chart.PLATFORM, "payable")),
    Kind.DEBT: (1, ("receivable",)),
    Kind.RECOVERY: (-1, (chart.DISPUTE_LOSS,)),
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
    `returned` what we sent back to them with fees, `by_bank` what their bank gave them back for
    good, `transferred` what reached the payee and was not `taken_back` from them since.
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
    by_bank: Money
    taken_back: Money


async def contract_statement(contract: str, currency: str = "EUR") -> ContractStatement:
    """Every step of a contract in order, with totals that must agree.

    Before the first payment request it is empty, in the given currency. Raises StatementMismatch
    when the books contradict themselves.
    """
    rows = await Holding.filter(contract=contract)
    if not rows:
        return ContractStatement(currency, (), *(Money.zero(currency) for _ in range(10)))
    currency = rows[0].currency
    held_codes = {chart.held(row.id) for row in rows}
    people = rows[0]
    lines, running = list[StatementLine](), 0
    totals: dict[Kind, int] = {}
    flows = dict.fromkeys(("charged", "returned", "transferred", "by_bank", "taken_back"), 0)
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
        transferred=money(flows["transferred"] - flows["taken_back"]),
        by_bank=money(flows["by_bank"]),
        taken_back=money(flows["taken_back"]),
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
    if booked.kind is Kind.DISPUTE_LOST:  # all of it, also what was released of it before
        return -sum(each.amount.minor for each in booked.entries if each.code.startswith("disp:"))
    sign, codes = _NAMED.get(booked.kind, (0, ()))
    if not sign:
        return abs(held_change)
    named = {
        "payable": chart.payable(people.payee),
        "credit": chart.credit(people.payer),
        "receivable": chart.receivable(people.payee),
    }
    return sign * sum(booked.amount(named.get(code, code)) for code in codes)


def _count(flows: dict[str, int], booked: Booked, amount: int) -> None:
    flow = {
        Kind.FUND: ("charged", 1),
        Kind.SURPLUS: ("charged", 1),
        Kind.REFUND: ("returned", 1),
        Kind.REFUND_FAILED: ("returned", -1),
        Kind.TRANSFER: ("transferred", 1),
        Kind.PAID_BY_HAND: ("transferred", 1),
        Kind.DISPUTE_LOST: ("by_bank", 1),
    }.get(booked.kind)
    if booked.kind is Kind.CLAWBACK:
        flows["taken_back"] += booked.amount(chart.PLATFORM)  # what never left is not in it
    elif flow is not None:
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
