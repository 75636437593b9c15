"""Owns ending a running contract early: who proposes, when it takes effect, what goes back.

The assistant may end at once, since that only returns the business's money. The business's wish
takes effect when the assistant agrees, or when the contract's notice has run out.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.contracts import service as contract_service
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.states import Actor
from marketplace.contracts.rules.states import Status as ContractStatus
from marketplace.core import clock, events
from marketplace.core.db import command, lock
from marketplace.core.errors import Forbidden
from marketplace.work import queries
from marketplace.work.events import ContractEnded, EndingProposed
from marketplace.work.models import Ending
from marketplace.work.rules import AlreadyEnding, ContractNotRunning

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer
    from marketplace.work.schemas import EndingDraft


@command
async def propose(viewer: Viewer, contract_id: UUID, draft: EndingDraft) -> Ending:
    """Ask to end the contract. Raises ContractNotRunning, AlreadyEnding."""
    side = queries.side_of(viewer, await contracts.get(viewer, contract_id))
    contract = await lock(Contract, contract_id)
    if contract.status not in {ContractStatus.SIGNED, ContractStatus.ACTIVE}:
        raise ContractNotRunning
    if await Ending.exists(contract_id=contract_id):
        raise AlreadyEnding
    now = clock.now()
    at_once = side == "assistant" or not await queries.holding(contract_id)
    ending = await Ending.create(
        contract_id=contract_id,
        side=side,
        reason=draft.reason,
        proposed_by_id=viewer.person_id,
        proposed_at=now,
        effective_at=now if at_once else now + timedelta(days=contract.notice_days),
    )
    if at_once:
        await carry_out(ending)
    else:
        await events.record(EndingProposed(contract_id))
    return ending


@command
async def agree(viewer: Viewer, contract_id: UUID) -> None:
    """The assistant agrees to the business's wish: the contract ends now."""
    contract = await contracts.get(viewer, contract_id)
    ending = await _open(contract_id)
    if queries.side_of(viewer, contract) == ending.side:
        raise Forbidden
    await carry_out(ending)


@command
async def withdraw(viewer: Viewer, contract_id: UUID) -> None:
    """The proposer goes on with the contract after all."""
    contract = await contracts.get(viewer, contract_id)
    ending = await _open(contract_id)
    if queries.side_of(viewer, contract) != ending.side:
        raise Forbidden
    await ending.delete()


async def _open(contract_id: UUID) -> Ending:
    ending = await Ending.select_for_update().get_or_none(contract_id=contract_id, done_at=None)
    if ending is None:
        raise ContractNotRunning
    return ending


async def carry_out(ending: Ending) -> None:
    """Cancel the contract: its reaction returns what is held for unfinished work."""
    if ending.done_at is not None:
        return
    ending.done_at = clock.now()
    await ending.save(update_fields=["done_at"])
    await contract_service.cancel(
        ending.contract_id, Actor(ending.side), ending.reason, person_id=ending.proposed_by_id
    )
    await events.record(ContractEnded(ending.contract_id))
