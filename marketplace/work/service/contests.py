"""Owns contesting single lines of a week: the proposal goes to and fro until both say the same.

Never touches the other lines. A proposal nobody answers in five business days counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.core import clock, events
from marketplace.core.db import command, lock
from marketplace.core.i18n import _
from marketplace.work import queries, rules
from marketplace.work.events import ContestSettled, HoursContested
from marketplace.work.models import TimeEntry, Unit
from marketplace.work.rules import EntryState, LessExpected, NotContestable, NotContested, Status
from marketplace.work.service import settling
from marketplace.work.service.deliveries import require_side

if TYPE_CHECKING:
    from marketplace.web.sessions import Viewer
    from marketplace.work.schemas import ContestDraft


async def _locked(viewer: Viewer, entry_id: UUID) -> tuple[Unit, TimeEntry, str]:
    """The week, then the line, locked in this order by everybody; and the viewer's side."""
    shown, entry = await queries.entry(viewer, entry_id)
    side = queries.side_of(viewer, shown.contract)
    unit = await lock(Unit, entry.unit_id)
    await unit.fetch_related("contract")
    return unit, await lock(TimeEntry, entry_id), side


async def _propose(unit: Unit, entry: TimeEntry, side: str, minutes: int) -> None:
    contract = await contracts.by_id(unit.contract_id)
    entry.proposed_minutes, entry.proposed_by = minutes, side
    entry.answer_until = rules.business_deadline(
        clock.now(),
        contract.rhythm.answer_days,
        contract.rhythm.country,
        contract.time_zone,
    )
    await events.record(HoursContested(entry.id, side))


@command
async def contest(viewer: Viewer, entry_id: UUID, draft: ContestDraft) -> TimeEntry:
    """Contest one line of a submitted week (business). Raises NotContestable, LessExpected."""
    unit, entry, _side = await _locked(viewer, entry_id)
    require_side(viewer, unit, "business")
    under_review = unit.status is Status.SUBMITTED
    if not under_review or EntryState.CONTESTED not in rules.ENTRY_TRANSITIONS[entry.state]:
        raise NotContestable
    if draft.minutes >= entry.minutes:
        raise LessExpected({"minutes": _("Write less than what was entered, or 0.")})
    entry.state, entry.contest_reason = EntryState.CONTESTED, draft.reason
    await _propose(unit, entry, "business", draft.minutes)
    await entry.save()
    return entry


@command
async def answer(viewer: Viewer, entry_id: UUID, minutes: int) -> TimeEntry:
    """Agree to what the other side proposes, or propose something else. Raises NotContested.

    The business that gives all minutes, and the assistant that gives them up, settle it alone.
    """
    unit, entry, side = await _locked(viewer, entry_id)
    if entry.state is not EntryState.CONTESTED:
        raise NotContested
    if minutes > entry.minutes:
        raise LessExpected({"minutes": _("Not more than what was entered.")})
    agreed = side != entry.proposed_by and minutes == entry.proposed_minutes
    alone = minutes == (entry.minutes if side == "business" else 0)
    if agreed or alone:
        await _settle(unit, entry, minutes)
    else:
        await _propose(unit, entry, side, minutes)
        await entry.save()
    return entry


@command
async def run_out(entry_id: UUID) -> None:
    """Nobody answered the newest proposal in time: it counts."""
    found = await TimeEntry.get(pk=entry_id)
    unit = await lock(Unit, found.unit_id)
    await unit.fetch_related("contract")
    entry = await lock(TimeEntry, entry_id)
    if entry.state is EntryState.CONTESTED and entry.answer_until <= clock.now():  # type: ignore[operator]
        await _settle(unit, entry, entry.proposed_minutes or 0)


async def _settle(unit: Unit, entry: TimeEntry, minutes: int) -> None:
    states = {entry.minutes: EntryState.ACCEPTED, 0: EntryState.WITHDRAWN}
    entry.state = states.get(minutes, EntryState.REDUCED)
    entry.agreed_minutes, entry.settled_at = minutes, clock.now()
    entry.answer_until = None
    await entry.save()
    await events.record(ContestSettled(entry.id))
    if unit.status is Status.CONTESTED:  # the others are paid: this one follows at once
        await settling.settle_more(unit, f"{unit.id}:{entry.id}")
