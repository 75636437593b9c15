"""Owns what a signed change of a contract does to its parts, and which parts it may touch (F28).

Nothing is changed backwards: a part whose money is held or on its way, or that is handed in or
done, keeps its terms; a change that touches one is refused, when it is proposed and again when it
is signed. A held part's due date may move, as long as its work is not handed in.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.instalments import WAIT_FOR_RECORD, Instalment, week
from marketplace.contracts.rules.parts import PartTerms, changed_parts, part_terms, parts_of
from marketplace.contracts.rules.states import Rail
from marketplace.contracts.rules.states import Status as ContractStatus
from marketplace.contracts.rules.terms import (
    Agreement,
    FlatFeeTerms,
    HourlyTerms,
    price_of_minutes,
)
from marketplace.core import clock, events
from marketplace.core.db import lock
from marketplace.core.i18n import _
from marketplace.work import queries
from marketplace.work.models import Ending, PackLot, Unit
from marketplace.work.rules import (
    UNPAID,
    WORKABLE,
    AlreadyEnding,
    PartHeld,
    Status,
    UnitKind,
)
from marketplace.work.service import raises, units
from payments import escrow
from payments.escrow import FundingStatus

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from uuid import UUID

    from marketplace.contracts.events import ContractChanged
    from marketplace.contracts.models import Contract

# A debit that failed may be paid again on its page, at the price of then.
ASKED: Final = frozenset({FundingStatus.REQUESTED, FundingStatus.CHECKOUT, FundingStatus.FAILED})
MOVABLE: Final = WORKABLE | {Status.CHANGES_REQUESTED}
HELD_PART = _("Part %(position)s is held, on its way or done: it keeps its terms.")
HELD_WEEK = _("The week of %(day)s is held, on its way or done: choose a later one.")
UNDER_WAY = _("A payment is on its way: another tax can be agreed once it has arrived.")
HELD_TOO_LONG = _("Part %(position)s would be held for too long: choose an earlier date.")


_asked: list[Callable[[UUID], Awaitable[bool]]] = []


def ask_what_is_paid(asked: Callable[[UUID], Awaitable[bool]]) -> None:
    """Install who knows whether a unit was paid outside; once a process, at its start."""
    _asked[:] = [asked]


async def freedom(contract: Contract) -> dict[int, str]:
    """By the number of each part what may still change: `free`, `date` (its due date), `fixed`."""
    found = {}
    for unit in await queries.of_contract(contract.id):
        movable = unit.kind is UnitKind.MILESTONE and unit.status in MOVABLE
        free = await _free(unit, contract)
        found[unit.position] = "free" if free else "date" if movable else "fixed"
    return found


async def _free(unit: Unit, contract: Contract) -> bool:
    """Whether nothing is held, paid or handed in, and no payment is on its way.

    What rolled over into a week that is not paid yet stays in it and counts for it.
    """
    if unit.paid_minor or unit.kind is UnitKind.TOP_UP:
        return False
    if contract.rail is Rail.RECORDED:
        begun = unit.kind is not UnitKind.MILESTONE and unit.starts_on <= clock.today(
            contract.time_zone
        )
        return unit.status is Status.OPEN and not begun and not await _asked[0](unit.id)
    if unit.status not in UNPAID:
        return False
    if unit.kind is not UnitKind.WEEK and await units.carried(unit):
        return False
    payments = await escrow.fundings_of(str(unit.id))
    return all(each.status is not FundingStatus.PROCESSING for each in payments)


async def refuse_held(contract: Contract, before: Agreement, after: Agreement) -> None:
    """Raise PartHeld where a change touches what keeps its terms; AlreadyEnding."""
    if await Ending.exists(contract_id=contract.id, done_at=None):
        raise AlreadyEnding
    all_units = await queries.of_contract(contract.id)
    if before.fees != after.fees:
        await _refuse_under_way(all_units)
    if isinstance(after.terms, HourlyTerms):
        for each in all_units:
            await _refuse_week(contract, each, before, after)
        return
    found = {each.position: each for each in all_units}
    old, new = parts_of(before), parts_of(after)
    for position in sorted(changed_parts(before, after)):
        unit, part = found.get(position), new.get(position)
        if unit is None or await _free(unit, contract):
            continue
        known = part_terms(before, old[position]) if position in old else None
        if part is None or not await _moves_only(unit, known, part_terms(after, part), after):
            raise PartHeld({_field(before, after): (HELD_PART, {"position": position})})


async def _refuse_under_way(all_units: list[Unit]) -> None:
    """Money on its way was asked for with the tax of before, and cannot be asked for anew."""
    for each in all_units:
        asked = await escrow.fundings_of(str(each.id)) if each.status is Status.FUNDING else []
        if any(one.status is FundingStatus.PROCESSING for one in asked):
            raise PartHeld({"form": UNDER_WAY})


def _field(before: Agreement, after: Agreement) -> str:
    """Beside which field a change of a held part is refused."""
    old, new = before.terms, after.terms
    if not isinstance(old, FlatFeeTerms) or not isinstance(new, FlatFeeTerms):
        return "milestones"
    if old.prices != new.prices:
        return "price_minor"
    if old.sizes != new.sizes:
        return "pack_size"
    return "periods" if old.periods != new.periods else "ends_on"


async def _moves_only(
    unit: Unit, old: PartTerms | None, new: PartTerms, agreement: Agreement
) -> bool:
    """Whether only the due date of a milestone moves that is worked on, or the time in which the
    units of a pack roll over, with the contract's end. Raises PartHeld.
    """
    if old is None:
        return False
    if new.lasts_only(old) and new.usable_until and old.usable_until:
        if new.usable_until > old.usable_until:
            last = new.usable_until + WAIT_FOR_RECORD
            await _refuse_long(unit, last, agreement, "periods")
        return True
    if unit.kind is not UnitKind.MILESTONE or unit.status not in MOVABLE or not new.moved_only(old):
        return False
    await _refuse_long(unit, new.ends_on, agreement, "milestones")
    return True


async def _refuse_long(unit: Unit, day: date, agreement: Agreement, field: str) -> None:
    """Raise PartHeld where held money whose work ends on that day would be held for too long."""
    since = (await queries.balance(unit)).held_since
    days = escrow.limits().stop_days
    last = day + timedelta(days=agreement.review_days + 1 + agreement.clocks.hold_days)
    if since is not None and last > (since + timedelta(days=days)).date():
        raise PartHeld({field: (HELD_TOO_LONG, {"position": unit.position})})


async def _refuse_week(contract: Contract, unit: Unit, before: Agreement, after: Agreement) -> None:
    if not _retold(unit, before, after) and not _beyond(unit, after):
        returned = unit.status is Status.CANCELLED and _beyond(unit, before)
        if not returned or unit.ends_on < clock.today(contract.time_zone):
            return
    elif await _free(unit, contract):
        return
    day = unit.starts_on.isoformat()
    field = "ends_on" if before.ends_on != after.ends_on else "from_week"
    raise PartHeld({field: (HELD_WEEK, {"day": day})})


def _retold(unit: Unit, before: Agreement, after: Agreement) -> bool:
    """Whether a week gets another rate or a lower cap; a higher one is `raises`' affair.

    Where the contract has not begun, a cap is as if agreed at first, a higher one as well.
    """
    old, new = before.terms, after.terms
    assert isinstance(old, HourlyTerms)
    assert isinstance(new, HourlyTerms)
    if unit.status is Status.CANCELLED:
        return False
    if unit.trial:
        return old.rate_minor != new.rate_minor or _moved(before, after)
    monday = contracts.monday_of(unit.starts_on)
    cap = new.cap_of(monday) - old.cap_of(monday)
    higher = cap > 0 and old.weekly_cap_minutes != new.weekly_cap_minutes
    other = old.rate_of(monday) != new.rate_of(monday)
    return other or cap < 0 or higher or _moved(before, after)


def _moved(before: Agreement, after: Agreement) -> bool:
    """Whether the contract starts on another day."""
    return before.starts_on != after.starts_on


def _beyond(unit: Unit, agreement: Agreement) -> bool:
    return agreement.ends_on is not None and unit.starts_on > agreement.ends_on


async def on_contract_changed(event: ContractChanged) -> None:
    """Bring the parts to what both signed, in the signing transaction. Raises PartHeld."""
    contract, after = await queries.agreed(event.contract_id)
    version = await contracts.version(event.contract_id, event.before)
    before = Agreement.model_validate(version.agreement)
    for each in await queries.of_contract(contract.id):
        await lock(Unit, each.id)
    await refuse_held(contract, before, after)
    if before.fees != after.fees:
        await _return_carried(contract, event.version)
    if isinstance(after.terms, HourlyTerms):
        await _weeks(contract, before, after)
    else:
        await _parts(contract, before, after)
    await units.complete_if_settled(contract.id)


async def close_pages(event: ContractChanged) -> None:
    """Close payment pages that ask for an amount or a tax of before. A job: it talks to Stripe."""
    contract, after = await queries.agreed(event.contract_id)
    version = await contracts.version(event.contract_id, event.before)
    taxed = Agreement.model_validate(version.agreement).fees != after.fees
    for unit in await queries.of_contract(contract.id):
        if unit.status not in {Status.FUNDING, Status.CANCELLED}:
            continue
        due = queries.missing(unit, after, await units.carried(unit))
        for asked in await escrow.fundings_of(str(unit.id)):
            if asked.status in ASKED and (taxed or asked.price != due):
                # First, so that no tick goes on with a request that is closed already.
                await Unit.filter(pk=unit.id, prefund_id=asked.id).update(prefund_id=None)
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
        if unit.trial and not _retold(unit, before, after):
            continue
        if _beyond(unit, after):
            await _take_out(unit)
            continue
        if _retold(unit, before, after):
            await _reprice(unit, after)
        await _fit(unit, contract, after)
    await raises.raise_weeks(contract, before, after)


async def _reprice(unit: Unit, agreement: Agreement) -> None:
    """Another price of a week that is not paid: what rolled into it counts, the rest goes back.

    A higher cap signed before and not held yet is part of the new price, or signed away.
    """
    terms = agreement.terms
    assert isinstance(terms, HourlyTerms)
    monday = contracts.monday_of(unit.starts_on)
    if unit.trial:
        unit.price_minor = price_of_minutes(terms.rate_minor, agreement.trial_minutes)
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
            await units.open_part(contract, after, part, after.starts_on)
        elif unit is not None and part is None:
            await _take_out(unit)
        elif unit is not None and part is not None:
            await _rewrite(unit, after, part)
    if _moved(before, after):
        for position in new.keys() & found.keys():
            first = max(new[position].starts_on, after.starts_on)
            await Unit.filter(pk=found[position].id).update(starts_on=first)
    await _cut_further_packs(contract, after)


async def _rewrite(unit: Unit, agreement: Agreement, part: Instalment) -> None:
    if part.usable_until is not None:
        await _rewrite_lot(unit, part)
        if unit.status not in UNPAID:
            return
    unit.title, unit.price_minor = part.title, part.price_minor
    unit.criteria = units.criteria_of(agreement, part)
    unit.starts_on, unit.ends_on = min(unit.starts_on, part.ends_on), part.ends_on
    if unit.kind is UnitKind.PERIOD:
        unit.starts_on = part.starts_on
    unit.updated_at = clock.now()
    fields = ["title", "price_minor", "criteria", "starts_on", "ends_on", "updated_at"]
    await unit.save(update_fields=fields)


async def _rewrite_lot(unit: Unit, part: Instalment) -> None:
    """Of a pack that is held only the time in which what is left over can be used follows."""
    lot = await PackLot.get(unit_id=unit.id).select_for_update()
    assert part.usable_until is not None
    lot.usable_until = part.usable_until
    if unit.status in UNPAID:
        lot.size, lot.covers_from = part.pack_units, part.starts_on
    await lot.save(update_fields=["usable_until", "size", "covers_from"])


async def _cut_further_packs(contract: Contract, agreement: Agreement) -> None:
    """No further pack lasts longer than the contract whose periods it belongs to."""
    last = max((part.ends_on for part in parts_of(agreement).values()), default=None)
    if last is not None:
        lots = PackLot.filter(unit__contract_id=contract.id, unit__kind=UnitKind.TOP_UP)
        for lot in await lots.filter(usable_until__gt=last).select_for_update():
            lot.usable_until = last
            await lot.save(update_fields=["usable_until"])
