"""Owns the record of a pack's uses and the order of a further pack; never moves money (see lots).

The assistant records a use with its day and a note; both sides see what is used, left, rolled over
and not covered. A use beyond the pack is kept, and payable only from a further pack.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.states import Status as ContractStatus
from marketplace.contracts.rules.terms import PackUnit
from marketplace.core import clock
from marketplace.core.db import command, lock
from marketplace.core.errors import Forbidden
from marketplace.core.i18n import _
from marketplace.work import queries, rules
from marketplace.work.models import Delivery, PackLot, PackUse, Unit
from marketplace.work.rules import (
    BadUse,
    ContractNotRunning,
    NoPack,
    NotFunded,
    RecordClosed,
    Status,
    UnitKind,
    packs,
)
from marketplace.work.service import deliveries, lots, units

if TYPE_CHECKING:
    from datetime import datetime

    from marketplace.web.sessions import Viewer
    from marketplace.work.schemas import UseDraft


@command
async def record(viewer: Viewer, unit_id: UUID, draft: UseDraft) -> PackUse:
    """Record a use in a paid period (assistant). Raises RecordClosed, NotFunded, BadUse."""
    unit, pack = await _open(viewer, unit_id)
    now = clock.now()
    made = {"unit_id": unit.id, "person_id": viewer.person_id, "created_at": now}
    use = PackUse(**made, **_values(unit, pack, draft), updated_at=now)
    await use.save(force_create=True)
    return use


@command
async def correct(
    viewer: Viewer, use_id: UUID, draft: UseDraft, seen_at: datetime | None = None
) -> PackUse:
    """Correct a use, as it stood at `seen_at`, while the record is open (assistant).

    Raises HoursChanged, and as `record`.
    """
    _unit, found = await queries.pack_use(viewer, use_id)
    unit, pack = await _open(viewer, found.unit_id)
    use = await lock(PackUse, use_id)
    rules.refuse_newer(use.updated_at, seen_at)
    use.update_from_dict(_values(unit, pack, draft) | {"updated_at": clock.now()})
    await use.save()
    return use


@command
async def strike(viewer: Viewer, use_id: UUID) -> None:
    """Take a use out while the record is open (assistant)."""
    _unit, found = await queries.pack_use(viewer, use_id)
    await _open(viewer, found.unit_id)
    await found.delete()


async def _open(viewer: Viewer, unit_id: UUID) -> tuple[Unit, queries.Pack]:
    """The period whose record the assistant may change, locked."""
    deliveries.require_side(viewer, await queries.unit(viewer, unit_id), "assistant")
    unit = await lock(Unit, unit_id)
    await unit.fetch_related("contract")
    found = await queries.pack(unit.contract_id)
    if found is None or unit.kind is not UnitKind.PERIOD:
        raise NoPack
    if unit.status in {Status.PLANNED, Status.FUNDING}:
        raise NotFunded
    if not may_record(unit):
        raise RecordClosed
    return unit, found


def may_record(unit: Unit) -> bool:
    """Whether uses of this period may be changed now; its contract is loaded."""
    if unit.status is Status.CHANGES_REQUESTED:
        return True
    zone = unit.contract.time_zone
    return unit.status is Status.FUNDED and clock.now() < packs.record_until(unit.ends_on, zone)


def _values(unit: Unit, pack: queries.Pack, draft: UseDraft) -> dict[str, object]:
    field = "minutes" if pack.unit is PackUnit.HOURS else "count"
    quantity = getattr(draft, field)
    if not quantity:
        raise BadUse({field: _("Say how much was used.")})
    last = min(unit.ends_on, pack.today)
    if not unit.starts_on <= draft.used_on <= last:
        raise BadUse({"used_on": _("Choose a day of this period that is not in the future.")})
    calls = pack.unit is PackUnit.CALLS
    return {
        "used_on": draft.used_on,
        "quantity": quantity,
        "note": draft.note,
        "reason": draft.reason if calls else "",
        "outcome": draft.outcome if calls else "",
    }


@command
async def order(viewer: Viewer, contract_id: UUID) -> Unit:
    """Order one more pack within the open period, to be funded first (business).

    While one waits for its money, asking again returns it. Raises NoPack, ContractNotRunning.
    """
    shown = await contracts.get(viewer, contract_id)
    if not viewer.acts_for(shown.business_id):
        raise Forbidden
    contract = await lock(Contract, contract_id)
    found = await queries.pack(contract_id)
    if contract.status is not ContractStatus.ACTIVE:
        raise ContractNotRunning
    period = found.current if found else None
    if found is None or period is None:
        raise NoPack
    waiting = await Unit.filter(
        contract_id=contract_id,
        kind=UnitKind.TOP_UP,
        status__in=[Status.PLANNED.value, Status.FUNDING.value],
    ).first()
    return waiting or await _open_top_up(contract, found, period)


async def _open_top_up(contract: Contract, found: queries.Pack, period: PackLot) -> Unit:
    now, terms = clock.now(), found.terms
    last = await Unit.filter(contract_id=contract.id).order_by("-position").first()
    assert last is not None
    number = period.unit.position
    unit = await Unit.create(
        contract_id=contract.id,
        kind=UnitKind.TOP_UP,
        position=max(last.position, packs.FURTHER) + 1,
        price_minor=terms.price_of(number),
        currency=contract.currency,
        starts_on=period.unit.starts_on,
        ends_on=period.unit.ends_on,
        created_at=now,
        updated_at=now,
    )
    await PackLot.create(
        unit_id=unit.id,
        size=terms.size_of(number) * found.unit.grain,
        rollover=terms.rollover_units * found.unit.grain,
        covers_from=contract.starts_on or period.unit.starts_on,
        usable_until=period.usable_until,
    )
    return unit


async def close(unit: Unit) -> None:
    """After noon of the next day: a record with uses is reviewed, one without is settled."""
    if unit.status is not Status.FUNDED:
        return
    if clock.now() < packs.record_until(unit.ends_on, unit.contract.time_zone):
        return
    await hand_in_or_settle(unit)


async def hand_in_or_settle(unit: Unit) -> None:
    """Open the review of a period's uses; without any there is nothing to review."""
    if await PackUse.exists(unit_id=unit.id):
        await deliveries.hand_in(unit, "", [], None)
        return
    await lots.settle(unit)
    await units.complete_if_settled(unit.contract_id)


async def wind_up(contract_id: UUID) -> None:
    """The contract has ended: recorded uses are reviewed, all that is not used goes back.

    Periods and further packs that nobody paid are left to the caller.
    """
    if await queries.pack(contract_id) is None:
        return
    for each in await Unit.filter(contract_id=contract_id).order_by("position"):
        unit = await lock(Unit, each.id)
        await unit.fetch_related("contract")
        if unit.status is Status.CHANGES_REQUESTED and await Delivery.exists(unit_id=unit.id):
            await deliveries.hand_in(unit, "", [], None)
        elif unit.kind is UnitKind.TOP_UP and unit.status is Status.FUNDED:
            await units.move(unit, Status.ROLLED)
        elif unit.status is Status.FUNDED:
            today = clock.today(unit.contract.time_zone)
            unit.ends_on = min(unit.ends_on, max(today, unit.starts_on))
            await unit.save(update_fields=["ends_on"])
            await hand_in_or_settle(unit)
    await lots.lapse(contract_id)
