"""Every flow of money balances, in every currency, whatever the amounts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from payments.fees import Share, quote
from payments.ledger import chart, postings
from payments.ledger.balanced import Kind, Posting
from payments.ledger.conversions import conversion
from payments.money import HELD_CURRENCIES, Money
from tests.factories.fees import fee_terms

bps = st.integers(0, 2_500)
minors = st.integers(0, 10**9)


@st.composite
def shares(draw: st.DrawFn, currency: str = "EUR") -> Share:
    terms = draw(fee_terms)
    return Share.of(quote(Money(draw(st.integers(1, 10**9)), currency), terms))


def every_posting(share: Share, other: Share, minor: int, fee: int) -> list[Posting]:
    amount, charged = share.money(minor + 1), share.money(fee)
    return [
        postings.fund(share, holding="h", contract="c", stripe_fee=charged),
        postings.surplus(amount, payer="p", stripe_fee=charged),
        postings.release(share, holding="h", contract="c", payee="v"),
        postings.tip(share, holding="h", contract="c", payee="v"),
        postings.transfer(amount, payee="v"),
        postings.paid_by_hand(amount, payee="v"),
        postings.refund_due(share, holding="h", contract="c", payer="p"),
        postings.refund(amount, payer="p"),
        postings.refund_failed(amount, payer="p"),
        postings.carry(share, source="h", target="h2"),
        postings.clawback(share, holding="h"),
        postings.withdrawal(share, holding="h", payee="v"),
        postings.debt(share, holding="h", payee="v"),
        postings.fee_return(share, contract="c"),
        postings.set_off(amount, payee="v"),
        postings.recovery(amount, holding="h"),
        postings.dispute_open(amount, charged, dispute="d"),
        postings.dispute_won(amount, charged, dispute="d"),
        postings.dispute_lost(
            share.money(share.total + other.total + minor),
            [("h", share), ("h2", other)],
            contract="c",
            dispute="d",
        ),
        postings.payout(amount),
        postings.payout_failed(amount),
        postings.top_up(amount),
        postings.stripe_fee(amount),
        conversion(amount, Money(minor + 7, "CHF")),
    ]


@given(shares(), shares(), minors, minors)
def test_every_posting_balances(share: Share, other: Share, minor: int, fee: int) -> None:
    made = every_posting(share, other, minor, fee)
    assert {posting.kind for posting in made} == set(Kind)
    for posting in made:
        for currency in HELD_CURRENCIES:
            assert posting.total(currency) == Money.zero(currency)
        assert all(line.amount for line in posting.lines)


@given(shares())
def test_funding_then_releasing_leaves_nothing_held(share: Share) -> None:
    zero = share.money(0)
    came = postings.fund(share, holding="h", contract="c", stripe_fee=zero)
    left = postings.release(share, holding="h", contract="c", payee="v")
    for code in (chart.held("h"), chart.deferred("c")):
        assert came.amount(code, "EUR") + left.amount(code, "EUR") == zero


@given(shares())
def test_a_clawback_and_fee_return_undo_a_release(share: Share) -> None:
    zero = share.money(0)
    steps = [
        postings.release(share, holding="h", contract="c", payee="v"),
        postings.transfer(share.money(share.net), payee="v"),
        postings.clawback(share, holding="h"),
        postings.fee_return(share, contract="c"),
    ]
    codes = {line.code for step in steps for line in step.lines}
    for code in codes:
        assert Money.sum((step.amount(code, "EUR") for step in steps), "EUR") == zero
