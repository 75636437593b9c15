"""Owns the double-entry books. Never talks to Stripe and never decides an amount."""
