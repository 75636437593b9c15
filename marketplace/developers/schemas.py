"""Owns the shape in which the reference page shows an operation; never checks a value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A parameter, or a field of a body or an answer."""

    name: str
    place: str
    type: str
    limits: str
    required: bool
    description: str


@dataclass(frozen=True)
class Shown:
    """An operation with everything a reader needs to call it."""

    id: str
    method: str
    path: str
    summary: str
    scope: str
    idempotent: bool
    public: bool
    in_person: bool
    parameters: tuple[Row, ...]
    fields: tuple[Row, ...]
    curl: str
    answer_status: str
    answer: str
    refusals: tuple[tuple[str, str], ...]
