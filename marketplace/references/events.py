"""Owns what happened to references, in the past tense; never holds a name or an address."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.core.events import Event


@dataclass(frozen=True)
class ReferenceDisowned(Event):
    """Somebody asked for a reference does not know the assistant: an operator should look."""

    reference_id: UUID


@dataclass(frozen=True)
class ReferenceReported(Event):
    """Somebody holds that a reference is unlawful; no other report of it waits."""

    report_id: UUID
