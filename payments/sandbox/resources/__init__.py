"""The operations by area; importing this package fills the table and the timers.

Never holds code: each area has its own module.
"""

from payments.sandbox.resources import (
    accounts,
    balance,
    checkout,
    customers,
    disputes,
    events,
    intents,
    payment_methods,
    payouts,
    recipients,
    refunds,
    setups,
    transfers,
)

__all__ = [
    "accounts",
    "balance",
    "checkout",
    "customers",
    "disputes",
    "events",
    "intents",
    "payment_methods",
    "payouts",
    "recipients",
    "refunds",
    "setups",
    "transfers",
]
