"""Owns what an operator decides about a transfer that cannot leave, each act with its reason.

Its payee is told every time, and reads the reason: the money is theirs until it goes back.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from marketplace.accounts import queries as people
from marketplace.admin.rules.decisions import NotStuck
from marketplace.admin.rules.runs import Act
from marketplace.admin.schemas.queues import PaidByHandDraft, ReasonDraft, SureDraft
from marketplace.admin.service.log import record
from marketplace.billing.service import payee_letters as letters
from marketplace.core import events
from marketplace.core.db import command
from marketplace.core.errors import NotFound
from payments import escrow, explorer, movements


@command
async def set_aside(person_id: UUID, movement_id: UUID, draft: ReasonDraft) -> None:
    """Takes a transfer that cannot leave out of the queue. Raises NotFound, NotStuck, NotLeaving.

    It stays owed to its payee.
    """
    before = await _one(movement_id, movements.STUCK)
    await movements.set_aside(movement_id)
    await letters.on_set_aside(before.payee, before.amount, draft.reason)
    await _log(person_id, Act.SET_ASIDE, before, draft)


@command
async def put_back(person_id: UUID, movement_id: UUID, draft: ReasonDraft) -> None:
    """Queues it again. Raises NotFound, NotStuck, NotLeaving, HoldingFrozen."""
    before = await _one(movement_id, movements.ASIDE)
    await movements.put_back(movement_id)
    await letters.on_put_back(before.payee, before.amount, draft.reason)
    await _log(person_id, Act.PUT_BACK, before, draft)


@command
async def paid_by_hand(person_id: UUID, movement_id: UUID, draft: PaidByHandDraft) -> None:
    """Notes that our own bank has paid it. Raises NotFound, NotStuck, NotLeaving, HoldingFrozen."""
    before = await _one(movement_id, movements.ASIDE)
    who = await _who(person_id)
    await movements.paid_by_hand(movement_id, decided_by=who, reference=draft.reference)
    await letters.on_paid_by_hand(before.payee, before.amount, draft.reference, draft.reason)
    await _log(person_id, Act.PAID_BY_HAND, before, draft, reference=draft.reference)


@command
async def take_back(person_id: UUID, movement_id: UUID, draft: SureDraft) -> None:
    """Gives all that was released with it back to the client, with the client's fee.

    Raises NotFound, NotStuck, NotLeaving, HoldingFrozen.
    """
    before = await _one(movement_id, movements.ASIDE)
    settled = await escrow.take_back_unsent(
        key=f"aside:{movement_id}",
        movement=movement_id,
        decided_by=await _who(person_id),
        reason=draft.reason,
    )
    if not settled:
        raise NotStuck
    for fact in settled:
        await events.on_fact(fact)
    await letters.on_taken_back(before.payee, before.amount, draft.reason)
    await letters.on_money_back(before.payer, before.contract)
    await _log(person_id, Act.TAKE_BACK, before, draft)


async def _one(movement_id: UUID, statuses: tuple[str, ...]) -> explorer.MovementView:
    found = await explorer.movement(movement_id)
    if found is None:
        raise NotFound
    if found.kind != "transfer" or found.status not in statuses:
        raise NotStuck
    return found


async def _who(person_id: UUID) -> str:
    person = await people.person(person_id)
    return f"{person.name or person.email} ({person.id})"


async def _log(
    person_id: UUID, act: Act, before: explorer.MovementView, draft: ReasonDraft, **more: Any
) -> None:
    after = await explorer.movement(before.id)
    assert after is not None
    await record(
        person_id, act, f"movement:{before.id}",
        before={"status": before.status}, after={"status": after.status, **more}, draft=draft,
    )  # fmt: skip
