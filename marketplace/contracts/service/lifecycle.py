"""Owns the last part of a contract's life and the one writer of its status; never moves money."""

from __future__ import annotations

from uuid import UUID

from marketplace.contracts import queries
from marketplace.contracts.events import (
    ContractActivated,
    ContractCancelled,
    ContractCompleted,
)
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.evidence import NO_TRACE, Trace
from marketplace.contracts.rules.instalments import trial_end
from marketplace.contracts.rules.states import ENDED, OPEN, Action, Actor, Rail, Status, target
from marketplace.contracts.service import changes, evidence
from marketplace.core import clock, events
from marketplace.core.db import command, lock


async def move_to(contract: Contract, action: Action, actor: Actor, **also: object) -> None:
    """Take one step and save it with the columns in `also`. The row must be locked.

    The only writer of `Contract.status`. Raises IllegalStep, and then nothing was written.
    """
    contract.status = target(contract.status, action, actor)
    now = clock.now()
    changed = {"status", "updated_at", "lock_version", *also}
    contract.updated_at = now
    contract.lock_version += 1
    for name, value in also.items():
        setattr(contract, name, value)
    if contract.status not in OPEN and contract.expires_at is not None:
        contract.expires_at = None
        changed.add("expires_at")
    if contract.status in ENDED:
        contract.ended_at = now
        changed.add("ended_at")
    await contract.save(update_fields=sorted(changed))
    if contract.status in ENDED:
        await changes.void(contract)


@command
async def mark_active(contract_id: UUID) -> Contract:
    """The first money is held, or none has to be (Rail). Does nothing when active already.

    Raises IllegalStep when it is not signed, NotFound.
    """
    contract = await lock(Contract, contract_id)
    if contract.status is Status.ACTIVE:
        return contract
    held = contract.rail is Rail.HELD
    until = trial_end(queries.agreement(contract), clock.today(contract.time_zone))
    await move_to(contract, Action.ACTIVATE, Actor.SYSTEM, active_at=clock.now(), trial_until=until)
    await evidence.append(contract, "activated" if held else "begun", Actor.SYSTEM)
    await events.record(ContractActivated(contract.id))
    return contract


@command
async def complete(contract_id: UUID) -> Contract:
    """Everything is delivered and settled. Does nothing when it is completed already.

    Raises IllegalStep when it is not active, NotFound.
    """
    contract = await lock(Contract, contract_id)
    if contract.status is Status.COMPLETED:
        return contract
    await move_to(contract, Action.COMPLETE, Actor.SYSTEM)
    await evidence.append(contract, "completed", Actor.SYSTEM)
    await events.record(ContractCompleted(contract.id))
    return contract


@command
async def cancel(
    contract_id: UUID,
    by: Actor,
    reason: str,
    *,
    person_id: UUID | None = None,
    trace: Trace = NO_TRACE,
) -> Contract:
    """End a signed or active contract early. Does nothing when it is cancelled already.

    What happens to held money is the caller's: `work` refunds or releases in the same command.
    Raises IllegalStep when it is neither signed nor active, NotFound.
    """
    contract = await lock(Contract, contract_id)
    if contract.status is Status.CANCELLED:
        return contract
    await move_to(contract, Action.CANCEL, by, ended_reason=reason)
    await evidence.append(
        contract, "cancelled", by, person_id=person_id, trace=trace, details={"reason": reason}
    )
    await events.record(ContractCancelled(contract.id, by.value, reason))
    return contract
