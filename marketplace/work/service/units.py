"""Owns the life of a unit: funded by the ledger's word, settled at the end.

`move` is the only writer of a unit's status.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from marketplace.contracts import queries as contracts
from marketplace.contracts import service as contract_service
from marketplace.contracts.models import Contract
from marketplace.contracts.rules.instalments import week
from marketplace.contracts.rules.states import Rail
from marketplace.contracts.rules.states import Status as ContractStatus
from marketplace.contracts.service import taxes
from marketplace.core import clock, events
from marketplace.core.db import command, lock
from marketplace.core.i18n import format_date
from marketplace.vigilance.service import require_papers
from marketplace.work import queries, rules
from marketplace.work.events import UnitFunded, WeekCovered, WeekRaised
from marketplace.work.models import PackLot, PartPayment, Unit
from marketplace.work.rules import (
    ContractNotRunning,
    ContractPaused,
    CurrencyNotHeld,
    HeldTooLong,
    Status,
)
from payments import escrow, facts
from payments.errors import HoldTooLong, NotSettled
from payments.money import Money

if TYPE_CHECKING:
    from payments.fees import FeeTerms
from marketplace.work.service.opening import following_week


async def move(unit: Unit, target: Status, **changes: object) -> None:
    """Take one step of the table and write it with `changes`. Raises IllegalStep."""
    rules.check(unit.status, target)
    unit.status = target
    unit.updated_at = clock.now()
    for name, value in changes.items():
        setattr(unit, name, value)
    await unit.save(update_fields=["status", "updated_at", *changes])
    if target in rules.SETTLED:  # a part that was asked for is paid with the whole, or not at all
        answer = "paid_at" if target is Status.APPROVED else "refused_at"
        asked = PartPayment.filter(unit_id=unit.id, paid_at=None, refused_at=None)
        await asked.update(**{answer: unit.updated_at})


def price(unit: Unit) -> Money:
    """The unit's price before tax."""
    return Money(unit.price_minor, unit.currency)


@command
async def request_funding(unit_id: UUID, locale: str) -> UUID:
    """Ask for the unit's missing money; the id of the funding to take to Checkout.

    Raises ContractNotRunning, ContractPaused, IllegalStep, HeldTooLong, CurrencyNotHeld,
    DocumentMissing, TaxToSign.
    """
    unit = await lock(Unit, unit_id)
    contract, agreement = await queries.agreed(unit.contract_id)
    running = contract.status in {ContractStatus.SIGNED, ContractStatus.ACTIVE}
    if not running and not await queries.owes_raise(unit):
        raise ContractNotRunning
    if await queries.pause(contract.id):
        raise ContractPaused
    paid_already = unit.status not in rules.UNPAID  # then only a higher cap is left to pay
    more = paid_already and unit.raised_minutes and unit.status is not Status.CANCELLED
    if unit.status is not Status.FUNDING and not more:
        await move(unit, Status.FUNDING)
    # What rolled over from an earlier week is there already; a new holding has nothing yet.
    held = await carried(unit)
    missing = queries.missing(unit, agreement, held)
    await refuse_new_money(contract)
    version, fees = await queries.asked_under(unit, contract, held)
    if not paid_already:
        await Unit.filter(pk=unit.id).update(held_version=version)
    last = await _latest_release(unit, contract)
    try:
        return await _request(unit, contract, fees, locale, missing, last)
    except HoldTooLong:
        day = format_date(last.date(), locale, "day")
        raise HeldTooLong(days=escrow.limits().refuse_days, day=day) from None
    except NotSettled:
        raise CurrencyNotHeld(currency=unit.currency) from None


@command
async def not_asked(unit_id: UUID) -> None:
    """Take a unit back to PLANNED whose payment Stripe refused before it began."""
    unit = await lock(Unit, unit_id)
    if unit.status is Status.FUNDING:
        await move(unit, Status.PLANNED)


async def refuse_new_money(contract: Contract) -> None:
    """Raise TaxToSign or DocumentMissing while nothing more may be held, asked for before or not.

    What is to be held is marked as asked for already.
    """
    await taxes.refuse_changed(contract)
    await require_papers(contract)


async def _latest_release(unit: Unit, contract: Contract) -> datetime:
    """The end of the last day on which this unit's money may leave by the contract."""
    zone = contract.time_zone
    lot = await PackLot.get_or_none(unit_id=unit.id)  # rolled over, its units last longer
    day = rules.latest_release(
        unit.kind,
        lot.usable_until if lot else unit.ends_on,
        clock.today(zone),
        contract.review_days,
        contract.rhythm,
    )
    return datetime.combine(day, time.max, ZoneInfo(zone))


async def _request(
    unit: Unit,
    contract: Contract,
    fees: FeeTerms,
    locale: str,
    missing: Money,
    last: datetime,
) -> UUID:
    funding = await escrow.request_funding(
        holding=str(unit.id),
        contract=str(contract.id),
        payer=str(contract.business_id),
        payee=str(contract.assistant_id),
        price=missing,
        terms=fees,
        description=f"{contract.number} · {unit.title or contract.title}",
        locale=locale,
        latest_release=last,
    )
    return funding.id


async def carried(unit: Unit) -> Money:
    """The price that the unit's holding covers already."""
    return await escrow.available(str(unit.id), unit.currency)


