"""Owns keeping a side's account of a dispute, and until when; it is never changed afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from marketplace.core import clock, once
from marketplace.core.db import command, connection
from marketplace.disputes import queries
from marketplace.disputes.models import DisputeAccount
from marketplace.disputes.rules import (
    ACCOUNTS_CHARACTERS,
    ACCOUNTS_MAX,
    AccountTooLate,
    AccountTooLong,
    AccountTooMany,
    ToldSince,
)
from marketplace.disputes.schemas import AccountDraft
from marketplace.work.queries import side_of

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer

_ONE_AT_A_TIME: Final = "SELECT pg_advisory_xact_lock(hashtext($1))"


async def alone(dispute_id: str) -> None:
    """In a command: nobody else tells or decides anything about this dispute until it ends."""
    await connection().execute_query(_ONE_AT_A_TIME, [f"dispute:{dispute_id}"])


async def close(dispute_id: str, seen: int | None = None) -> None:
    """In a command, `alone`: the bank gets its answer, so nothing more is told.

    `seen`: how many accounts whoever answers has read. Raises ToldSince when there are others.
    """
    if seen is not None and len(await queries.accounts(dispute_id)) != seen:
        raise ToldSince
    await once.mark_done(queries.closed(dispute_id))


@command
async def tell(viewer: Viewer, contract_id: UUID, dispute_id: str, draft: AccountDraft) -> None:
    """Keeps what a side says happened, the same words once.

    Raises NotFound, AccountTooLate, AccountTooMany, AccountTooLong.
    """
    await alone(dispute_id)  # a double click waits for its first
    contract, case = await queries.one(viewer, contract_id, dispute_id)
    if not case.may_tell:
        raise AccountTooLate
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
