"""Owns the doors to held money: fund, release, refund, carry over, take back, look.

Never knows why any of it happens.

References (holding, contract, payer, payee) are the caller's own strings. Doors that write are
called inside a command and return the facts that became true in it; doors that talk to Stripe are
called outside any transaction and hand the facts to `on_fact` inside the transaction that makes
them true. Prices are ex VAT; a holding keeps price and the assistant's VAT, and the client fee
waits beside it.

Inside a command:   request_funding, request_tip, release, refund, split, carry_over, take_back,
                    take_back_unsent, refund_released, recover, resend_refund, send_credit
Outside:            start_checkout, charge_saved_card, refresh, cancel_funding
Anywhere:           aged, available, balance, balances, fundings_by, fundings_of, credits_of,
                    debt_of, frozen, held_long, limits, holding_of, kept, preview,
                    quote_funding, paid_in_full, failure_of, charged
"""

from payments.escrow.asking import (
    cancel_funding,
    charge_saved_card,
    quote_funding,
    refresh,
    request_funding,
    request_tip,
    start_checkout,
)
from payments.escrow.balances import (
    Balance,
    FundingView,
    balance,
    balances,
    fundings_by,
    fundings_of,
)
from payments.escrow.clawbacks import debt_of, refund_released, take_back, take_back_unsent
from payments.escrow.looking import (
    Credit,
    HeldLong,
    aged,
    available,
    charged,
    credits_of,
    failure_of,
    frozen,
    held_long,
    holding_of,
    kept,
    limits,
    paid_in_full,
    preview,
)
from payments.escrow.recovering import recover
from payments.escrow.settling import (
    carry_over,
    refund,
    release,
    resend_refund,
    send_credit,
    split,
)
from payments.models import FundingStatus, GoesTo

__all__ = [
    "Balance",
    "Credit",
    "FundingStatus",
    "FundingView",
    "GoesTo",
    "HeldLong",
    "aged",
    "available",
    "balance",
    "balances",
    "cancel_funding",
    "carry_over",
    "charge_saved_card",
    "charged",
    "credits_of",
    "debt_of",
    "failure_of",
    "frozen",
    "fundings_by",
    "fundings_of",
    "held_long",
    "holding_of",
    "kept",
    "limits",
    "paid_in_full",
    "preview",
    "quote_funding",
    "recover",
    "refresh",
    "refund",
    "refund_released",
    "release",
    "request_funding",
    "request_tip",
    "resend_refund",
    "send_credit",
    "split",
    "start_checkout",
    "take_back",
    "take_back_unsent",
]
