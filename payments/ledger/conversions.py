"""Owns how two currencies meet in one posting: each balances alone, through its clearing account.

Never knows a rate: what moved is what Stripe says.
"""

from __future__ import annotations

from payments.ledger import chart
from payments.ledger.balanced import Kind, Line, Posting
from payments.money import Money


def conversion(sold: Money, bought: Money) -> Posting:
    """Two currencies of ours: what was bought for what was sold."""
    lines = (
        Line(chart.conversion(sold.currency), sold),
        Line(chart.PLATFORM, bought),
        Line(chart.PLATFORM, -sold),
        Line(chart.conversion(bought.currency), -bought),
    )
    return Posting(Kind.CONVERSION, lines)


def converted(posting: Posting, *, moved: Money, worth: Money, fee: Money) -> Posting:
    """The same flow, where Stripe moved our balance in another currency than the payer paid in.

    `moved` is what it did to that balance (debit positive, after `fee`), `worth` what the whole
    payment had brought there for this much of it: what a later day's rate makes of it is our
    exchange difference, and clearing returns to zero.
    """
    ours = [line for line in posting.lines if line.code == chart.PLATFORM]
    (currency,) = {line.amount.currency for line in posting.lines}
    paid = Money.sum((line.amount for line in ours), currency)
    lines = [line for line in posting.lines if line.code != chart.PLATFORM]
    lines += [
        Line(chart.conversion(currency), paid),
        Line(chart.PLATFORM, moved),
        Line(chart.STRIPE_FEE, fee),
        Line(chart.conversion(moved.currency), -worth),
        Line(chart.EXCHANGE, worth - moved - fee),
    ]
    return Posting(posting.kind, tuple(line for line in lines if line.amount))
