"""Owns the conversation with Stripe: one function per call. Never touches the database.

Writes take the idempotency key from the caller: the SDK's own random keys do not survive a crash.
"""
