"""Owns the accounts of each flow of money, as pure functions; never reads a balance, never posts.

Every function returns a balanced Posting, amounts in minor units, debit positive.
"""

from __future__ import annotations

from collections.abc import Iterable

from payments.fees import Share
from payments.ledger import chart
from payments.ledger.balanced import Kind, Posting, balanced
from payments.money import Money


def fund(share: Share, *, holding: str, contract: str, stripe_fee: Money) -> Posting:
    """A charge succeeded: Stripe keeps its fee, the rest is on our balance and nobody's yet."""
    total = share.money(share.total)
    return balanced(
        Kind.FUND,
        debit=[(chart.PLATFORM, total - stripe_fee), (chart.STRIPE_FEE, stripe_fee)],
        credit=[
            (chart.held(holding), share.money(share.held)),
            (chart.deferred(contract), share.money(share.deferred)),
        ],
    )


def surplus(amount: Money, *, payer: str, stripe_fee: Money) -> Posting:
    """A charge for something already paid or cancelled.

    All of it is the payer's, the fee is our loss.
    """
    return balanced(
        Kind.SURPLUS,
        debit=[(chart.PLATFORM, amount - stripe_fee), (chart.STRIPE_FEE, stripe_fee)],
        credit=[(chart.credit(payer), amount)],
    )


def release(share: Share, *, holding: str, contract: str, payee: str) -> Posting:
    """Held money becomes the payee's; both fees are earned now."""
    return _release(Kind.RELEASE, share, holding=holding, contract=contract, payee=payee)


def tip(share: Share, *, holding: str, contract: str, payee: str) -> Posting:
    """A tip became the payee's in the moment it was paid."""
    return _release(Kind.TIP, share, holding=holding, contract=contract, payee=payee)


def _release(kind: Kind, share: Share, *, holding: str, contract: str, payee: str) -> Posting:
    return balanced(
        kind,
        debit=[
            (chart.held(holding), share.money(share.held)),
            (chart.deferred(contract), share.money(share.deferred)),
        ],
        credit=[
            (chart.payable(payee), share.money(share.net)),
            (chart.COMMISSION, share.money(share.assistant_fee)),
            (chart.CLIENT_FEE, share.money(share.client_fee)),
            (chart.VAT, share.money(share.assistant_fee_vat + share.client_fee_vat)),
        ],
    )


def transfer(amount: Money, *, payee: str) -> Posting:
    """The payee's money left for the payee."""
    return balanced(
        Kind.TRANSFER, debit=[(chart.payable(payee), amount)], credit=[(chart.PLATFORM, amount)]
    )


def paid_by_hand(amount: Money, *, payee: str) -> Posting:
    """The payee's money was paid from our own bank: what is here of it is ours."""
    return balanced(
        Kind.PAID_BY_HAND, debit=[(chart.payable(payee), amount)], credit=[(chart.EQUITY, amount)]
    )


def refund_due(share: Share, *, holding: str, contract: str, payer: str) -> Posting:
    """Held money becomes the payer's again, with the fee that was collected for it.

    Posted when decided, not when Stripe has executed: what is promised to the payer can no longer
    be released.
    """
    return balanced(
        Kind.REFUND_DUE,
        debit=[
            (chart.held(holding), share.money(share.held)),
            (chart.deferred(contract), share.money(share.deferred)),
        ],
        credit=[(chart.credit(payer), share.money(share.total))],
    )


def refund(amount: Money, *, payer: str) -> Posting:
    """The payer's money left for the payer."""
    return balanced(
        Kind.REFUND, debit=[(chart.credit(payer), amount)], credit=[(chart.PLATFORM, amount)]
    )


def refund_failed(amount: Money, *, payer: str) -> Posting:
    """The money came back to us: it stays the payer's."""
    return balanced(
        Kind.REFUND_FAILED, debit=[(chart.PLATFORM, amount)], credit=[(chart.credit(payer), amount)]
    )


def carry(share: Share, *, source: str, target: str) -> Posting:
    """What a week did not use waits in the next one.

    The deferred fee belongs to the contract and stays.
    """
    amount = share.money(share.held)
    return balanced(
        Kind.CARRY, debit=[(chart.held(source), amount)], credit=[(chart.held(target), amount)]
    )


def clawback(share: Share, *, holding: str) -> Posting:
    """A transfer was reversed: net, commission and its VAT become held money again."""
    return _clawback(Kind.CLAWBACK, share, holding=holding, net_from=chart.PLATFORM)


def withdrawal(share: Share, *, holding: str, payee: str) -> Posting:
    """A clawback before the transfer left: what was owed to the payee is held money again."""
    return _clawback(Kind.CLAWBACK, share, holding=holding, net_from=chart.payable(payee))


