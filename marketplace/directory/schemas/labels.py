"""Owns the small things that answers of the directory are made of: a code, a language, a price."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class CodeLabel:
    """A code and what people read for it."""

    code: str
    label: str


@dataclass(slots=True)
class SpokenView:
    """A spoken language with its CEFR level."""

    code: str
    level: str
    label: str


@dataclass(slots=True)
class RateView:
    """A price in minor units."""

    minor: int
    currency: str
