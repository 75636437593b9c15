"""Owns the rules of references; never reads or writes. Split by noun; see each module."""
