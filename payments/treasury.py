"""Owns our own money at Stripe: what of it is earned, paying that out, what Stripe itself costs.

Never touches what belongs to payers, payees or the tax office.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from payments import errors
from payments.database import connection, forbid_command
from payments.gateway import balance
from payments.gateway.views import BalanceLine
from payments.ledger import book, chart, postings
from payments.money import Money

_PERIODIC: Final = ("stripe_fee", "stripe_fx_fee", "tax_fee")
_OWED: Final = """
SELECT coalesce(sum(balance_minor), 0)::bigint AS minor FROM ledger_balance
 WHERE currency = $1
   AND split_part(code, ':', 1) IN ('escrow', 'deferred', 'payable', 'credit', 'tax', 'fx')
"""
_UNDER_WAY: Final = """
SELECT d AS decision FROM unnest($1::text[]) d
 WHERE NOT EXISTS (SELECT FROM ledger_transaction t WHERE t.key = 'payout:' || d)
"""


async def earned(currency: str) -> Money:
    """What of our balance at Stripe is ours by the books: all of it less what is owed.

    Held funds, deferred fees, what payees and payers are due and VAT are owed, and what goes back
    in the currency it was paid in. Negative when we
    have lent more than we earned.
    """
    owed = await connection().execute_query_dict(_OWED, [currency])
    return await book.balance(chart.PLATFORM, currency) + Money(owed[0]["minor"], currency)


async def trouble() -> str:
    """Why Stripe would do nothing for us now, in a word; "" when it answers our key.

    Asks it, outside a transaction.
    """
    try:
        await balance.available("EUR")
    except errors.StripeProblem as problem:
        return type(problem).__name__
    return ""


async def automatic_payouts() -> str:
    """How often Stripe pays our balance out by itself; "" when it leaves it alone, as it must.

    What contracts hold is in that balance: paid out to our own bank it could no longer be
    transferred or refunded (https://docs.stripe.com/connect/separate-charges-and-transfers).
    Asks Stripe, outside a transaction. Raises StripeProblem.
    """
    interval = await balance.payout_interval()
    return "" if interval == "manual" else interval


async def pay_out(amount: Money, *, key: str, decided_by: str) -> str:
    """Send earned revenue to our own bank, outside a transaction; gives Stripe's payout.

    `key` names the operator's click: the same key again is the same payout. It is booked when its
    news arrives; until then it is `under_way`, and `earned` still holds it. Raises
    InsufficientFunds above what is earned or available, StripeProblem.
    """
    forbid_command()
    done = await book.find(f"payout:{key}")
    if done is not None and done.source is not None:
        return done.source
    limit = min(await earned(amount.currency), await balance.available(amount.currency))
    if not Money.zero(amount.currency) < amount <= limit:
        raise errors.InsufficientFunds(f"{amount} of {limit}")
    metadata = {"decided_by": decided_by, "decision": key}
    return await balance.create_payout(amount=amount, metadata=metadata, key=f"payout:{key}")


async def under_way(decisions: Collection[str]) -> set[str]:
    """Which of these decisions to pay out are not booked yet: their money is as good as gone."""
    rows = await connection().execute_query_dict(_UNDER_WAY, [list(decisions)])
    return {row["decision"] for row in rows}


def periodic(line: BalanceLine) -> bool:
    """Whether this is a fee of Stripe's that no charge and no event announces."""
    return line.type in _PERIODIC and line.source is None


async def book_fee(line: BalanceLine) -> bool:
    """Inside a command: books one periodic fee under `fee:txn_...`; False when it was done."""
    return await book.post(postings.stripe_fee(-line.net), key=f"fee:{line.id}", source=line.id)
