"""Owns what a bank's decision does to parts: those that ended meanwhile are settled, others go on.

While a bank disputes held money nothing leaves it. A part ends all the same, and keeps in
`owed_minor` what of it is the assistant's; the rest of what the bank leaves goes back.
"""

from __future__ import annotations

from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.states import Status as ContractStatus
from marketplace.core import clock, events
from marketplace.core.db import lock
from marketplace.core.errors import NotFound
from marketplace.work import rules
from marketplace.work.events import WorkSettled
from marketplace.work.models import Unit
from marketplace.work.rules import Status
from marketplace.work.service import lots, units
from marketplace.work.service.releases import hold
from payments import escrow, facts
from payments.money import Money


async def on_dispute_closed(fact: facts.DisputeClosed) -> None:
    """Share out what waited for this decision; work that goes on without money is paid anew."""
    try:
        unit = await lock(Unit, UUID(fact.holding))
    except (ValueError, NotFound):
        return  # the money of a tip
    await unit.fetch_related("contract")
    if not fact.won and await _pays_anew(unit):
        return
    if await escrow.frozen(fact.holding):
        return  # another bank has not decided yet
    if unit.status in rules.SETTLED and unit.raised_minutes is None:
        await _settle(unit, fact.dispute)
    elif unit.status is Status.ROLLED:
        await lots.run_lapse(unit.contract_id)
    elif unit.status in rules.HELD and unit.raised_minutes is None:
        await units.return_surplus(unit, f"dispute:{fact.dispute}")


async def _pays_anew(unit: Unit) -> bool:
    """Whether a lost dispute took money of work that goes on, which then waits for its client."""
    short = (await units.carried(unit)).minor < unit.price_minor - unit.paid_minor
    contract = await contracts.by_id(unit.contract_id)
    if not short or unit.status not in rules.RENEWABLE:
        return False
    if contract.status is not ContractStatus.ACTIVE:
        return False
    # Whoever took the money back is not charged again unasked: a week waits for its client.
    changes = {"funded_at": None, "review_until": None, "prefund_tried_at": clock.now()}
    await units.move(unit, Status.PLANNED, hold_told=0, **changes)
    return True


async def _settle(unit: Unit, dispute: str) -> None:
    held = await units.carried(unit)
    part = min(unit.owed_minor or 0, held.minor)
    unit.paid_minor, unit.owed_minor = unit.paid_minor + part, None
    await unit.save(update_fields=["paid_minor", "owed_minor"])
    if held:
        await escrow.split(
            key=f"{unit.id}:dispute:{dispute}",
            holding=str(unit.id),
            payee=str(unit.contract.assistant_id),
            to_payee=Money(part, unit.currency),
            transfer_after=await hold(unit) if part else None,
        )
    if part:
        await events.record(WorkSettled(unit.id))
