"""Owns what a signed change of a contract does to its parts and their money.

Which parts keep their terms, `keeping` says: asked when a change is proposed and when it is signed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.instalments import Instalment, week
from marketplace.contracts.rules.parts import changed_parts, parts_of
from marketplace.contracts.rules.states import Status as ContractStatus
from marketplace.contracts.rules.terms import Agreement, HourlyTerms, price_of_minutes
from marketplace.core import clock, events
from marketplace.core.db import lock
from marketplace.work import queries
from marketplace.work.models import PackLot, Unit
from marketplace.work.rules import UNPAID, WORKABLE, Status, UnitKind
from marketplace.work.service import keeping, opening, raises, units
from marketplace.work.service.charging import ASKED
from payments import escrow

if TYPE_CHECKING:
    from marketplace.contracts.events import ContractChanged
    from marketplace.contracts.models import Contract


async def on_contract_changed(event: ContractChanged) -> None:
    """Bring the parts to what both signed, in the signing transaction. Raises PartHeld."""
    contract, after = await queries.agreed(event.contract_id)
    version = await contracts.version(event.contract_id, event.before)
    before = Agreement.model_validate(version.agreement)
    for each in await queries.of_contract(contract.id):
        await lock(Unit, each.id)
    await keeping.refuse_held(contract, before, after)
    if before.fees != after.fees:
        await _return_carried(contract, event.version)
    if isinstance(after.terms, HourlyTerms):
        await _weeks(contract, before, after)
    else:
        await _parts(contract, before, after)
    await units.complete_if_settled(contract.id)


async def close_pages(event: ContractChanged) -> None:
    """Close payment pages that ask for an amount, a tax or days of before.

    A job: it talks to Stripe. Other days may be further away than money may be held for.
    """
    contract, after = await queries.agreed(event.contract_id)
    version = await contracts.version(event.contract_id, event.before)
    before = Agreement.model_validate(version.agreement)
    other = before.fees != after.fees or keeping.moved(before, after)
    changed = changed_parts(before, after)
    for unit in await queries.of_contract(contract.id):
        if unit.status not in {Status.FUNDING, Status.CANCELLED}:
            continue
        due = queries.missing(unit, after, await units.carried(unit))
        for asked in await escrow.fundings_of(str(unit.id)):
            stale = other or unit.position in changed or asked.price != due
            if asked.status in ASKED and stale:
                await escrow.cancel_funding(asked.id, events.on_fact)


async def _return_carried(contract: Contract, version: int) -> None:
    """What had rolled into a week that is not paid goes back: it was taxed otherwise."""
    for unit in await queries.of_contract(contract.id):
        carried = await units.carried(unit) if unit.status in UNPAID else None
        if carried:
            await escrow.refund(key=f"{unit.id}:terms:{version}", holding=str(unit.id))


async def _weeks(contract: Contract, before: Agreement, after: Agreement) -> None:
    for unit in await queries.of_contract(contract.id):
        if unit.kind is not UnitKind.WEEK or unit.status is Status.CANCELLED:
            continue
        if unit.trial and not keeping.retold(unit, before, after):
            continue
        moved = keeping.moved(before, after)  # then its days are those of before
        if keeping.beyond(unit, after) and not moved:
            await _take_out(unit)
            continue
        retold = keeping.retold(unit, before, after)
        await _fit(unit, contract, after)
        if retold:
            await _reprice(unit, after)
    await raises.raise_weeks(contract, before, after)


async def _reprice(unit: Unit, agreement: Agreement) -> None:
    """Another price of a week that is not paid: what rolled into it counts, the rest goes back.

    A higher cap signed before and not held yet is part of the new price, or signed away.
    """
    terms = agreement.terms
    assert isinstance(terms, HourlyTerms)
    monday = contracts.monday_of(unit.starts_on)
    if unit.trial:
        rate = terms.rate_of(terms.first_week)
        unit.price_minor = price_of_minutes(rate, agreement.trial_minutes)
    else:
        unit.cap_minutes, unit.price_minor = terms.cap_of(monday), terms.price_of(monday)
    unit.raised_minutes, unit.updated_at = None, clock.now()
    fields = ["cap_minutes", "price_minor", "raised_minutes", "updated_at"]
    await unit.save(update_fields=fields)
    if unit.status in UNPAID and (await units.carried(unit)).minor >= unit.price_minor:
        await units.funded(unit)
        await units.return_surplus(unit, f"v{unit.held_version}")


async def _fit(unit: Unit, contract: Contract, agreement: Agreement) -> None:
    """Let a week that goes on end with the contract's new end, or run to its Sunday again.

    Before the contract has begun its first part moves with its start.
    """
    part = week(agreement, unit.position, contract.trial_until)
    if part is None or unit.status not in UNPAID | WORKABLE:
        return
    starts_on = unit.starts_on
    if contract.status is ContractStatus.SIGNED:
        starts_on = min(max(part.starts_on, agreement.starts_on), part.ends_on)
    if (starts_on, part.ends_on) != (unit.starts_on, unit.ends_on):
        unit.starts_on, unit.ends_on = starts_on, part.ends_on
        await unit.save(update_fields=["starts_on", "ends_on"])


async def _take_out(unit: Unit) -> None:
    """A part that is no longer agreed: gone if nobody was ever asked for its money."""
    if unit.status is Status.PLANNED and not await escrow.fundings_of(str(unit.id)):
        if not await units.carried(unit) and not await queries.entries(unit.id):
            await PackLot.filter(unit_id=unit.id).delete()
            await unit.delete()
            return
    await units.return_held(unit, "taken_out")


async def _parts(contract: Contract, before: Agreement, after: Agreement) -> None:
    found = {each.position: each for each in await queries.of_contract(contract.id)}
    new = parts_of(after)
    for position in sorted(changed_parts(before, after)):
        unit, part = found.get(position), new.get(position)
        if unit is None and part is not None:
            await opening.open_part(contract, after, part, after.starts_on)
        elif unit is not None and part is None:
            await _take_out(unit)
        elif unit is not None and part is not None:
            await _rewrite(unit, after, part)
    if keeping.moved(before, after):
        for position in new.keys() & found.keys():
            first = max(new[position].starts_on, after.starts_on)
            await Unit.filter(pk=found[position].id).update(starts_on=first)
    await _let_further_packs_last(contract)


async def _rewrite(unit: Unit, agreement: Agreement, part: Instalment) -> None:
    if part.usable_until is not None:
        await _rewrite_lot(unit, part)
        if unit.status not in UNPAID:
            return
    unit.title, unit.price_minor = part.title, part.price_minor
    unit.criteria = opening.criteria_of(agreement, part)
    unit.starts_on, unit.ends_on = min(unit.starts_on, part.ends_on), part.ends_on
    if unit.kind is UnitKind.PERIOD:
        unit.starts_on = part.starts_on
    unit.updated_at = clock.now()
    fields = ["title", "price_minor", "criteria", "starts_on", "ends_on", "updated_at"]
    await unit.save(update_fields=fields)


async def _rewrite_lot(unit: Unit, part: Instalment) -> None:
    """Of a pack that is held only the time in which what is left over can be used follows."""
    lot = await PackLot.select_for_update().get(unit_id=unit.id)
    assert part.usable_until is not None
    lot.usable_until = part.usable_until
    if unit.status in UNPAID:
        lot.size, lot.covers_from = part.pack_units, part.starts_on
    await lot.save(update_fields=["usable_until", "size", "covers_from"])


async def _let_further_packs_last(contract: Contract) -> None:
    """The units of a further pack roll over as long as those of the period it belongs to."""
    lots = PackLot.filter(unit__contract_id=contract.id).prefetch_related("unit")
    found = await lots.select_for_update(of=("pack_lot",))
    periods = {lot.unit.ends_on: lot for lot in found if lot.unit.kind is UnitKind.PERIOD}
    for lot in found:
        period = periods.get(lot.unit.ends_on)
        if lot.unit.kind is UnitKind.TOP_UP and period is not None:
            lot.usable_until = period.usable_until
            await lot.save(update_fields=["usable_until"])
