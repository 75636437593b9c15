"""Owns the reads of a contract's parts and of what was handed in for them; never writes."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.contracts import queries as contracts
from marketplace.contracts.rules.states import Rail
from marketplace.contracts.rules.terms import (
    Agreement,
)
from marketplace.core.errors import NotFound
from marketplace.work import rules
from marketplace.work.models import (
    Delivery,
    PackDraw,
    PartPayment,
    Pause,
    TimeEntry,
    Unit,
)
from marketplace.work.rules import HELD, SETTLED, Status, UnitKind
from payments import escrow
from payments.errors import UnknownHolding
from payments.escrow import Balance
from payments.money import Money

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marketplace.contracts.models import Contract
    from marketplace.web.sessions import Viewer
    from payments.fees import FeeTerms


def side_of(viewer: Viewer, contract: Contract) -> str:
    """`business` or `assistant`, as this viewer stands to the contract. Raises NotFound."""
    if viewer.acts_for(contract.business_id):
        return "business"
    if viewer.acts_for(contract.assistant_id):
        return "assistant"
    raise NotFound


async def pause(contract_id: UUID) -> Pause | None:
    """The pause a contract rests in now."""
    return await Pause.get_or_none(contract_id=contract_id, ended_at=None)


async def unit(viewer: Viewer, unit_id: UUID) -> Unit:
    """One unit with its contract and both parties, for one of them. Raises NotFound."""
    found = await Unit.get_or_none(pk=unit_id).prefetch_related(
        "contract", "contract__business", "contract__assistant"
    )
    if found is None:
        raise NotFound
    viewer.require(found.contract.business_id, found.contract.assistant_id)
    return found


async def entry(viewer: Viewer, entry_id: UUID) -> tuple[Unit, TimeEntry]:
    """Hours on one day with their week, for one of the parties. Raises NotFound."""
    found = await TimeEntry.get_or_none(pk=entry_id)
    if found is None:
        raise NotFound
    return await unit(viewer, found.unit_id), found


async def of_contract(contract_id: UUID) -> list[Unit]:
    """A contract's units in order, whoever asks."""
    return await Unit.filter(contract_id=contract_id).order_by("position")


async def week_of(contract_id: UUID, day: date) -> Unit | None:
    """The week of a contract that has this day; None before the first and where none is opened."""
    found = Unit.filter(contract_id=contract_id, kind=UnitKind.WEEK, starts_on__lte=day)
    return await found.filter(ends_on__gte=day).order_by("-position").first()


async def deliveries(unit_id: UUID) -> list[Delivery]:
    """A unit's deliveries, newest first. Guard the unit before."""
    return await Delivery.filter(unit_id=unit_id).order_by("-number")


async def entries(unit_id: UUID) -> list[TimeEntry]:
    """A week's hours in the order of days. Guard the unit before."""
    return await TimeEntry.filter(unit_id=unit_id).order_by("worked_on", "created_at", "id")


async def days_done(unit: Unit, since: datetime | None, until: datetime) -> list[date]:
    """The days on which hours, or uses drawn from a pack in this time, were done for a unit."""
    worked = {entry.worked_on for entry in await entries(unit.id)}
    if not worked:
        draws = PackDraw.filter(lot_id=unit.id, created_at__lte=until).select_related("use")
        draws = draws.filter(created_at__gt=since) if since else draws
        worked = {draw.use.used_on for draw in await draws}
    return sorted(worked)


async def unit_of_part(part_id: UUID) -> UUID:
    """The unit of which a part is paid."""
    return (await PartPayment.get(pk=part_id)).unit_id


async def minutes(unit_id: UUID) -> int:
    """The sum of a week's minutes."""
    return sum([entry.minutes for entry in await TimeEntry.filter(unit_id=unit_id)])


async def balance(unit: Unit) -> Balance:
    """What the ledger says about a unit's money; all zero before its first funding."""
    try:
        return await escrow.balance(str(unit.id))
    except UnknownHolding:
        return _nothing(unit)


async def balances(contract_id: UUID, units: Iterable[Unit]) -> dict[UUID, Balance]:
    """The same of many units of a contract, in a few queries however many there are."""
    found = await escrow.balances(str(contract_id))
    return {unit.id: found.get(str(unit.id)) or _nothing(unit) for unit in units}


def _nothing(unit: Unit) -> Balance:
    nothing = Money.zero(unit.currency)
    return Balance(nothing, nothing, nothing, nothing, nothing, nothing, nothing, nothing)


async def paid_anything(contract_id: UUID) -> bool:
    """Whether something of this contract was approved and released."""
    return await Unit.exists(contract_id=contract_id, paid_minor__gt=0)


async def unsettled(contract_id: UUID) -> list[Unit]:
    """The units of a contract that are neither approved nor cancelled."""
    settled = [each.value for each in SETTLED]
    return await Unit.filter(contract_id=contract_id).exclude(status__in=settled)


async def in_review(assistant_id: UUID) -> list[Unit]:
    """Units of an assistant that wait for approval and whose money is held, the next first."""
    return (
        await Unit.filter(
            contract__assistant_id=assistant_id,
            contract__rail=Rail.HELD,
            status=Status.SUBMITTED,
        )
        .order_by("review_until")
        .prefetch_related("contract")
    )


async def unpaid_outside(beyond: UUID, limit: int, *, reminders: int) -> list[UUID]:
    """Approved units whose payments are only recorded and not complete yet: a page of their ids.

    Those of whom so many `reminders` have left are done with: nothing more is ever due of them.
    """
    settled = [each.value for each in SETTLED]
    rows = Unit.filter(
        id__gt=beyond,
        contract__rail=Rail.RECORDED,
        paid_at=None,
        funded_at=None,  # as of every part without held money; the index goes by it
        paid_minor__gt=0,
        pay_reminders__lt=reminders,
        status__in=settled,
    )
    return [row.id for row in await rows.order_by("id").limit(limit).only("id")]


async def holding(contract_id: UUID) -> list[Unit]:
    """The units whose money is held."""
    return await Unit.filter(contract_id=contract_id, status__in=[each.value for each in HELD])


async def agreed(contract_id: UUID) -> tuple[Contract, Agreement]:
    """A contract and what it says, for commands and jobs that have checked access already."""
    contract = await contracts.by_id(contract_id)
    return contract, contracts.agreement(contract)


async def taxed_as_now(unit: Unit, contract: Contract) -> bool:
    """Whether a part's money was held with the fees and VAT that the contract has now."""
    return (await _fees_of(contract, unit.held_version)) == contracts.fee_terms(contract)


async def asked_under(unit: Unit, contract: Contract, held: Money) -> tuple[int, FeeTerms]:
    """The version, and its fees and VAT, under which more is asked for a part that has `held`.

    A part carries one tax: what is added to held or paid money (a higher cap) is taxed like it,
    even when both have signed another tax since.
    """
    begun = held.minor > 0 or unit.status not in rules.UNPAID
    version = unit.held_version if begun and unit.held_version else contract.version
    return version, await _fees_of(contract, version)


async def _fees_of(contract: Contract, version: int | None) -> FeeTerms:
    if version in {None, contract.version}:
        return contracts.fee_terms(contract)
    held = await contracts.version(contract.id, version or 0)
    return Agreement.model_validate(held.agreement).fees
