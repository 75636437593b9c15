"""Owns the reads of payments made outside and recorded here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from tortoise.expressions import Subquery

from marketplace.billing.models import RecordedPayment
from marketplace.billing.rules import recorded as rules
from marketplace.billing.rules.recorded import State, Tally
from marketplace.contracts.rules.states import Rail
from marketplace.core.errors import NotFound
from marketplace.work import queries as work
from marketplace.work.rules import SETTLED
from payments.fees import FeeTerms, net_of, quote
from payments.money import Money

if TYPE_CHECKING:
    from marketplace.contracts.models import Contract
    from marketplace.web.sessions import Viewer
    from marketplace.work.models import Unit


@dataclass(frozen=True)
class Record:
    """A unit with its payments outside, oldest first, and until when the rest is due.

    `answer_by` is the day by which the oldest payment that waits for an answer is to get it.
    """

    unit: Unit
    tally: Tally
    payments: tuple[RecordedPayment, ...]
    due_on: date | None
    answer_by: date | None


@dataclass(frozen=True)
class Confirmed:
    """A payment outside that both sides confirmed; `price` is what of it is before tax."""

    contract_id: UUID
    unit_id: UUID
    payer: UUID
    payee: UUID
    paid_on: date
    reference: str
    amount: Money
    price: Money


async def confirmed(
    *,
    contract_id: UUID | None = None,
    payee: UUID | None = None,
    since: date = date.min,
    until: date = date.max,
) -> list[Confirmed]:
    """What was paid outside from `since` to before `until`, by part and day of payment.

    The prices of a part's payments sum to the price in all of them, to the minor unit.
    """
    wanted = {"unit__contract_id": contract_id, "unit__contract__assistant_id": payee}
    rows = RecordedPayment.filter(
        state=State.CONFIRMED, **{name: value for name, value in wanted.items() if value}
    )
    if (since, until) != (date.min, date.max):  # earlier payments of the same parts count along
        dated = RecordedPayment.filter(paid_on__gte=since, paid_on__lt=until)
        rows = rows.filter(unit_id__in=Subquery(dated.values("unit_id")))
    found: list[Confirmed] = []
    sums: dict[UUID, Money] = {}
    rows = rows.order_by("unit_id", "paid_on", "recorded_at", "id")
    async for row in rows.prefetch_related("unit__contract"):
        contract = row.unit.contract
        rates = (await _fees(row.unit, contract)).supplier_vat_ppm
        before = sums.get(row.unit_id, Money.zero(row.currency))
        sums[row.unit_id] = before + row.amount
        price = net_of(sums[row.unit_id], rates) - net_of(before, rates)
        if since <= row.paid_on < until:
            found.append(
                Confirmed(
                    contract_id=contract.id,
                    unit_id=row.unit_id,
                    payer=contract.business_id,
                    payee=contract.assistant_id,
                    paid_on=row.paid_on,
                    reference=row.reference,
                    amount=row.amount,
                    price=price,
                )
            )
    return found


def tally(unit: Unit, fees: FeeTerms, rows: Sequence[RecordedPayment]) -> Tally:
    """What is owed for a unit and what of it was paid, VAT included."""
    most = unit.paid_minor if unit.status in SETTLED else unit.price_minor

    def total(state: State) -> Money:
        return Money.sum([row.amount for row in rows if row.state is state], unit.currency)

    return Tally(
        owed=quote(Money(unit.paid_minor, unit.currency), fees).held,
        ceiling=quote(Money(most, unit.currency), fees).held,
        confirmed=total(State.CONFIRMED),
        waiting=total(State.RECORDED),
        disputed=total(State.DISPUTED),
    )


def _record(unit: Unit, contract: Contract, fees: FeeTerms, rows: list[RecordedPayment]) -> Record:
    approved = unit.decided_at if unit.paid_minor and not unit.paid_at else None
    due_on = rules.due_on(approved, contract.time_zone) if approved else None
    asked = next((row.recorded_at for row in rows if row.state is State.RECORDED), None)
    zone = contract.time_zone
    answer_by = rules.answer_by(asked, contract.rhythm.country, zone) if asked else None
    return Record(unit, tally(unit, fees, rows), tuple(rows), due_on, answer_by)


async def rows_of(unit_id: UUID) -> list[RecordedPayment]:
    """A unit's payments, oldest first; for commands and jobs."""
    return await RecordedPayment.filter(unit_id=unit_id).order_by("recorded_at", "id")


async def record(viewer: Viewer, unit_id: UUID) -> Record:
    """A unit's payments outside, for one of its parties. Raises NotFound, also for held funds."""
    unit = await work.unit(viewer, unit_id)
    if unit.contract.rail is not Rail.RECORDED:
        raise NotFound
    return await record_of(unit)


async def record_of(unit: Unit) -> Record:
    """The same for commands and jobs, which have checked access."""
    contract, _agreement = await work.agreed(unit.contract_id)
    return _record(unit, contract, await _fees(unit, contract), await rows_of(unit.id))


async def _fees(unit: Unit, contract: Contract) -> FeeTerms:
    return (await work.asked_under(unit, contract, Money.zero(unit.currency)))[1]


async def of_contract(viewer: Viewer, contract_id: UUID) -> list[Record]:
    """Every unit of a contract with its payments outside. Raises NotFound."""
    room = await work.room(viewer, contract_id)
    contract, _agreement = await work.agreed(contract_id)
    rows = await RecordedPayment.filter(unit__contract_id=contract_id).order_by("recorded_at", "id")
    return [
        _record(
            unit,
            contract,
            await _fees(unit, contract),
            [row for row in rows if row.unit_id == unit.id],
        )
        for unit in room.units
    ]


async def payment(viewer: Viewer, payment_id: UUID) -> tuple[RecordedPayment, Unit]:
    """One recorded payment with its unit, for one of the parties. Raises NotFound."""
    found = await RecordedPayment.get_or_none(pk=payment_id)
    if found is None:
        raise NotFound
    return found, await work.unit(viewer, found.unit_id)


async def owed(units: Iterable[Unit]) -> bool:
    """Whether any of these units is approved and the business has not recorded all of its payment.

    What waits for the assistant's word counts as paid: nobody makes them say it.
    """
    unpaid = [unit for unit in units if unit.paid_minor and unit.paid_at is None]
    return any([(await record_of(unit)).tally.left for unit in unpaid])


async def stands(unit_id: UUID) -> bool:
    """Whether a payment made outside is written down for a unit and was not taken back."""
    rows = RecordedPayment.filter(unit_id=unit_id)
    return await rows.exclude(state=State.WITHDRAWN).exists()
