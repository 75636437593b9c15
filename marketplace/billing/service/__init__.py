"""Owns the writes of money for people, split by what they do; never holds money."""
