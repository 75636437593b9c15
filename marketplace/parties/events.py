"""Owns what happens to parties, in the past tense; recorded by the service in its command."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from marketplace.core.events import Event


@dataclass(frozen=True)
class PartyChanged(Event):
    """A party's identity, address or tax status changed."""

    party_id: UUID


@dataclass(frozen=True)
class MemberJoined(Event):
    """A person began to act for a party."""

    party_id: UUID
    person_id: UUID


@dataclass(frozen=True)
class MemberLeft(Event):
    """A person no longer acts for a party; `by_id` ended it, None where their account went."""

    party_id: UUID
    person_id: UUID
    by_id: UUID | None = None


@dataclass(frozen=True)
class RoleChanged(Event):
    """A member of a party was made an owner, or an owner a member."""

    party_id: UUID
    person_id: UUID
    by_id: UUID


@dataclass(frozen=True)
class SigningAllowed(Event):
    """A member of a party may sign its contracts from now on."""

    party_id: UUID
    person_id: UUID
    by_id: UUID


@dataclass(frozen=True)
class PartyCreated(Event):
    """A party came to be; its creator owns it."""

    party_id: UUID
    person_id: UUID
    kind: str


@dataclass(frozen=True)
class PartyChecked(Event):
    """A register decided something new about a party's number."""

    party_id: UUID


@dataclass(frozen=True)
class PartyClosed(Event):
    """Nobody acts for a party any more: reactions at once remove what no law keeps of it."""

    party_id: UUID
