"""Owns what happens between weeks: paid ahead by the saved card, resting when idle.

Never touches the hours. A resting contract is charged nothing until its client resumes it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.clocks import Clocks
from marketplace.contracts.rules.signing import TaxToSign
from marketplace.contracts.rules.states import Kind
from marketplace.contracts.rules.states import Status as ContractStatus
from marketplace.core import clock, events
from marketplace.core.db import command, connection, lock
from marketplace.core.errors import Forbidden
from marketplace.vigilance.rules import DocumentMissing
from marketplace.vigilance.service import reminders
from marketplace.work import queries, rules
from marketplace.work.events import CardCharged, WeekNotFunded, WorkPaused, WorkResumed
from marketplace.work.models import Ending, Pause, Unit
from marketplace.work.rules import NotPaused, Status
from marketplace.work.service import charging, opening, units
from marketplace.work.service.charging import Answer
from payments import escrow

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer

# Work that has not begun yet is not idle, however early its money is held.
# Hours are entered until the Monday after their week at the latest: older weeks have no new ones.
_IDLE = """
SELECT c.id FROM contract c
CROSS JOIN LATERAL (SELECT $1::timestamptz
    - make_interval(days => coalesce((c.clocks->>'idle_days')::int, $2)) AS since) AS rest
WHERE c.kind = 'hourly' AND c.status = 'active' AND c.active_at < rest.since
AND (SELECT min(u.starts_on) FROM unit u WHERE u.contract_id = c.id)
    < wall_clock(rest.since, c.time_zone)::date
AND NOT EXISTS (SELECT 1 FROM work_pause p WHERE p.contract_id = c.id
                AND (p.ended_at IS NULL OR p.ended_at >= rest.since))
AND NOT EXISTS (SELECT 1 FROM time_entry e JOIN unit u ON u.id = e.unit_id
                WHERE u.contract_id = c.id AND u.ends_on >= rest.since::date - 10
                AND e.created_at >= rest.since)"""

_TO_PREFUND = """
SELECT u.id FROM unit u JOIN contract c ON c.id = u.contract_id
CROSS JOIN LATERAL (SELECT wall_clock($1::timestamptz, c.time_zone)::date AS today) AS here
WHERE u.kind = 'week' AND u.status IN ('planned', 'funding') AND u.prefund_tried_at IS NULL
AND c.status = 'active' AND u.ends_on >= here.today
AND u.starts_on <= here.today + coalesce((c.clocks->>'prefund_days')::int, $2)
AND u.id > $3 ORDER BY u.id LIMIT $4"""


async def to_prefund(beyond: UUID, limit: int) -> list[UUID]:
    """Weeks about to begin whose money nobody has tried to take yet, a page in order of id."""
    values = [clock.now(), Clocks().prefund_days, beyond, limit]
    rows = await connection().execute_query_dict(_TO_PREFUND, values)
    return [row["id"] for row in rows]


async def prefund(unit_id: UUID) -> None:
    """Charge the saved card for a week, once. Not inside a command: it talks to Stripe."""
    try:
        answer = await charging.charge(lambda: _ask(unit_id))
    except (DocumentMissing, TaxToSign):  # tried again until it is there; both are told once
        await reminders.stopped((await Unit.get(pk=unit_id)).contract_id, str(unit_id))
        return
    if answer is not None:
        await _tried(unit_id, answer)


@command
async def _ask(unit_id: UUID) -> UUID | None:
    """The funding to charge; None when the week is not to be charged by itself now."""
    unit = await lock(Unit, unit_id)
    contract = await contracts.by_id(unit.contract_id)
    ahead = timedelta(days=contract.rhythm.prefund_days)
    early = clock.today(contract.time_zone) < unit.starts_on - ahead
    if unit.status not in rules.UNPAID or unit.prefund_tried_at or early:
        return None
    if await queries.pause(contract.id) or await Ending.exists(contract_id=contract.id):
        return None
    return await units.request_funding(unit_id, contract.language)


@command
async def _tried(unit_id: UUID, answer: Answer) -> None:
    unit = await lock(Unit, unit_id)
    if unit.prefund_tried_at is None:
        unit.prefund_tried_at = clock.now()
        await unit.save(update_fields=["prefund_tried_at"])
        if answer.paid:
            await events.record(CardCharged(unit.id, answer.paid))
        else:
            await events.record(WeekNotFunded(unit.id, answer.reason))


async def idle(beyond: UUID, limit: int) -> list[UUID]:
    """Running hourly contracts without new hours for as long as they say, a page in order of id."""
    query = _IDLE + " AND c.id > $3 ORDER BY c.id LIMIT $4"
    values = [clock.now(), Clocks().idle_days, beyond, limit]
    rows = await connection().execute_query_dict(query, values)
    return [row["id"] for row in rows]


async def _is_idle(contract_id: UUID) -> bool:
    values = [clock.now(), Clocks().idle_days, contract_id]
    return bool(await connection().execute_query_dict(_IDLE + " AND c.id = $3", values))


@command
async def pause(contract_id: UUID) -> None:
    """Let an idle contract rest: what is held for weeks without hours goes back.

    The weeks stay, unpaid, so that whoever resumes at once works at once; those that pass lapse.
    """
    contract = await lock(Contract, contract_id)
    running = contract.kind is Kind.HOURLY and contract.status is ContractStatus.ACTIVE
    if not running or not await _is_idle(contract_id):
        return
    rest = await Pause.create(contract_id=contract_id, began_at=clock.now())
    for each in await queries.unsettled(contract_id):
        unit = await lock(Unit, each.id)
        if unit.status not in rules.KEPT and not await queries.minutes(unit.id):
            await _empty(unit, f"paused:{rest.id}")
    await events.record(WorkPaused(contract_id))


async def _empty(unit: Unit, cause: str) -> None:
    """Send back what is held for a week and leave it to be paid anew.

    One whose money a bank disputes ends, and its money goes back once the bank has decided.
    """
    held = await units.carried(unit)
    if await escrow.frozen(str(unit.id)):
        await units.return_held(unit, cause)
        return
    if unit.status is Status.FUNDED:
        anew = {"funded_at": None, "hold_told": 0, "prefund_tried_at": None}
        await units.move(unit, Status.PLANNED, **anew)
    if held:
        await units.send_back(unit, f"{unit.id}:{cause}")


@command
async def resume(viewer: Viewer, contract_id: UUID) -> Unit | None:
    """Go on with a resting contract (business): the week to fund next, the present one if it can.

    Raises NotPaused.
    """
    contract = await contracts.get(viewer, contract_id)
    if not viewer.acts_for(contract.business_id):
        raise Forbidden
    await lock(Contract, contract_id)
    rest = await queries.pause(contract_id)
    if rest is None:
        raise NotPaused
    rest.ended_at, rest.resumed_by_id = clock.now(), viewer.person_id
    await rest.save(update_fields=["ended_at", "resumed_by_id"])
    await events.record(WorkResumed(contract_id))
    left = Unit.filter(contract_id=contract_id, ends_on__gte=clock.today(contract.time_zone))
    waiting = left.filter(status__in=[each.value for each in rules.UNPAID]).order_by("position")
    return await waiting.first() or await opening.next_week(*await queries.agreed(contract_id))
