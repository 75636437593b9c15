"""Owns the conversation with Stripe. Never touches the database."""
