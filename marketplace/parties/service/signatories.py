"""Owns who may sign for a party without owning it; never signs."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.core import clock
from marketplace.core.db import command, lock
from marketplace.core.errors import NotFound
from marketplace.parties import queries
from marketplace.parties.models import Party, SigningDelegation
from marketplace.parties.rules import OwnerSignsAnyway, Role

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer


@command
async def let_sign(
    viewer: Viewer, party_id: UUID, person_id: UUID, capacity: str
) -> SigningDelegation:
    """Let a member sign contracts for the party in this capacity; replaces an earlier delegation.

    Raises NotFound, OwnersOnly, OwnerSignsAnyway.
    """
    await queries.require_owner(viewer, party_id)
    await lock(Party, party_id)
    role = await queries.role_of(person_id, party_id)
    if role is None:
        raise NotFound
    if role is Role.OWNER:
        raise OwnerSignsAnyway
    await _revoke(party_id, person_id)
    return await SigningDelegation.create(
        party_id=party_id,
        person_id=person_id,
        granted_by_id=viewer.person_id,
        capacity=capacity,
        granted_at=clock.now(),
    )


@command
async def stop_signing(viewer: Viewer, party_id: UUID, person_id: UUID) -> None:
    """Take a delegation back; what was signed under it stays signed.

    Raises NotFound, OwnersOnly.
    """
    await queries.require_owner(viewer, party_id)
    await lock(Party, party_id)
    if not await _revoke(party_id, person_id):
        raise NotFound


async def _revoke(party_id: UUID, person_id: UUID) -> int:
    waiting = SigningDelegation.filter(party_id=party_id, person_id=person_id, revoked_at=None)
    return await waiting.update(revoked_at=clock.now())


async def forget_member(party_id: UUID, person_id: UUID) -> None:
    """Who leaves, or comes to own the party, needs no delegation any more. Inside a command."""
    await _revoke(party_id, person_id)
