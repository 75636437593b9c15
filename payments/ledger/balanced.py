"""Owns what a posting is: lines of one kind of flow that add up to zero; never which accounts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from payments.money import Money


class Kind(StrEnum):
    """The flows of money, one posting each."""

    FUND = "fund"
    SURPLUS = "surplus"
    RELEASE = "release"
    TIP = "tip"
    TRANSFER = "transfer"
    PAID_BY_HAND = "paid_by_hand"
    REFUND_DUE = "refund_due"
    REFUND = "refund"
    REFUND_FAILED = "refund_failed"
    CARRY = "carry"
    CLAWBACK = "clawback"
    FEE_RETURN = "fee_return"
    DEBT = "debt"
    SET_OFF = "set_off"
    RECOVERY = "recovery"
    DISPUTE_OPEN = "dispute_open"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"
    PAYOUT = "payout"
    PAYOUT_FAILED = "payout_failed"
    TOP_UP = "top_up"
    STRIPE_FEE = "stripe_fee"
    CONVERSION = "conversion"


@dataclass(frozen=True, slots=True)
class Line:
    """One leg: debit positive, credit negative."""

    code: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Posting:
    """One balanced transaction, not posted yet."""

    kind: Kind
    lines: tuple[Line, ...]

    def total(self, currency: str) -> Money:
        """Zero, for every currency in it."""
        return Money.sum((x.amount for x in self.lines if x.amount.currency == currency), currency)

    def amount(self, code: str, currency: str) -> Money:
        """What this posting does to one account, debit positive."""
        matching = (x.amount for x in self.lines if (x.code, x.amount.currency) == (code, currency))
        return Money.sum(matching, currency)


def balanced(
    kind: Kind, *, debit: Iterable[tuple[str, Money]], credit: Iterable[tuple[str, Money]]
) -> Posting:
    """A posting of these legs, without those of nothing; the database refuses an unequal one."""
    lines = [Line(code, amount) for code, amount in debit if amount]
    lines += [Line(code, -amount) for code, amount in credit if amount]
    return Posting(kind, tuple(lines))
