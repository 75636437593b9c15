"""Owns the reads of money for people, split by what they look at; a viewer comes first."""
