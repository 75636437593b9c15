"""Owns who may sign for a party without owning it; never signs."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.accounts.service import factors
from marketplace.core import clock, events
from marketplace.core.db import command, lock
from marketplace.core.errors import NotFound
from marketplace.parties import queries
from marketplace.parties.events import SigningAllowed
from marketplace.parties.models import Party, SigningDelegation
from marketplace.parties.rules import OwnerSignsAnyway, Role

if TYPE_CHECKING:
    from marketplace.accounts.schemas import ProofDraft
    from marketplace.parties.schemas import SignatoryDraft
    from marketplace.web.sessions import Viewer


async def prove(viewer: Viewer, draft: ProofDraft) -> None:
    """Before anything that makes a party somebody else's. Raises what `factors.prove` raises."""
    proof = factors.given(draft, viewer.session_token)
    await factors.prove(viewer.person, draft.password, proof)


async def let_sign(viewer: Viewer, party_id: UUID, person_id: UUID, draft: SignatoryDraft) -> None:
    """Let a member sign contracts for the party in a capacity; replaces an earlier delegation.

    Raises NotFound, OwnersOnly, OwnerSignsAnyway, what `factors.prove` raises.
    """
    await _mere_member(viewer, party_id, person_id)
    await prove(viewer, draft)
    await _let_sign(viewer, party_id, person_id, draft.capacity)


async def _mere_member(viewer: Viewer, party_id: UUID, person_id: UUID) -> None:
    await queries.require_owner(viewer, party_id)
    role = await queries.role_of(person_id, party_id)
    if role is None:
        raise NotFound
    if role is Role.OWNER:
        raise OwnerSignsAnyway


@command
async def _let_sign(viewer: Viewer, party_id: UUID, person_id: UUID, capacity: str) -> None:
    await lock(Party, party_id)
    await _mere_member(viewer, party_id, person_id)
    await _revoke(party_id, person_id)
    await SigningDelegation.create(
        party_id=party_id,
        person_id=person_id,
        granted_by_id=viewer.person_id,
        capacity=capacity,
        granted_at=clock.now(),
    )
    await events.record(SigningAllowed(party_id, person_id, viewer.person_id))


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
