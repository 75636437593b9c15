"""Owns what a signed higher cap does to weeks: to be held, charged, then covering.

Never changes the contract. Hours above the cap were kept as uncovered; once the difference is
held they are covered, and paid with the week, or at once if the week is paid already.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.dated import steps
from marketplace.contracts.rules.signing import TaxToSign
from marketplace.contracts.rules.states import Rail
from marketplace.contracts.rules.states import Status as ContractStatus
from marketplace.contracts.rules.terms import Agreement, HourlyTerms, price_of_minutes
from marketplace.core import clock, events
from marketplace.core.db import command, connection, lock
from marketplace.vigilance.rules import DocumentMissing
from marketplace.work import queries, rules
from marketplace.work.events import CardCharged, RaiseNotFunded, WeekRaised
from marketplace.work.models import Unit
from marketplace.work.rules import NO_DOCUMENT, Status, UnitKind
from marketplace.work.service import charging, settling, units
from marketplace.work.service.charging import ASKED, Answer
from payments import escrow
from payments.errors import StripeProblem

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract
    from marketplace.work.events import WeekCovered

SETTLED_EARLY = frozenset({Status.CONTESTED, Status.APPROVED})
UNASKED = rules.UNPAID | {Status.CANCELLED}
_TO_CHARGE = """
SELECT u.id FROM unit u JOIN contract c ON c.id = u.contract_id
 WHERE u.raised_minutes IS NOT NULL AND u.raise_tried IS DISTINCT FROM u.raised_minutes
   AND u.status NOT IN ('planned', 'funding', 'cancelled') AND c.status = 'active'
   AND NOT EXISTS (SELECT FROM work_pause p WHERE p.contract_id = c.id AND p.ended_at IS NULL)
   AND u.id > $1 ORDER BY u.id LIMIT $2"""


async def raise_weeks(contract: Contract, before: Agreement, after: Agreement) -> None:
    """Raise the weeks for which a higher cap was signed, in the signing transaction."""
    terms = after.terms
    assert isinstance(terms, HourlyTerms)
    _rates, caps = steps(before, after)
    if not caps:
        return
    for each in await Unit.filter(contract_id=contract.id, kind=UnitKind.WEEK, trial=False):
        monday = contracts.monday_of(each.starts_on)
        if monday < caps[-1].from_week:
            continue
        unit = await lock(Unit, each.id)
        minutes = terms.cap_of(monday)
        if await _wholly_paid(unit):
            continue
        if minutes > max(queries.cap_minutes(unit, after), unit.raised_minutes or 0):
            await _raise(unit, terms, minutes, contract.rail)


async def _wholly_paid(unit: Unit) -> bool:
    """Whether a week is done with every hour covered: more money would only go back."""
    return unit.status is Status.APPROVED and not (await queries.sheet(unit.id))[1].uncovered


async def _raise(unit: Unit, terms: HourlyTerms, minutes: int, rail: Rail) -> None:
    if unit.status is Status.CANCELLED:
        return
    # nothing is asked for yet, or nothing is ever held
    at_once = unit.status is Status.PLANNED or rail is Rail.RECORDED
    if at_once:
        unit.cap_minutes = minutes
        unit.price_minor = price_of_minutes(queries.rate_minor(unit, terms), minutes)
    else:
        unit.raised_minutes, unit.raise_tried = minutes, None
        await events.record(WeekRaised(unit.id))
    more_due = at_once and unit.status in SETTLED_EARLY
    if more_due:
        unit.paid_at = None
    unit.updated_at = clock.now()
    fields = [
        "cap_minutes", "price_minor", "raised_minutes", "raise_tried", "paid_at", "updated_at"
    ]  # fmt: skip
    await unit.save(update_fields=fields)
    if more_due:
        await _settle_more(unit)


async def charge(event: WeekRaised) -> None:
    """Charge the saved card for the difference, as soon as the higher cap is signed."""
    try:
        await _charge(event.unit_id)
    except TaxToSign:
        return  # the tick asks again, until both have signed it
    except DocumentMissing:
        await _refused(event.unit_id, NO_DOCUMENT)


async def to_charge(beyond: UUID, limit: int) -> list[UUID]:
    """Weeks whose higher cap is signed and was not asked of the card yet, a page in order of id."""
    rows = await connection().execute_query_dict(_TO_CHARGE, [beyond, limit])
    return [row["id"] for row in rows]


async def charge_late(unit_id: UUID) -> None:
    """The same by the clock: a tax or a paper was missing when it was signed, or Stripe was away.

    Not inside a command. It ends with the card's answer; whoever must act was told at the signing.
    """
    try:
        await _charge(unit_id)
    except (TaxToSign, DocumentMissing):
        return


async def _charge(unit_id: UUID) -> None:
    if await _dropped(unit_id):
        with suppress(StripeProblem):  # what is paid there all the same goes back
            await _close_page(unit_id)
        return
    answer = await charging.charge(lambda: _ask(unit_id))
    if answer is not None:
        await _answered(unit_id, answer)


@command
async def _dropped(unit_id: UUID) -> bool:
    """Drop a raise that has become needless, since a contest took the hours it was to cover."""
    unit = await lock(Unit, unit_id)
    if unit.raised_minutes is None or not await _wholly_paid(unit):
        return False
    if not await _runs(unit):
        return False
    unit.raised_minutes = None
    await unit.save(update_fields=["raised_minutes"])
    return True


async def _close_page(unit_id: UUID) -> None:
    for asked in await escrow.fundings_of(str(unit_id)):
        if asked.status in ASKED:
            await escrow.cancel_funding(asked.id, events.on_fact)


@command
async def _ask(unit_id: UUID) -> UUID | None:
    """The funding to charge; None when there is nothing to charge by itself now."""
    unit = await lock(Unit, unit_id)
    if unit.raised_minutes in {None, unit.raise_tried} or unit.status in UNASKED:
        return None  # paid meanwhile, or refused; or the week itself is paid first, by its client
    if not await _runs(unit):
        return None  # nothing is charged by itself; its client may still pay
    contract = await contracts.by_id(unit.contract_id)
    return await units.request_funding(unit_id, contract.language)


async def _runs(unit: Unit) -> bool:
    contract = await contracts.by_id(unit.contract_id)
    active = contract.status is ContractStatus.ACTIVE
    return active and not await queries.pause(contract.id)


@command
async def _answered(unit_id: UUID, answer: Answer) -> None:
    """Note that the card was asked, once for each cap; its client hears what came of it."""
    unit = await lock(Unit, unit_id)
    covered = unit.raised_minutes is None  # by this payment, or by hand meanwhile
    asked = unit.cap_minutes if covered else unit.raised_minutes
    if unit.raise_tried == asked or (covered and not answer.paid):
        return
    unit.raise_tried = asked
    await unit.save(update_fields=["raise_tried"])
    if answer.paid:
        await events.record(CardCharged(unit_id, answer.paid))
    else:
        await events.record(RaiseNotFunded(unit_id, answer.reason))


@command
async def _refused(unit_id: UUID, reason: str) -> None:
    await events.record(RaiseNotFunded(unit_id, reason))


async def on_week_covered(event: WeekCovered) -> None:
    """Pay hours of a week that was settled before its higher cap was held."""
    unit = await lock(Unit, event.unit_id)
    if unit.status in SETTLED_EARLY:
        await _settle_more(unit)


async def _settle_more(unit: Unit) -> None:
    await unit.fetch_related("contract")
    await settling.settle_more(unit, f"{unit.id}:raise:{unit.cap_minutes}")
