"""Owns the news of papers, in the past tense."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.core.events import Event


@dataclass(frozen=True)
class PaperHandedIn(Event):
    """An assistant handed in a paper in the room of this contract."""

    contract_id: UUID
    document_id: UUID


@dataclass(frozen=True)
class PaperRefused(Event):
    """The client of this contract found that a paper is not right."""

    contract_id: UUID
    check_id: UUID


@dataclass(frozen=True)
class PapersWanted(Event):
    """Of these papers (codes) something is to be said: asked, check, before, over or stopped."""

    contract_id: UUID
    stage: str
    codes: list[str]


@dataclass(frozen=True)
class SignsSeen(Event):
    """A contract's life shows these signs of disguised employment (codes) for the first time."""

    contract_id: UUID
    codes: list[str]
