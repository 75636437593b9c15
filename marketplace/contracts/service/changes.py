"""Owns changing a running contract: proposed, signed by both, or closed; never what it leads to.

The change is a version like any other: frozen, hashed, signed with the same codes. The contract
keeps saying what it said until both sides have signed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts import queries
from marketplace.contracts.events import CapRaised
from marketplace.contracts.models import (
    Contract,
    ContractChange,
    ContractSignature,
    ContractVersion,
)
from marketplace.contracts.rules.access import Acting, side_of
from marketplace.contracts.rules.changes import (
    CHANGE_TRANSITIONS,
    TAX_HAS_CHANGED,
    CapNotRaised,
    ChangeOpen,
    ChangeStatus,
    NoChange,
    SignedTooLate,
    starts_unpaid,
    with_cap,
    with_fees,
)
from marketplace.contracts.rules.evidence import NO_TRACE, Trace
from marketplace.contracts.rules.states import (
    OFFER_DAYS,
    Actor,
    IllegalStep,
    Kind,
    StaleContract,
    Status,
)
from marketplace.contracts.rules.terms import Agreement
from marketplace.contracts.service import documents, evidence, notices, taxes
from marketplace.core import clock, events, jobs
from marketplace.core.db import command, lock
from marketplace.core.i18n import _

if TYPE_CHECKING:
    from marketplace.contracts.schemas import CapDraft


SIDES = 2


async def propose_cap(
    viewer: Acting, contract_id: UUID, draft: CapDraft, *, trace: Trace = NO_TRACE
) -> ContractChange:
    """Put a higher weekly cap before both sides. Renders its paper first, outside a transaction.

    Raises IllegalStep unless the contract runs by the hour, ChangeOpen, CapNotRaised, NotFound.
    """
    contract = await queries.get(viewer, contract_id)
    _refuse_closed(contract)
    if await queries.open_change(contract.id):
        raise ChangeOpen
    today = clock.today(contract.time_zone)
    if contract.trial_minutes and contract.trial_until and today <= contract.trial_until:
        message = _("In a start-up phase counted in hours the hours stay as agreed.")
        raise CapNotRaised({"minutes": message})
    decided = await taxes.of_contract(contract)
    standing = queries.agreement(contract)
    fixed = documents.fee_terms(decided, standing.fees.client_bps, standing.fees.assistant_bps)
    agreed = with_fees(with_cap(standing, draft.minutes, draft.weeks, today), fixed)
    if agreed.fees != standing.fees and not starts_unpaid(agreed, today):
        raise CapNotRaised({"minutes": TAX_HAS_CHANGED})
    newest = (await queries.versions(contract.id))[0].number
    frozen = await documents.freeze(contract, agreed, newest + 1, decided)
    return await _put(
        viewer,
        contract,
        agreed,
        frozen,
        number=newest + 1,
        reason=draft.reason,
        trace=trace,
    )


def _refuse_closed(contract: Contract) -> None:
    if contract.kind is not Kind.HOURLY or contract.status is not Status.ACTIVE:
        raise IllegalStep


@command
async def _put(
    viewer: Acting,
    seen: Contract,
    agreed: Agreement,
    frozen: documents.Frozen,
    *,
    number: int,
    reason: str,
    trace: Trace,
) -> ContractChange:
    contract = await lock(Contract, seen.id)
    side = side_of(viewer, contract)
    _refuse_closed(contract)
    if await queries.open_change(contract.id):
        raise ChangeOpen
    if (await queries.versions(contract.id))[0].number + 1 != number:
        raise StaleContract  # the paper names its number: another change came and went meanwhile
    now = clock.now()
    version = await ContractVersion.create(
        contract_id=contract.id,
        made_by_id=viewer.person_id,
        number=number,
        side=side.value,
        agreement=agreed.model_dump(mode="json"),
        parties=frozen.parties,
        file_sha256=frozen.sha256,
        file_bytes=frozen.size_bytes,
        boxes=frozen.boxes,
        created_at=now,
    )
    await taxes.keep(contract, number, frozen.taxes)
    change = await ContractChange.create(
        contract_id=contract.id,
        version=version,
        side=side.value,
        proposed_by_id=viewer.person_id,
        reason=reason,
        proposed_at=now,
        expires_at=now + timedelta(days=OFFER_DAYS),
    )
    await evidence.append(
        contract,
        "change_proposed",
        side,
        person_id=viewer.person_id,
        file_sha256=frozen.sha256,
        trace=trace,
        details={"version": str(number)},
    )
    await notices.change_on_table(contract, change, side)
    return change


async def may_sign(viewer: Acting, contract: Contract, change: ContractChange, side: Actor) -> bool:
    """Whether this side's signature under the open change is still missing, and not too late."""
    if contract.status is not Status.ACTIVE or change.expires_at <= clock.now():
        return False
    given = await ContractSignature.filter(version_id=change.version_id)
    return all(each.side != side and each.person_id != viewer.person_id for each in given)


