"""Owns the read-only link of a list; only its hash is stored, so it is shown once."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.core.db import command
from marketplace.core.ids import hash_token, secret_token
from marketplace.shortlists import queries
from marketplace.shortlists.rules.blind import StillBlind
from marketplace.shortlists.schemas import LinkDraft
from marketplace.shortlists.service import naming

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer


@command
async def make_link(viewer: Viewer, shortlist_id: UUID, draft: LinkDraft) -> str:
    """A new link's token; the link before stops working. Raises NotFound, StillBlind."""
    found = await naming.locked(viewer, shortlist_id)
    if await queries.is_blind(viewer, found):
        raise StillBlind
    token = secret_token()
    found.link_hash, found.link_notes = hash_token(token), draft.notes
    await found.save(update_fields=["link_hash", "link_notes"])
    return token


@command
async def revoke_link(viewer: Viewer, shortlist_id: UUID) -> None:
    """The link stops working at once. Raises NotFound."""
    found = await naming.locked(viewer, shortlist_id)
    found.link_hash, found.link_notes = None, False
    await found.save(update_fields=["link_hash", "link_notes"])
