"""Owns the pure rules of contracts, split by noun; never reads a table or the clock."""
