"""Owns held money.

Quotes, ledger, Stripe. Never knows what a contract is: only opaque references.
"""
