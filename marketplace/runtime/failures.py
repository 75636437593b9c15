"""Owns the one way a start can fail in a sentence for a person; never hides a programming error."""

from __future__ import annotations


class CannotStart(Exception):
    """Something on this machine is missing or in the way. The text is shown as it is."""
