"""Owns held money: quotes, ledger, Stripe. Never knows what a contract is: only opaque references."""
