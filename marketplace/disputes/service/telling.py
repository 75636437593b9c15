"""Owns keeping a side's account of a dispute; it is never changed afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.core import clock
from marketplace.core.db import command
from marketplace.disputes import queries
from marketplace.disputes.models import DisputeAccount
from marketplace.disputes.rules import AccountTooLate
from marketplace.disputes.schemas import AccountDraft
from marketplace.work.queries import side_of

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer


@command
async def tell(viewer: Viewer, contract_id: UUID, dispute_id: str, draft: AccountDraft) -> None:
    """Keeps what a side says happened. Raises NotFound, AccountTooLate."""
    contract, case = await queries.one(viewer, contract_id, dispute_id)
    if not case.may_tell:
        raise AccountTooLate
    await DisputeAccount.create(
        dispute=dispute_id,
        contract_id=contract.id,
        person_id=viewer.person_id,
        side=side_of(viewer, contract),
        text=draft.text,
        created_at=clock.now(),
    )
