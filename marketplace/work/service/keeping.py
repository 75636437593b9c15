"""Owns which parts of a contract a change may touch; never changes one.

Nothing is changed backwards: a part whose money is held or on its way, or that is handed in or
done, keeps its terms; a change that touches one is refused, when it is proposed and again when it
is signed. A held part's due date may move, as long as its work is not handed in, and the units of a
held pack roll over as long as the contract's end lets them.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.instalments import WAIT_FOR_RECORD
from marketplace.contracts.rules.parts import PartTerms, changed_parts, part_terms, parts_of
from marketplace.contracts.rules.states import Rail
from marketplace.contracts.rules.terms import Agreement, FlatFeeTerms, HourlyTerms
from marketplace.core import clock
from marketplace.core.i18n import _
from marketplace.work import queries
from marketplace.work.models import Ending, Unit
from marketplace.work.rules import (
    UNPAID,
    WORKABLE,
    AlreadyEnding,
    PartHeld,
    Status,
    UnitKind,
)
from marketplace.work.service import charging, units
from payments import escrow

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from uuid import UUID

    from marketplace.contracts.models import Contract

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
    return not await charging.under_way(unit.id)


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
        if each.status is Status.FUNDING and await charging.under_way(each.id):
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
    """Whether only a due date moves, or the days in which units of a pack roll over.

    A due date while the milestone is worked on; units with the contract's end. Raises PartHeld.
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
    if not retold(unit, before, after) and not beyond(unit, after):
        returned = unit.status is Status.CANCELLED and beyond(unit, before)
        if not returned or unit.ends_on < clock.today(contract.time_zone):
            return
    elif await _free(unit, contract):
        return
    day = unit.starts_on.isoformat()
    field = "ends_on" if before.ends_on != after.ends_on else "from_week"
    raise PartHeld({field: (HELD_WEEK, {"day": day})})


def retold(unit: Unit, before: Agreement, after: Agreement) -> bool:
    """Whether a week gets another rate or a lower cap; a higher one is `raises`' affair.

    Where the contract has not begun, a cap is as if agreed at first, a higher one as well.
    """
    old, new = before.terms, after.terms
    assert isinstance(old, HourlyTerms)
    assert isinstance(new, HourlyTerms)
    if unit.status is Status.CANCELLED:
        return False
    if unit.trial:
        return old.rate_minor != new.rate_minor or moved(before, after)
    monday = contracts.monday_of(unit.starts_on)
    cap = new.cap_of(monday) - old.cap_of(monday)
    higher = cap > 0 and old.weekly_cap_minutes != new.weekly_cap_minutes
    other = old.rate_of(monday) != new.rate_of(monday)
    return other or cap < 0 or higher or moved(before, after)


def moved(before: Agreement, after: Agreement) -> bool:
    """Whether the contract starts on another day."""
    return before.starts_on != after.starts_on


def beyond(unit: Unit, agreement: Agreement) -> bool:
    """Whether a week begins after the end of the contract."""
    return agreement.ends_on is not None and unit.starts_on > agreement.ends_on
