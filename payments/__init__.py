"""Owns held money: prices, the ledger, Stripe.

Never knows what a contract is: only opaque references.
"""
