"""Owns keeping a side's account of a dispute; it is never changed afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts.models import Contract
from marketplace.core import clock
from marketplace.core.db import command, lock
from marketplace.disputes import queries
from marketplace.disputes.models import DisputeAccount
from marketplace.disputes.rules import (
    ACCOUNTS_CHARACTERS,
    ACCOUNTS_MAX,
    AccountTooLate,
    AccountTooLong,
    AccountTooMany,
)
from marketplace.disputes.schemas import AccountDraft
from marketplace.work.queries import side_of

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer


@command
async def tell(viewer: Viewer, contract_id: UUID, dispute_id: str, draft: AccountDraft) -> None:
    """Keeps what a side says happened, the same words once.

    Raises NotFound, AccountTooLate, AccountTooMany, AccountTooLong.
    """
    contract, case = await queries.one(viewer, contract_id, dispute_id)
    if not case.may_tell:
        raise AccountTooLate
    await lock(Contract, contract.id)  # a double click waits for its first
    if await DisputeAccount.exists(dispute=dispute_id, person_id=viewer.person_id, text=draft.text):
        return
    side = side_of(viewer, contract)
    told = [each for each in await queries.accounts(dispute_id) if each.side == side]
    if len(told) >= ACCOUNTS_MAX:
        raise AccountTooMany
    over = sum(len(each.text) for each in told) + len(draft.text) - ACCOUNTS_CHARACTERS
    if over > 0:
        raise AccountTooLong(over)
    await DisputeAccount.create(
        dispute=dispute_id,
        person_id=viewer.person_id,
        text=draft.text,
        contract_id=contract.id,
        side=side,
        created_at=clock.now(),
    )