def debt(share: Share, *, holding: str, payee: str) -> Posting:
    """A clawback that could not be executed: the payee owes us the net."""
    return _clawback(Kind.DEBT, share, holding=holding, net_from=chart.receivable(payee))


def _clawback(kind: Kind, share: Share, *, holding: str, net_from: str) -> Posting:
    return balanced(
        kind,
        debit=[
            (net_from, share.money(share.net)),
            (chart.COMMISSION, share.money(share.assistant_fee)),
            (chart.VAT, share.money(share.assistant_fee_vat)),
        ],
        credit=[(chart.held(holding), share.money(share.held))],
    )


def fee_return(share: Share, *, contract: str) -> Posting:
    """The client fee goes back too: with the clawback, before the refund."""
    return balanced(
        Kind.FEE_RETURN,
        debit=[
            (chart.CLIENT_FEE, share.money(share.client_fee)),
            (chart.VAT, share.money(share.client_fee_vat)),
        ],
        credit=[(chart.deferred(contract), share.money(share.deferred))],
    )


def recovery(amount: Money, *, holding: str) -> Posting:
    """What came back from a payee covers a dispute that was lost after the release."""
    return balanced(
        Kind.RECOVERY,
        debit=[(chart.held(holding), amount)],
        credit=[(chart.DISPUTE_LOSS, amount)],
    )


def paid_by_bank(amount: Money, *, payer: str) -> Posting:
    """A refund that had not left when its charge was lost to the payer's bank: the bank paid it."""
    return balanced(
        Kind.RECOVERY, debit=[(chart.credit(payer), amount)], credit=[(chart.DISPUTE_LOSS, amount)]
    )


def set_off(amount: Money, *, payee: str) -> Posting:
    """A later release pays an earlier debt, before the transfer is made."""
    return balanced(
        Kind.SET_OFF,
        debit=[(chart.payable(payee), amount)],
        credit=[(chart.receivable(payee), amount)],
    )


def dispute_open(amount: Money, fee: Money, *, dispute: str) -> Posting:
    """The bank took the charge, Stripe its fee, both from our balance, at once."""
    return balanced(
        Kind.DISPUTE_OPEN,
        debit=[(chart.dispute(dispute), amount), (chart.DISPUTE_FEE, fee)],
        credit=[(chart.PLATFORM, amount + fee)],
    )


def dispute_won(amount: Money, fee_returned: Money, *, dispute: str) -> Posting:
    """The bank gave the charge back, and Stripe its fee if it does."""
    return balanced(
        Kind.DISPUTE_WON,
        debit=[(chart.PLATFORM, amount + fee_returned)],
        credit=[(chart.dispute(dispute), amount), (chart.DISPUTE_FEE, fee_returned)],
    )


def dispute_lost(
    amount: Money, shares: Iterable[tuple[str, Share]], *, contract: str, dispute: str
) -> Posting:
    """Gone for good.

    From what is still held (holding, share), the rest is our loss. Nothing is taken from a payee
    here: that needs a decision by a person, and is a clawback.
    """
    parts = list(shares)
    loss = amount - Money(sum(share.total for _, share in parts), amount.currency)
    return balanced(
        Kind.DISPUTE_LOST,
        debit=[
            *((chart.held(holding), share.money(share.held)) for holding, share in parts),
            (chart.deferred(contract), Money(sum(s.deferred for _, s in parts), amount.currency)),
            (chart.DISPUTE_LOSS, loss),
        ],
        credit=[(chart.dispute(dispute), amount)],
    )


def payout(amount: Money) -> Posting:
    """We paid recognised revenue out to our own bank account."""
    return balanced(Kind.PAYOUT, debit=[(chart.EQUITY, amount)], credit=[(chart.PLATFORM, amount)])


def payout_failed(amount: Money) -> Posting:
    """Our bank sent a payout of ours back."""
    return balanced(
        Kind.PAYOUT_FAILED, debit=[(chart.PLATFORM, amount)], credit=[(chart.EQUITY, amount)]
    )


def top_up(amount: Money) -> Posting:
    """We added money of our own."""
    return balanced(Kind.TOP_UP, debit=[(chart.PLATFORM, amount)], credit=[(chart.EQUITY, amount)])


def stripe_fee(amount: Money) -> Posting:
    """A periodic fee of Stripe's, not tied to a charge."""
    return balanced(
        Kind.STRIPE_FEE, debit=[(chart.STRIPE_FEE, amount)], credit=[(chart.PLATFORM, amount)]
    )