async def consented(contract: Contract, change: ContractChange) -> bool:
    """After a signature: with both, the change counts from now on. The contract is locked."""
    if await ContractSignature.filter(version_id=change.version_id).count() < SIDES:
        return False
    version = change.version
    agreed = Agreement.model_validate(version.agreement)
    today = clock.today(contract.time_zone)
    if agreed.fees != queries.fee_terms(contract) and not starts_unpaid(agreed, today):
        raise SignedTooLate
    contract.version = version.number
    contract.terms = version.agreement["terms"]
    contract.fees = version.agreement["fees"]
    contract.lock_version += 1
    contract.updated_at = clock.now()
    await contract.save(update_fields=["version", "terms", "fees", "lock_version", "updated_at"])
    await _move(change, ChangeStatus.AGREED)
    await events.record(CapRaised(contract.id, version.number))
    return True


async def _move(change: ContractChange, status: ChangeStatus) -> None:
    """The only writer of a change's status."""
    if status not in CHANGE_TRANSITIONS[change.status]:
        raise NoChange
    change.status, change.closed_at = status, clock.now()
    await change.save(update_fields=["status", "closed_at"])


@command
async def answer(viewer: Acting, contract_id: UUID, *, trace: Trace = NO_TRACE) -> ContractChange:
    """Take the own proposal back, or decline the other side's. Raises NoChange, NotFound."""
    contract = await lock(Contract, contract_id)
    side = side_of(viewer, contract)
    change = await queries.open_change(contract_id)
    if change is None:
        raise NoChange
    mine = change.side == side.value
    status = ChangeStatus.WITHDRAWN if mine else ChangeStatus.DECLINED
    await _close(contract, change, status, side, viewer.person_id, trace)
    await notices.change_closed(contract, status, side.other)
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
        details={"version": str(change.version.number)},
    )


async def void(contract: Contract) -> None:
    """The contract has ended: a change that nobody signed yet has nothing left to change."""
    change = await queries.open_change(contract.id)
    if change is not None:
        await _close(contract, change, ChangeStatus.VOID, Actor.SYSTEM, None, NO_TRACE)


@jobs.periodic("*/10 * * * *", "contracts.expire_changes")
async def expire_due(timestamp: int) -> None:  # noqa: ARG001 - the tick's own time is not ours
    """Close every change that was not signed by both in time."""
    due = ContractChange.filter(status=ChangeStatus.OPEN, expires_at__lte=clock.now()).limit(500)
    for contract_id in await due.values_list("contract_id", flat=True):
        await _expire(contract_id)  # type: ignore[arg-type]


@command
async def _expire(contract_id: UUID) -> None:
    contract = await lock(Contract, contract_id)
    change = await queries.open_change(contract_id)
    if change is not None and change.expires_at <= clock.now():
        await _close(contract, change, ChangeStatus.EXPIRED, Actor.SYSTEM, None, NO_TRACE)
