"""Owns telling a profile that former clients spoke for its owner, and what its owner hides."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.core import clock
from marketplace.core.db import command, lock
from marketplace.profiles import queries as profiles
from marketplace.profiles import service as proofs
from marketplace.references import queries
from marketplace.references.models import ClientReference
from marketplace.references.rules.counting import proven
from marketplace.references.rules.states import ReferenceOver, Status

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer


async def recount(party_id: UUID) -> None:
    """Let the profile say what its references prove now. Inside a command.

    The profile is locked before they are read: of two answers, the later counts both.
    """
    if not await proofs.held(party_id):
        return
    profile = await profiles.of_party(party_id)
    assert profile is not None
    found = proven(await queries.counted(profile.id, clock.today(profile.time_zone)))
    if found is None:
        await proofs.withdraw(party_id, "references")
    else:
        await proofs.prove(party_id, "references", *found)


@command
async def hide(viewer: Viewer, reference_id: UUID, *, hidden: bool) -> ClientReference:
    """Show or hide one of the viewer's references; what is hidden does not count.

    Raises NotFound, ReferenceOver for one that was not given.
    """
    await queries.get(viewer, reference_id)
    row = await lock(ClientReference, reference_id)
    if row.status is not Status.CONFIRMED:
        raise ReferenceOver
    if hidden != (row.hidden_at is not None):
        row.hidden_at = clock.now() if hidden else None
        await row.save(update_fields=["hidden_at"])
        await recount(row.party_id)
    return await queries.get(viewer, reference_id)
