"""Owns ending a running contract early: who proposes, when it takes effect, what goes back.

The assistant may end at once, since that only returns the business's money. The business's wish
takes effect when the assistant agrees, or when the contract's notice has run out. In the start-up
phase either side ends at once. Worked hours are reviewed and paid as always.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.contracts import service as contract_service
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.states import Actor, Rail, TrialEnd
from marketplace.contracts.rules.states import Status as ContractStatus
from marketplace.core import clock, events
from marketplace.core.db import command, connection, lock
from marketplace.core.errors import Forbidden
from marketplace.core.i18n import _
from marketplace.work import queries, rules
from marketplace.work.events import ContractEnded, EndingProposed, WorkSettled
from marketplace.work.models import Ending, Unit
from marketplace.work.rules import (
    AlreadyEnding,
    BadShare,
    ContractNotRunning,
    NotProposed,
    PhaseTurned,
    UnitKind,
)
from marketplace.work.rules import Status as UnitStatus
from marketplace.work.service import deliveries, packs, timesheets, units
from marketplace.work.service.releases import hold
from payments import escrow
from payments.money import Money

if TYPE_CHECKING:
    from marketplace.contracts.events import ContractCancelled, ContractCompleted
    from marketplace.web.sessions import Viewer
    from marketplace.work.schemas import EndingDraft


_PHASES_OVER = """
SELECT id FROM contract
WHERE status = 'active' AND trial_then = 'end' AND kind <> 'hourly'
AND trial_until < wall_clock($1::timestamptz, time_zone)::date"""


@command
async def propose(viewer: Viewer, contract_id: UUID, draft: EndingDraft) -> Ending:
    """Ask to end the contract. Raises ContractNotRunning, AlreadyEnding, PhaseTurned, BadShare."""
    side = queries.side_of(viewer, await contracts.get(viewer, contract_id))
    contract = await lock(Contract, contract_id)
    if contract.status not in {ContractStatus.SIGNED, ContractStatus.ACTIVE}:
        raise ContractNotRunning
    if await Ending.exists(contract_id=contract_id):
        raise AlreadyEnding
    now = clock.now()
    held = {unit.id: unit for unit in await queries.holding(contract_id)}
    shares = await _shares(held, draft)
    today = clock.today(contract.time_zone)
    trial = rules.in_trial(today, contract.trial_until)
    if draft.start_up not in {None, trial}:
        raise PhaseTurned
    # Where payments are only recorded nothing is held, and the notice counts all the same.
    open_work = held or await Unit.exists(contract_id=contract_id, status=UnitStatus.OPEN)
    at_once = (side == "assistant" or trial or not open_work) and not shares
    ending = await Ending.create(
        contract_id=contract_id,
        side=side,
        reason=draft.reason,
        proposed_by_id=viewer.person_id,
        proposed_at=now,
        shares=shares,
        effective_at=now if at_once else contracts.notice_end(contract, now),
    )
    if at_once:
        await carry_out(ending)
    else:
        await events.record(EndingProposed(contract_id))
    return ending


async def _shares(held: dict[UUID, Unit], draft: EndingDraft) -> list[dict[str, str | int]]:
    """The proposed shares as stored. Raises BadShare beside the field."""
    found: dict[UUID, int] = {}
    for number, share in enumerate(draft.shares):
        if share.price_minor is None:
            continue
        unit = held.get(share.unit_id)
        if unit is None or share.unit_id in found:
            raise BadShare({f"shares-{number}-price_minor": _("Nothing is held for this part.")})
        if share.price_minor > (await units.carried(unit)).minor:
            raise BadShare({f"shares-{number}-price_minor": _("This is more than what is held.")})
        found[share.unit_id] = share.price_minor
    return [{"unit": str(unit_id), "minor": minor} for unit_id, minor in found.items()]


@command
async def agree(viewer: Viewer, contract_id: UUID, proposal_id: UUID) -> None:
    """The other side agrees to this proposal: the contract ends now, money is shared as it says.

    Raises NotProposed when another one has taken its place, or none is open.
    """
    contract = await contracts.get(viewer, contract_id)
    ending = await _open(contract_id)
    if queries.side_of(viewer, contract) == ending.side:
        raise Forbidden
    if ending.proposal_id != proposal_id:
        raise NotProposed
    for share in ending.shares:
        await _share_out(UUID(str(share["unit"])), int(share["minor"]))
    await carry_out(ending)


async def _share_out(unit_id: UUID, minor: int) -> None:
    """Settle a held unit: a part to the assistant, the rest back, to the cent.

    Where payments are only recorded this part falls due, also of work that was sent back.
    """
    unit = await lock(Unit, unit_id)
    await unit.fetch_related("contract")
    held = await units.carried(unit)
    if unit.contract.rail is Rail.RECORDED and unit.status in rules.BEGUN:
        await units.move(unit, UnitStatus.CANCELLED, decided_at=clock.now(), paid_minor=minor)
        await events.record(WorkSettled(unit.id))
        return
    if unit.status not in rules.HELD or not held:
        return
    part = min(minor, held.minor)
    status = UnitStatus.CANCELLED
    if await escrow.frozen(str(unit.id)):  # a bank decides first what there is to share
        await units.move(unit, status, decided_at=clock.now(), owed_minor=part)
        return
    await units.move(unit, status, decided_at=clock.now(), paid_minor=unit.paid_minor + part)
    await escrow.split(
        key=f"{unit.id}:ending",
        holding=str(unit.id),
        payee=str(unit.contract.assistant_id),
        to_payee=Money(part, unit.currency),
        transfer_after=await hold(unit) if part else None,
    )


@command
async def withdraw(viewer: Viewer, contract_id: UUID) -> None:
    """The proposer goes on with the contract after all. Raises NotProposed."""
    contract = await contracts.get(viewer, contract_id)
    ending = await _open(contract_id)
    if queries.side_of(viewer, contract) != ending.side:
        raise Forbidden
    await ending.delete()


async def _open(contract_id: UUID) -> Ending:
    ending = await Ending.select_for_update().get_or_none(contract_id=contract_id, done_at=None)
    if ending is None:
        raise NotProposed
    return ending


async def carry_out(ending: Ending) -> None:
    """Cancel the contract: its reaction returns what is held for unfinished work."""
    if ending.done_at is not None:
        return
    ending.done_at = clock.now()
    await ending.save(update_fields=["done_at"])
    await contract_service.cancel(
        ending.contract_id, Actor(ending.side), ending.reason, person_id=ending.proposed_by_id
    )
    await events.record(ContractEnded(ending.contract_id))


async def on_contract_over(event: ContractCompleted | ContractCancelled) -> None:
    """Drop an end that was only proposed: its contract is over, and nothing is left to end."""
    await Ending.filter(contract_id=event.contract_id, done_at=None).delete()


async def on_contract_cancelled(event: ContractCancelled) -> None:
    """Cancel what is left of a cancelled contract and send its held money back.

    Work that waits for review stays: it is approved, changed or released in its window. Hours
    worked in a paid week and recorded uses of a pack are handed in for that review; of a period
    under way its days until now are. In the start-up phase a period or milestone pays the days
    worked at once.
    """
    await packs.wind_up(event.contract_id)
    for each in await queries.unsettled(event.contract_id):
        unit = await lock(Unit, each.id)
        if unit.status in rules.KEPT | rules.SETTLED | {UnitStatus.ROLLED}:
            continue
        await unit.fetch_related("contract")
        begun = unit.status in rules.BEGUN
        if unit.kind is UnitKind.WEEK and begun and await queries.minutes(unit.id):
            await timesheets.hand_in(unit)
        elif unit.kind is not UnitKind.WEEK and begun and await _in_phase(event, unit.contract):
            await _share_out(unit.id, worked(unit, unit.contract))
        elif unit.kind is UnitKind.PERIOD and begun and deliveries.by_days(unit):
            await _cut(unit, clock.today(unit.contract.time_zone))
        else:
            await units.return_held(unit, "cancelled")


async def _in_phase(event: ContractCancelled, contract: Contract) -> bool:
    """Whether this end is one of the start-up phase: in it, or by the clock right after it."""
    by_clock = event.by == Actor.SYSTEM.value and contract.trial_then is TrialEnd.END
    return by_clock or rules.in_trial(clock.today(contract.time_zone), contract.trial_until)


def worked(unit: Unit, contract: Contract) -> int:
    """What of a period or milestone of the start-up phase is still to be paid if it ends now.

    Minor units before tax: the share of its days that have passed, less what was paid of it.
    """
    today = clock.today(contract.time_zone)
    last = min(today, contract.trial_until or today)
    found = rules.worked_share(unit.price_minor, unit.starts_on, unit.ends_on, last)
    return max(found - unit.paid_minor, 0)


async def phases_over(beyond: UUID, limit: int) -> list[UUID]:
    """Contracts that end by themselves with their start-up phase, which is over; a page by id.

    Those by the hour open no further week and complete once the last hours are settled.
    """
    query = _PHASES_OVER + " AND id > $2 ORDER BY id LIMIT $3"
    rows = await connection().execute_query_dict(query, [clock.now(), beyond, limit])
    return [row["id"] for row in rows]


async def _phase_is_over(contract_id: UUID) -> bool:
    values = [clock.now(), contract_id]
    return bool(await connection().execute_query_dict(_PHASES_OVER + " AND id = $2", values))


@command
async def end_phase(contract_id: UUID) -> None:
    """End such a contract: days worked are paid, the rest goes back."""
    contract = await lock(Contract, contract_id)
    if contract.status is ContractStatus.ACTIVE and await _phase_is_over(contract_id):
        await contract_service.cancel(contract_id, Actor.SYSTEM, "")
        await events.record(ContractEnded(contract_id))


async def _cut(unit: Unit, today: date) -> None:
    """Hand in the days of a period until today at their share of its price; the rest goes back."""
    share = rules.worked_share(unit.price_minor, unit.starts_on, unit.ends_on, today)
    share = max(share, unit.paid_minor)
    if not share:
        await units.return_held(unit, "cancelled")
        return
    rest = unit.price_minor - share
    unit.price_minor, unit.ends_on = share, min(unit.ends_on, today)
    await unit.save(update_fields=["price_minor", "ends_on"])
    await deliveries.hand_in(unit, "", [], None)
    back = await units.at_most(unit, Money(rest, unit.currency))
    if back and unit.contract.rail is Rail.HELD:
        await units.send_back(unit, f"{unit.id}:cut", back)
