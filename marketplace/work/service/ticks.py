"""Owns the clockwork of work: weeks close, silence approves, reminders leave, weeks open.

Every minute, by what the rows say, so that it catches up by itself after a downtime.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Final
from uuid import UUID

from marketplace.contracts.models import Contract
from marketplace.contracts.rules.states import Status as ContractStatus
from marketplace.contracts.rules.terms import HourlyTerms
from marketplace.core import batches, clock, events, jobs
from marketplace.core.batches import Find
from marketplace.core.db import command, lock
from marketplace.core.settings import settings
from marketplace.work import queries, rules
from marketplace.work.events import ReviewReminded
from marketplace.work.models import Ending, Unit
from marketplace.work.rules import Status, UnitKind
from marketplace.work.service import (
    charging,
    contests,
    deliveries,
    due,
    endings,
    lots,
    opening,
    packs,
    raises,
    settling,
    timesheets,
    weeks,
)
from payments.errors import HoldingFrozen

log = logging.getLogger("relais.work")


@jobs.periodic("* * * * *", "work.tick")
async def tick(timestamp: int) -> None:
    """Take every step whose time has come. `timestamp` is procrastinate's and unused."""
    del timestamp
    await run_due()


async def run_due() -> int:
    """Take every due step now; how many rows were looked at. One failure does not stop others.

    Raises, once all steps had their turn, what kept the rows of some from being found.
    """
    met, failed = 0, list[Exception]()
    for find, take in STEPS:
        try:
            met += await batches.work_off(take.__name__, find, _unfrozen(take))
        except Exception as error:  # noqa: BLE001 - raised in the end
            failed.append(error)
    if failed:
        raise ExceptionGroup("steps of work", failed)
    return met


def _unfrozen(take: Callable[[UUID], Awaitable[None]]) -> Callable[[UUID], Awaitable[None]]:
    """A step on money that a bank disputes waits: it is met again until the bank has decided."""

    async def step(row_id: UUID) -> None:
        try:
            await take(row_id)
        except HoldingFrozen:
            log.debug("%s of %s waits for a bank", take.__name__, row_id)

    return step


@command
async def _end_unit(unit_id: UUID) -> None:
    unit = await lock(Unit, unit_id)
    await unit.fetch_related("contract")
    if unit.kind is UnitKind.WEEK:
        await timesheets.close_week(unit, clock.now())
    elif await lots.is_pack(unit):
        if unit.kind is UnitKind.PERIOD:
            await packs.close(unit)
    elif unit.kind is UnitKind.PERIOD and unit.status in rules.WORKABLE:
        if clock.today(unit.contract.time_zone) > unit.ends_on:
            await deliveries.hand_in(unit, "", [], None)


@command
async def _lapse(unit_id: UUID) -> None:
    unit = await lock(Unit, unit_id)
    await unit.fetch_related("contract")
    contract = unit.contract
    closes = rules.edit_deadline(unit.ends_on, contract.time_zone, contract.rhythm)
    over = clock.now() >= closes
    running = unit.contract.status is ContractStatus.ACTIVE
    if not over or not running or unit.status not in rules.UNPAID:
        return
    if await queries.minutes(unit.id) or await charging.under_way(unit.id):
        return  # a debit that arrives late rolls on with the week; one that fails lets it lapse
    await settling.lapse(unit)


@command
async def _silence(unit_id: UUID) -> None:
    unit = await lock(Unit, unit_id)
    await unit.fetch_related("contract")
    if unit.kind is UnitKind.WEEK:
        if (
            unit.status is Status.SUBMITTED
            and unit.review_until
            and unit.review_until <= clock.now()
        ):
            await settling.settle(unit, deliveries.SILENCE)
    else:
        await deliveries.approve_silently(unit, clock.now())


@command
async def _remind(unit_id: UUID) -> None:
    unit = await lock(Unit, unit_id)
    if unit.status is not Status.SUBMITTED or unit.review_until is None:
        return
    days_left = (unit.review_until - clock.now()) / timedelta(days=1)
    wanted = sum(1 for days in settings().reminder_days if days_left <= days)
    if wanted > unit.reminders_sent:
        unit.reminders_sent = wanted
        await unit.save(update_fields=["reminders_sent"])
        await events.record(ReviewReminded(unit.id, settings().reminder_days[wanted - 1]))


@command
async def _end_contract(contract_id: UUID) -> None:
    ending = await Ending.select_for_update().get_or_none(contract_id=contract_id)
    # Its contract may have completed since it was found, or another proposal taken its place.
    if ending is not None and ending.effective_at <= clock.now():
        await endings.carry_out(ending)


@command
async def _open_next_week(contract_id: UUID) -> None:
    await lock(Contract, contract_id)  # a change signed meanwhile counts for the week, or after it
    contract, agreement = await queries.agreed(contract_id)
    last = await Unit.filter(contract_id=contract_id).order_by("-position").first()
    if last is None or not isinstance(agreement.terms, HourlyTerms):
        return
    if await Ending.exists(contract_id=contract_id) or await queries.pause(contract_id):
        return
    if last.ends_on <= clock.today(contract.time_zone) + opening.WEEK_AHEAD:
        await opening.next_week(contract, agreement)


STEPS: Final[tuple[tuple[Find, Callable[[UUID], Awaitable[None]]], ...]] = (
    (due.closed_weeks, _end_unit),
    (due.ended_periods, _end_unit),
    (due.lapsed_weeks, _lapse),
    (due.reviewed, _silence),
    (due.unchanged, deliveries.run_out),
    (due.reminded, _remind),
    (due.unanswered, contests.run_out),
    (due.endings, _end_contract),
    (endings.phases_over, endings.end_phase),
    (due.lapsing, lots.run_lapse),
    (weeks.idle, weeks.pause),
    (due.followed, _open_next_week),
    (weeks.to_prefund, weeks.prefund),
    (raises.to_charge, raises.charge_late),
)
"""What happens by itself, in this order: where due rows are found, and the step of one."""
