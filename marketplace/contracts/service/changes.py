"""Owns changing a signed contract: proposed, signed by both, or closed; never what it leads to.

The change is a version like any other: frozen, hashed, signed with the same codes. The contract
keeps saying what it said until both sides have signed.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from marketplace.contracts import queries
from marketplace.contracts.events import ContractChanged
from marketplace.contracts.models import (
    Contract,
    ContractChange,
    ContractSignature,
    ContractVersion,
)
from marketplace.contracts.rules.access import Acting, side_of
from marketplace.contracts.rules.amendment_paper import Standing
from marketplace.contracts.rules.amendments import begins_late
from marketplace.contracts.rules.changes import (
    CHANGE_TRANSITIONS,
    CHANGEABLE_IN,
    ChangeOpen,
    ChangeStatus,
    NoChange,
    SignedTooLate,
    taxed_too_late,
)
from marketplace.contracts.rules.evidence import NO_TRACE, Trace
from marketplace.contracts.rules.independence import named
from marketplace.contracts.rules.states import Actor, IllegalStep, StaleContract, Status
from marketplace.contracts.rules.terms import Agreement
from marketplace.contracts.service import documents, evidence, notices, taxes
from marketplace.core import batches, clock, events, jobs
from marketplace.core.db import command, lock

SIDES = 2
LAST_MINUTE = time(23, 59)
CHANGEABLE = (
    "title", "scope", "starts_on", "ends_on", "notice_days", "notice_in", "kpis", "terms", "fees"
)  # fmt: skip
DAYS = frozenset({"starts_on", "ends_on"})


@command
async def put(
    viewer: Acting | None,
    seen: Contract,
    agreed: Agreement,
    frozen: documents.Frozen,
    *,
    number: int,
    standing: Standing,
    trace: Trace,
) -> ContractChange:
    """Write the change that was rendered from `seen`, unless somebody was faster.

    Without a viewer it is proposed in nobody's name: another tax.
    """
    contract = await lock(Contract, seen.id)
    side = side_of(viewer, contract) if viewer else Actor.SYSTEM
    author = viewer.person_id if viewer else None
    if contract.status not in CHANGEABLE_IN:
        raise IllegalStep
    if await queries.open_change(contract.id):
        raise ChangeOpen
    if contract.version != standing.version:
        raise StaleContract
    if (await queries.versions(contract.id))[0].number + 1 != number:
        raise StaleContract  # the paper names its number: another change came and went meanwhile
    now = clock.now()
    version = await ContractVersion.create(
        contract_id=contract.id,
        made_by_id=author,
        number=number,
        side=side.value,
        agreement=agreed.model_dump(mode="json"),
        parties=frozen.parties,
        file_sha256=frozen.sha256,
        file_bytes=frozen.size_bytes,
        clauses=frozen.clauses,
        boxes=frozen.boxes,
        french_sha256=frozen.french_sha256,
        created_at=now,
    )
    await taxes.keep(contract, number, frozen.taxes)
    change = await ContractChange.create(
        contract_id=contract.id,
        version=version,
        side=side.value,
        proposed_by_id=author,
        reason=standing.reason,
        proposed_at=now,
        expires_at=datetime.combine(standing.expires_on, LAST_MINUTE, ZoneInfo(contract.time_zone)),
    )
    await evidence.append(
        contract,
        "change_proposed",
        side,
        person_id=author,
        file_sha256=frozen.sha256,
        trace=trace,
        details={
            "version": str(number),
            "independence": named(queries.independence_of(agreed)),
        },
    )
    await notices.change_on_table(contract, change, side)
    return change


async def may_sign(viewer: Acting, contract: Contract, change: ContractChange, side: Actor) -> bool:
    """Whether this side's signature under the open change is still missing, and not too late."""
    if contract.status not in CHANGEABLE_IN or change.expires_at <= clock.now():
        return False
    given = await ContractSignature.filter(version_id=change.version_id)
    return all(each.side != side and each.person_id != viewer.person_id for each in given)


async def consented(contract: Contract, change: ContractChange) -> bool:
    """After a signature: with both, the change counts from now on. The contract is locked."""
    if await ContractSignature.filter(version_id=change.version_id).count() < SIDES:
        return False
    version, before = change.version, queries.agreement(contract)
    agreed = Agreement.model_validate(version.agreement)
    today = clock.today(contract.time_zone)
    if taxed_too_late(before, agreed, today) or begins_late(
        before, agreed, today, begun=contract.status is Status.ACTIVE
    ):
        raise SignedTooLate
    base, contract.version = contract.version, version.number
    stored = agreed.model_dump(mode="json")
    for name in CHANGEABLE:
        setattr(contract, name, getattr(agreed, name) if name in DAYS else stored[name])
    contract.lock_version += 1
    contract.updated_at = clock.now()
    await contract.save(update_fields=["version", *CHANGEABLE, "lock_version", "updated_at"])
    await _move(change, ChangeStatus.AGREED)
    await events.record(ContractChanged(contract.id, base, version.number))
    return True


async def _move(change: ContractChange, status: ChangeStatus) -> None:
    """The only writer of a change's status."""
    if status not in CHANGE_TRANSITIONS[change.status]:
        raise NoChange
    change.status, change.closed_at = status, clock.now()
    await change.save(update_fields=["status", "closed_at", "answer"])


@command
async def answer(
    viewer: Acting,
    contract_id: UUID,
    reason: str = "",
    *,
    version: int | None = None,
    trace: Trace = NO_TRACE,
) -> ContractChange:
    """Take the own proposal back, or decline the other side's. Raises NoChange, NotFound.

    `version` is the number of the one that was read: another in its place is left open.
    """
    contract = await lock(Contract, contract_id)
    side = side_of(viewer, contract)
    change = await queries.open_change(contract_id)
    if change is None or version not in {None, change.version.number}:
        raise NoChange
    mine = change.side == side.value
    status = ChangeStatus.WITHDRAWN if mine else ChangeStatus.DECLINED
    change.answer = reason
    await _close(contract, change, status, side, viewer.person_id, trace)
    await notices.change_closed(contract, change, side.other)
    return change


async def _close(
    contract: Contract,
    change: ContractChange,
    status: ChangeStatus,
    by: Actor,
    person_id: UUID | None,
    trace: Trace,
) -> None:
    await _move(change, status)
    await evidence.append(
        contract,
        f"change_{status}",
        by,
        person_id=person_id,
        file_sha256=change.version.file_sha256,
        trace=trace,
        details={"version": str(change.version.number)}
        | ({"reason": change.answer} if change.answer else {}),
    )


async def void(contract: Contract) -> None:
    """The contract has ended: a change that nobody signed yet has nothing left to change."""
    change = await queries.open_change(contract.id)
    if change is not None:
        await _close(contract, change, ChangeStatus.VOID, Actor.SYSTEM, None, NO_TRACE)


@jobs.periodic("*/10 * * * *", "contracts.expire_changes")
async def expire_due(timestamp: int) -> None:  # noqa: ARG001 - the tick's own time is not ours
    """Close every change that was not signed by both in time."""
    due = ContractChange.filter(status=ChangeStatus.OPEN, expires_at__lte=clock.now())
    ids = cast("list[UUID]", await due.values_list("contract_id", flat=True))
    await batches.each("changes that ran out", ids, _expire)


@command
async def _expire(contract_id: UUID) -> None:
    contract = await lock(Contract, contract_id)
    change = await queries.open_change(contract_id)
    if change is not None and change.expires_at <= clock.now():
        await _close(contract, change, ChangeStatus.EXPIRED, Actor.SYSTEM, None, NO_TRACE)