async def at_most(unit: Unit, amount: Money) -> Money:
    """This amount, or what a bank has left of it: a lost dispute takes held money away.

    Work that is approved is never stuck for money that is gone. Nothing is held where payments are
    only recorded, and nothing is taken off there. The unit's contract is loaded.
    """
    if unit.contract.rail is Rail.RECORDED:
        return amount
    return min(amount, await carried(unit), key=lambda money: money.minor)


async def on_funds_secured(fact: facts.FundsSecured) -> None:
    """Mark the unit funded once its whole price is held; the first one starts the contract."""
    unit = await lock(Unit, UUID(fact.holding))
    done = unit.status is Status.APPROVED and unit.raised_minutes is None
    if done or unit.status is Status.CANCELLED:  # paid on an old page: nothing keeps it
        await send_back(unit, f"{unit.id}:late:{fact.funding_id}")
    elif unit.raised_minutes is not None and unit.status not in rules.UNPAID:
        await _cover_raise(unit, fact.price)
    elif fact.available_price.minor >= unit.price_minor - unit.paid_minor:
        await funded(unit)
        await return_surplus(unit, str(fact.funding_id))


async def return_surplus(unit: Unit, cause: str) -> None:
    """Send back what is held beyond a price that a signed change has lowered."""
    surplus = (await carried(unit)).minor - (unit.price_minor - unit.paid_minor)
    if surplus > 0:
        await send_back(unit, f"{unit.id}:surplus:{cause}", Money(surplus, unit.currency))


async def send_back(unit: Unit, key: str, price: Money | None = None) -> None:
    """Send this much (None: all) of what is held back to the client.

    What a bank disputes stays where it is, and goes back once the bank has left it (see frozen).
    """
    if not await escrow.frozen(str(unit.id)):
        await escrow.refund(key=key, holding=str(unit.id), price=price)


async def _cover_raise(unit: Unit, paid: Money) -> None:
    """The difference to the signed higher cap is held: its hours are covered from now on."""
    _contract, agreement = await queries.agreed(unit.contract_id)
    if paid < queries.missing(unit, agreement, await carried(unit) - paid):
        return
    unit.price_minor = queries.raised_price(unit, agreement).minor
    unit.cap_minutes, unit.raised_minutes = unit.raised_minutes, None
    unit.updated_at = clock.now()
    await unit.save(update_fields=["price_minor", "cap_minutes", "raised_minutes", "updated_at"])
    await events.record(WeekCovered(unit.id))


async def funded(unit: Unit) -> None:
    """Take the unit to FUNDED and the contract to ACTIVE. Doing it twice does nothing."""
    if unit.status not in {Status.PLANNED, Status.FUNDING}:
        return
    contract = await contracts.by_id(unit.contract_id)
    version = unit.held_version or contract.version  # of when it was asked for, or rolled over
    await move(unit, Status.FUNDED, funded_at=clock.now(), held_version=version, raise_tried=None)
    if contract.status is ContractStatus.SIGNED:
        contract = await contract_service.mark_active(contract.id)
        await _fit_phase(unit, contract)
    await events.record(UnitFunded(unit.id))
    if unit.raised_minutes is not None:  # signed while this money was on its way
        await events.record(WeekRaised(unit.id))


async def _fit_phase(unit: Unit, contract: Contract) -> None:
    """Let the first part end with the start-up phase, whose days count from the first money."""
    agreement = contracts.agreement(contract)
    part = week(agreement, unit.position, contract.trial_until)
    if part is not None and part.ends_on != unit.ends_on:
        unit.starts_on, unit.ends_on = min(unit.starts_on, part.ends_on), part.ends_on
        await unit.save(update_fields=["starts_on", "ends_on"])


async def locked(unit_id: UUID) -> Unit:
    """The unit, locked until the command ends, for other features. Raises NotFound."""
    return await lock(Unit, unit_id)


async def pay_reminded(unit: Unit, count: int) -> None:
    """Note that so many reminders to pay outside have left; its row is locked."""
    unit.pay_reminders = count
    await unit.save(update_fields=["pay_reminders"])


async def mark_paid(unit: Unit) -> None:
    """Note that both sides say this unit's recorded payments are complete; its row is locked."""
    unit.paid_at = unit.paid_at or clock.now()
    await unit.save(update_fields=["paid_at"])


async def return_held(unit: Unit, reason: str) -> None:
    """Cancel the unit and send back whatever is held for it, now or once a bank has decided."""
    held = await carried(unit)
    waits = 0 if held and await escrow.frozen(str(unit.id)) else None
    await move(unit, Status.CANCELLED, decided_at=clock.now(), owed_minor=waits)
    if held:  # a zero holding has nothing to send back
        await send_back(unit, f"{unit.id}:{reason}")


async def complete_if_settled(contract_id: UUID) -> None:
    """Complete the contract once no unit is left to do and no further week will come.

    Its row is locked: of two last units settled at once, each would still see the other's as open.
    """
    await lock(Contract, contract_id)
    if await queries.unsettled(contract_id):
        return
    contract, agreement = await queries.agreed(contract_id)
    if contract.status is not ContractStatus.ACTIVE:
        return
    if await following_week(contract, agreement):
        return
    await contract_service.complete(contract_id)
