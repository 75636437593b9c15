"""Owns the rules of shortlists; never reads or writes. Split by noun; see each module."""
