"""Owns the shapes of the operator's pages and API. Amounts are minor units, debit positive."""
