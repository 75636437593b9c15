"""Owns what happens to profiles, in the past tense; recorded by the service in its command."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.core.events import Event


@dataclass(frozen=True)
class ProfilePublished(Event):
    """A profile became public, for the first time or again after a pause."""

    profile_id: UUID
    version: int


@dataclass(frozen=True)
class ProfileChanged(Event):
    """A profile that is or was public changed, or its party did."""

    profile_id: UUID
    version: int


@dataclass(frozen=True)
class ProfilePaused(Event):
    """A profile left the directory until it is resumed."""

    profile_id: UUID
    version: int


@dataclass(frozen=True)
class ProfileRemoved(Event):
    """A profile goes in this transaction: reactions at once remove what others keep of it."""

    profile_id: UUID
