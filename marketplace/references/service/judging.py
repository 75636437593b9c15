"""Owns taking a reference down for a ground, and putting it back; never because it is bad."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.core import clock
from marketplace.core.db import command, lock
from marketplace.references import queries
from marketplace.references.models import ClientReference
from marketplace.references.rules.states import NothingToJudge
from marketplace.references.service import letters
from marketplace.references.service.proving import recount
from marketplace.references.service.reporting import settle

if TYPE_CHECKING:
    from marketplace.core.grounds import Ground


@command
async def judge(
    reference_id: UUID, ground: Ground | None, reason: str, read: UUID | None = None
) -> ClientReference:
    """Take a reference down for a ground, or put it back (None). For operators.

    Taken down, it is neither shown nor counted. Who gave it, who asked for it and who reported it
    are told. `read` is the newest report that was read. Raises NotFound, ReportedSince,
    NothingToJudge for one that stands so already.
    """
    await queries.judged.one(reference_id)
    await lock(ClientReference, reference_id)
    row = await queries.judged.one(reference_id)  # its giver may have removed it meanwhile
    if (row.taken_down_at is None) is (ground is None):
        raise NothingToJudge
    if ground:
        await settle(reference_id, ground, reason, read)
    row.taken_down_at, row.taken_down_for = (clock.now(), ground) if ground else (None, "")
    await row.save(update_fields=["taken_down_at", "taken_down_for"])
    await recount(row.party_id)
    await letters.send_judged(row, reason)
    return row
