"""Owns on which side of a contract a viewer stands; never grants more than the two sides have."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Protocol
from uuid import UUID

from marketplace.contracts.rules.states import Actor
from marketplace.core.errors import NotFound


class Acting(Protocol):
    """Who is asking: a person and the parties they act for (marketplace.web.sessions.Viewer)."""

    @property
    def person_id(self) -> UUID:
        """The person."""

    @property
    def session_token(self) -> str:
        """The secret of their session, "" for a program."""

    @property
    def party_ids(self) -> AbstractSet[UUID]:
        """The parties they belong to."""


class BetweenTwo(Protocol):
    """Anything with two sides."""

    business_id: UUID
    assistant_id: UUID


def side_of(viewer: Acting, contract: BetweenTwo) -> Actor:
    """The viewer's side. Raises NotFound for everybody else: existence is never revealed.

    Who belongs to both parties stands on the business side; `rules.signing.SameSigner` keeps
    such a person from signing twice.
    """
    if contract.business_id in viewer.party_ids:
        return Actor.BUSINESS
    if contract.assistant_id in viewer.party_ids:
        return Actor.ASSISTANT
    raise NotFound


def party_of(side: Actor, contract: BetweenTwo) -> UUID:
    """The party that stands on this side."""
    return contract.business_id if side is Actor.BUSINESS else contract.assistant_id
