"""Owns how a week is settled: what is paid, and where the rest of its cap goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.states import Status as ContractStatus
from marketplace.contracts.rules.terms import Agreement, Remainder
from marketplace.core import clock, events
from marketplace.core.db import lock
from marketplace.work import queries, rules
from marketplace.work.events import WorkApproved, WorkSettled
from marketplace.work.models import Unit
from marketplace.work.rules import Status
from marketplace.work.service import opening, units
from marketplace.work.service.releases import release
from payments import escrow
from payments.money import Money

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract


async def lapse(unit: Unit) -> None:
    """End a week that nobody paid and nobody worked in: what had rolled into it moves on."""
    left = await units.carried(unit)
    await units.move(unit, Status.CANCELLED, decided_at=clock.now())
    if left:
        contract, agreement = await queries.agreed(unit.contract_id)
        await _move_on(contract, agreement, unit, left, f"{unit.id}:lapsed")
    await units.complete_if_settled(unit.contract_id)


async def settle(unit: Unit, how: str) -> None:
    """Pay the covered minutes of a submitted week and move on what is left.

    Lines that are contested keep the money that covers them until they are settled.
    Its contract is loaded.
    """
    agreement = contracts.agreement(unit.contract)
    sheet = queries.weigh(unit, agreement, await queries.entries(unit.id))
    target = Status.CONTESTED if sheet.contested_count else Status.APPROVED
    await units.move(unit, target, decided_at=clock.now(), paid_minor=sheet.payable.minor)
    await release(unit, await units.at_most(unit, sheet.payable))
    await _free_rest(unit, sheet, str(unit.id))
    await events.record(WorkApproved(unit.id, how))
    await units.complete_if_settled(unit.contract_id)


async def settle_more(unit: Unit, key: str) -> None:
    """Pay what became payable since the week was settled: a contest ended, a higher cap is held."""
    _contract, agreement = await queries.agreed(unit.contract_id)
    sheet = queries.weigh(unit, agreement, await queries.entries(unit.id))
    more = sheet.payable - Money(unit.paid_minor, unit.currency)
    unit.paid_minor = sheet.payable.minor
    if sheet.contested_count or unit.status is Status.APPROVED:
        await unit.save(update_fields=["paid_minor"])
    else:
        await units.move(unit, Status.APPROVED, paid_minor=unit.paid_minor)
    await release(unit, await units.at_most(unit, more), key=key)
    await _free_rest(unit, sheet, key)
    if unit.status is Status.APPROVED:
        await events.record(WorkSettled(unit.id))
    await units.complete_if_settled(unit.contract_id)


async def _free_rest(unit: Unit, sheet: queries.Sheet, key: str) -> None:
    """Move on what neither the paid nor the contested lines need."""
    left = await units.carried(unit) - sheet.contested
    if left.minor > 0:
        contract, agreement = await queries.agreed(unit.contract_id)
        await _move_on(contract, agreement, unit, left, key)


async def _move_on(
    contract: Contract, agreement: Agreement, unit: Unit, left: Money, key: str
) -> None:
    if await escrow.frozen(str(unit.id)):  # it stays, and goes back once the bank has decided
        if unit.status in rules.SETTLED:
            unit.owed_minor = 0
            await unit.save(update_fields=["owed_minor"])
        return
    target = None
    running = contract.status is ContractStatus.ACTIVE and not await queries.pause(contract.id)
    rolls = agreement.terms.remainder is Remainder.ROLL  # type: ignore[union-attr]
    if running and rolls and await queries.taxed_as_now(unit, contract):
        target = await _next_unfunded(contract, agreement, unit)
    if target is not None:
        room = units.price(target) - await units.carried(target)
        part = min(left, room, key=lambda money: money.minor)
        if part:
            await escrow.carry_over(key=key, source=str(unit.id), target=str(target.id), price=part)
            left -= part
        if part == room:
            await units.funded(target)
    if left:
        await escrow.refund(key=f"{key}:rest", holding=str(unit.id), price=left)


async def _next_unfunded(contract: Contract, agreement: Agreement, unit: Unit) -> Unit | None:
    """The next week that is still to be paid; one that is over is its client's to pay, or not."""
    later = Unit.filter(contract_id=contract.id, position__gt=unit.position, status=Status.PLANNED)
    waiting = later.filter(ends_on__gte=clock.today(contract.time_zone)).order_by("position")
    target = await waiting.first() or await opening.next_week(contract, agreement)
    return await lock(Unit, target.id) if target else None
