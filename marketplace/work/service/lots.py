"""Owns the money of packs: uses are paid, units lapse, notices come first; never records a use.

Each lot's money waits under its own unit. It leaves in parts of one rounded scale, so that used,
returned and expired units sum to the lot's price, with fees and VAT in proportion.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.states import Status as ContractStatus
from marketplace.contracts.rules.terms import Unused
from marketplace.core import batches, clock, events, jobs, mail
from marketplace.core.db import command
from marketplace.work import queries
from marketplace.work.events import PackExpiring, PackLapsed
from marketplace.work.models import PackDraw, PackLot, PackNotice, Unit
from marketplace.work.rules import UNPAID, Status, UnitKind, packs
from marketplace.work.service import due, units
from marketplace.work.service.releases import release
from payments import escrow
from payments.money import Money

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract

PENDING = (Status.FUNDED, Status.SUBMITTED, Status.CHANGES_REQUESTED)


async def is_pack(unit: Unit) -> bool:
    """Whether this unit pays for units of a pack."""
    return await PackLot.exists(unit_id=unit.id)


async def settle(unit: Unit) -> None:
    """Pay the approved uses of a period, or close one without uses; then let lapse what is due.

    The unit is locked by the caller. What no lot covers stays for a further pack.
    """
    found = await _locked(unit.contract_id)
    own = next(lot for lot in found.lots if lot.unit_id == unit.id)
    own.reviewed_at = clock.now()
    await own.save(update_fields=["reviewed_at"])
    reviewed = {lot.unit_id for lot in found.lots if lot.reviewed_at}
    draws = found.draws([use for use in found.uses if use.unit_id in reviewed])
    now = clock.now()
    for lot in found.lots:
        mine = [draw for draw in draws if draw.lot == lot.unit_id]
        for draw in mine:
            await PackDraw.create(
                use_id=draw.use, lot_id=draw.lot, quantity=draw.quantity, created_at=now
            )
        await _spend(lot, "used", sum(draw.quantity for draw in mine), f"pack:{unit.id}")
    await units.move(unit, Status.ROLLED, decided_at=now)
    await _end_top_ups(unit)
    await lapse(unit.contract_id)
    await unit.refresh_from_db(fields=["status", "paid_minor"])


async def _locked(contract_id: UUID) -> queries.Pack:
    """The pack with its lots locked in one order, so that each unit of it goes once."""
    await PackLot.filter(unit__contract_id=contract_id).order_by("unit_id").select_for_update()
    found = await queries.pack(contract_id)
    assert found is not None
    return found


async def _spend(lot: PackLot, how: str, quantity: int, cause: str) -> None:
    """Take units of a lot and the money of them: to the assistant, or `returned` to the client."""
    if not quantity:
        return
    unit = lot.unit
    amount = packs.worth(unit.price_minor, lot.size, lot.gone, quantity)
    setattr(lot, how, getattr(lot, how) + quantity)
    await lot.save(update_fields=[how])
    key, price = f"{unit.id}:{cause}", await units.at_most(unit, Money(amount, unit.currency))
    if not price:
        return
    if how == "returned":
        await escrow.refund(key=key, holding=str(unit.id), price=price)
        return
    unit.paid_minor += price.minor
    await unit.save(update_fields=["paid_minor"])
    await release(unit, price, key)


async def _end_top_ups(period: Unit) -> None:
    """Further packs of a reviewed period: paid ones are left to use, unpaid ones are dropped."""
    for each in await Unit.filter(
        contract_id=period.contract_id, kind=UnitKind.TOP_UP, ends_on__lte=period.ends_on
    ).select_for_update():
        if each.status is Status.FUNDED:
            await units.move(each, Status.ROLLED)
        elif each.status in UNPAID:
            await units.return_held(each, "dropped")


async def lapse(contract_id: UUID) -> None:
    """Let go what can no longer be used, once nothing under review could still draw on it.

    With the end of the contract all unused units go back. Lots without anything left are closed.
    """
    found = await _locked(contract_id)
    contract = await contracts.by_id(contract_id)
    over = contract.status is not ContractStatus.ACTIVE
    pending = await Unit.filter(
        contract_id=contract_id, kind=UnitKind.PERIOD, status__in=[each.value for each in PENDING]
    )
    for lot in [lot for lot in found.open if lot.unit.status is Status.ROLLED]:
        if await escrow.frozen(str(lot.unit_id)):
            continue  # a bank decides first what there is to send back
        going = [(found.today, found.lot(lot).left)] if over else found.lapses(lot)
        for day, quantity in going:
            if any(each.starts_on <= day for each in pending):
                continue
            if over or day < found.today:
                await _let_go(lot, contract, found, day, quantity, over=over)
        if lot.gone == lot.size:
            target = Status.APPROVED if lot.unit.paid_minor else Status.CANCELLED
            await units.move(lot.unit, target, decided_at=clock.now())


async def give_up(period: Unit) -> None:
    """All units of a cancelled period have gone back; what waited for its review goes on."""
    lot = await PackLot.get_or_none(unit_id=period.id)
    if lot is not None:
        lot.returned += lot.size - lot.gone
        await lot.save(update_fields=["returned"])
        await lapse(period.contract_id)


async def _let_go(
    lot: PackLot, contract: Contract, found: queries.Pack, day: date, quantity: int, *, over: bool
) -> None:
    how = "returned"
    if not over and found.terms.unused is Unused.EXPIRE and await _noticed(lot, contract, day):
        how = "expired"
    await _spend(lot, how, quantity, f"lapse:{day}")
    if quantity:
        await events.record(PackLapsed(lot.unit_id, how, quantity))


async def _noticed(lot: PackLot, contract: Contract, day: date) -> bool:
    """Whether two notices about this day had really left before it was over."""
    end = packs.last_moment(day, contract.time_zone)
    notices = await PackNotice.filter(lot_id=lot.unit_id, lapses_on=day)
    sent = [await mail.sent_about(notice.about) for notice in notices]
    return sum(1 for at in sent if at is not None and at < end) >= len(packs.NOTICE_DAYS)


@command
async def run_lapse(contract_id: UUID) -> None:
    """Let lapse what is due of a contract, as the clockwork does."""
    await lapse(contract_id)
    await units.complete_if_settled(contract_id)


@jobs.periodic("7 * * * *", "work.pack_notices")
async def notices(timestamp: int) -> None:
    """Tell businesses of units that expire soon. `timestamp` is procrastinate's and unused."""
    del timestamp
    await give_notices()


async def give_notices() -> None:
    """Record every notice that is due now; its mail follows by job."""
    await batches.work_off("pack notices", due.expiring, _give_notices)


@command
async def _give_notices(contract_id: UUID) -> None:
    contract = await contracts.by_id(contract_id)
    found = await _locked(contract_id)
    if found.terms.unused is not Unused.EXPIRE or contract.status is not ContractStatus.ACTIVE:
        return
    for lot in found.open:
        for day, quantity in found.lapses(lot):
            earlier = await PackNotice.filter(lot_id=lot.unit_id, lapses_on=day).order_by("number")
            here = ZoneInfo(contract.time_zone)
            sent_on = [each.created_at.astimezone(here).date() for each in earlier]
            number = packs.notice_due(found.today, day, sent_on)
            if number is None:
                continue
            notice = await PackNotice.create(
                lot_id=lot.unit_id,
                lapses_on=day,
                number=number,
                quantity=quantity,
                created_at=clock.now(),
            )
            await events.record(PackExpiring(notice.id))
