"""The regions of Stripe's prices and of its self-serve transfers.

Never decides anything.
"""

EEA = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI"
    " SK".split()
)
# docs.stripe.com/connect/cross-border-payouts: where self-serve transfers can go
PAYABLE = EEA | {"GB", "CH", "US", "CA"}
