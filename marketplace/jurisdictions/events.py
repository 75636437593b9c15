"""Owns what happens to numbers, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.core.events import Event


@dataclass(frozen=True)
class NumberAnswered(Event):
    """A register decided something new about a number: valid, invalid or inactive."""

    register: str
    number: str
    state: str
