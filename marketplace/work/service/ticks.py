"""Owns the clockwork of work: weeks close, silence approves, reminders leave, weeks open.

Every minute, by what the rows say, so that it catches up by itself after a downtime.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

from marketplace.contracts.rules.states import Status as ContractStatus
from marketplace.contracts.rules.terms import HourlyTerms
from marketplace.core import clock, events, jobs
from marketplace.core.db import command, lock
from marketplace.core.settings import settings
from marketplace.work import queries, rules
from marketplace.work.events import ReviewReminded
from marketplace.work.models import Ending, TimeEntry, Unit
from marketplace.work.rules import EntryState, Status, UnitKind
from marketplace.work.service import (
    contests,
    deliveries,
    endings,
    lots,
    packs,
    timesheets,
    units,
    weeks,
)

log = logging.getLogger("relais.work")
BATCH = 200


@jobs.periodic("* * * * *", "work.tick")
async def tick(timestamp: int) -> None:
    """Take every step whose time has come. `timestamp` is procrastinate's and unused."""
    del timestamp
    await run_due()


async def run_due() -> int:
    """Take every due step now; how many rows were looked at. One failure does not stop others."""
    today, now = clock.today(), clock.now()
    slack = today + timedelta(days=1)  # zones differ; the rules decide with the contract's own
    over = Unit.filter(status__in=list(rules.WORKABLE), ends_on__lte=slack)
    due = Unit.filter(status=Status.SUBMITTED, review_until__lte=now)
    soon = Unit.filter(
        status=Status.SUBMITTED,
        review_until__gt=now,
        review_until__lte=now + timedelta(days=max(settings().reminder_days)),
        reminders_sent__lt=len(settings().reminder_days),
    )
    lapsed = Unit.filter(
        kind=UnitKind.WEEK, status__in=list(rules.UNPAID), ends_on__lt=today, entries__id=None
    )
    done = 0
    for query, step in ((over, _end_unit), (lapsed, _lapse), (due, _silence), (soon, _remind)):
        done += await _each([row.id for row in await query.limit(BATCH)], step)
    unanswered = TimeEntry.filter(state=EntryState.CONTESTED, answer_until__lte=now).limit(BATCH)
    done += await _each([row.id for row in await unanswered], contests.run_out)
    ends = await Ending.filter(done_at=None, effective_at__lte=now).limit(BATCH)
    done += await _each([row.contract_id for row in ends], _end_contract)
    done += await _each(await endings.phases_over(), endings.end_phase)
    done += await _each(await lots.due_to_lapse(), lots.run_lapse)
    done += await _each(await weeks.idle(), weeks.pause)
    done += await _each(await _running_weeks(), _open_next_week)
    return done + await _each(await weeks.to_prefund(), weeks.prefund)


async def _each(ids: list[UUID], step: Callable[[UUID], Awaitable[None]]) -> int:
    for row_id in ids:
        try:
            await step(row_id)
        except Exception:
            log.exception("%s of %s", step.__name__, row_id)
    return len(ids)


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
    if over and running and unit.status in rules.UNPAID and not await queries.minutes(unit.id):
        await timesheets.lapse(unit)


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
            await timesheets.settle(unit, deliveries.SILENCE)
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
    ending = await Ending.select_for_update().get(contract_id=contract_id)
    await endings.carry_out(ending)


async def _running_weeks() -> list[UUID]:
    """Contracts whose last week has begun to end, so that the next one is to be funded."""
    soon = clock.today() + units.WEEK_AHEAD
    rows = await (
        Unit.filter(
            kind=UnitKind.WEEK,
            ends_on__lte=soon,
            ends_on__gte=soon - timedelta(days=21),
            contract__status=ContractStatus.ACTIVE,
        )
        .order_by("contract_id", "-position")
        .values_list("contract_id", flat=True)
    )
    return list(dict.fromkeys(rows))  # type: ignore[arg-type]


@command
async def _open_next_week(contract_id: UUID) -> None:
    contract, agreement = await queries.agreed(contract_id)
    last = await Unit.filter(contract_id=contract_id).order_by("-position").first()
    if last is None or not isinstance(agreement.terms, HourlyTerms):
        return
    if await Ending.exists(contract_id=contract_id) or await queries.pause(contract_id):
        return
    if last.ends_on <= clock.today(contract.time_zone) + units.WEEK_AHEAD:
        await units.next_week(contract, agreement)
